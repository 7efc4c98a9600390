"""What every public page shows around its own content."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carsi_tracker.figures import answers
from carsi_tracker.figures.question import Question
from carsi_tracker.ledger.days import today
from carsi_tracker.reports.address import Address
from carsi_tracker.reports.citing import Citation
from carsi_tracker.reports.freshness import Asked


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
    site = request.build_absolute_uri("/").removesuffix("/")
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
        "day_form": day_form(asked),
        "fiscal_year_ends": fiscal_year_ends(request.path, asked),
        "undated": request.path + asked.address.asking(question.as_of_today()).query(),
        "permanent": request.path + permanent,
        "newest": request.path + address.asking(_unpinned(question)).query(),
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
    span = answers.span(question.everywhere().through(today()))
    if span.first is None or span.last is None:
        return []
    ends = [date(year, 9, 30) for year in range(_year(span.first), _year(span.last) + 1)]
    return [
        FiscalYearEnd(
            end.year,
            path + asked.address.asking(question.through(end)).query(),
            question.dated and question.day == end,
        )
        for end in ends
        if end <= today()
    ]


def day_form(asked: Asked) -> list[tuple[str, str]]:
    """Return what the form for another day carries on unseen."""
    carried = dict(asked.question.scope.chosen)
    if asked.question.pinned:
        carried["version"] = str(asked.question.version)
    carried |= dict(asked.address.own)
    if asked.address.sort:
        carried["sort"] = asked.address.sort
    return list(carried.items())


def other_languages(path: str, query: str) -> dict[str, str]:
    """Return the address of a page in each language, by language code."""
    english = "/" + path.removeprefix("/es/").removeprefix("/")
    return {"en": english + query, "es": f"/es{english}{query}"}


def _year(day: date) -> int:
    return day.year + (day.month >= 10)


def _unpinned(question: Question) -> Question:
    return Question(question.version, question.day, question.scope, dated=question.dated)
