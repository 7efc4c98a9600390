"""What every public page shows around its own content."""

from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carsi_tracker.figures import aggregates
from carsi_tracker.ledger.days import end_of_fiscal_year, fiscal_year, today
from carsi_tracker.reports.page.address import Address, site_of
from carsi_tracker.reports.page.citation import Citation
from carsi_tracker.reports.page.public_page import Asked


@dataclass(frozen=True)
class FiscalYearEnd:
    """The last day of a U.S. fiscal year, and the same page as of that day."""

    year: int
    href: str
    current: bool


def render_page(
    request: HttpRequest, asked: Asked, template: str, status: int = 200, **context: Any
) -> HttpResponse:
    """Render a public page with its day, version, permanent address and other language."""
    address, question = asked.address, asked.question
    site = site_of(request)
    permanent = replace(address, question=question.permanent()).query()
    around = {
        "site": site,
        "canonical": request.path + canonical(address).query(),
        "citation": Citation(
            site, request.path, permanent, question.version, question.day, today()
        ),
        "citable": status == 200 and bool(question.version.number),
        "asked": asked,
        "question": question,
        "query": question.everywhere().query(),
        "today": today(),
        "day_form": address.carried("as_of"),
        "fiscal_year_ends": fiscal_year_ends(request.path, asked),
        "undated": request.path + asked.address.asking(question.as_of_today()).query(),
        "newest": request.path + address.asking(replace(question, pinned=False)).query(),
        "languages": other_languages(request.path, address.query()),
        "report_errors_to": settings.REPORT_ERRORS_TO,
    }
    return render(request, template, around | context, status=status)


def canonical(address: Address) -> Address:
    """Return the one address of a page that is shown in several orders."""
    return replace(address, sort=None) if address.page == 1 else address


def fiscal_year_ends(path: str, asked: Asked) -> list[FiscalYearEnd]:
    """Return the ends of the fiscal years in which the ledger has entries, up to today."""
    question = asked.question
    span = aggregates.span(question.everywhere().through(today()))
    if span.first is None or span.last is None:
        return []
    years = range(fiscal_year(span.first), fiscal_year(span.last) + 1)
    ends = [end_of_fiscal_year(year) for year in years]
    return [
        FiscalYearEnd(
            end.year,
            path + asked.address.asking(question.through(end)).query(),
            question.dated and question.day == end,
        )
        for end in ends
        if end <= today()
    ]


def other_languages(path: str, query: str) -> dict[str, str]:
    """Return the address of a page in each language, by language code."""
    english = "/" + path.removeprefix("/es/").removeprefix("/")
    return {"en": english + query, "es": f"/es{english}{query}"}
