"""What every public page shows around its own content."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject

from carsi_tracker.figures import aggregates
from carsi_tracker.ledger.days import end_of_fiscal_year, fiscal_year, today
from carsi_tracker.reports.page.address import (
    Address,
    as_query_string,
    other_languages,
    site_of,
)
from carsi_tracker.reports.page.citation import Citation
from carsi_tracker.reports.page.kept import page_key, write_day
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.page.versions import newest_versions


@dataclass(frozen=True)
class FiscalYearEnd:
    """The last day of a U.S. fiscal year, and the same page as of that day."""

    year: int
    href: str
    current: bool


def render_page(
    request: HttpRequest, public: PublicRequest, template: str, status: int = 200, **context: Any
) -> HttpResponse:
    """Render a public page with its day, version, permanent address and other language."""
    address, query = public.address, public.query
    site = site_of(request)
    permanent = replace(address, query=query.permanent()).query_string()
    ended = end_of_fiscal_year(query.day.year)
    around = {
        "site": site,
        "canonical": request.path + canonical(address).query_string(),
        "citation": Citation(site, request.path, permanent, query, today()),
        "citable": status == 200 and bool(query.version.number),
        "public": public,
        "query": query,
        "query_string": as_query_string(query.everywhere()),
        "today": today(),
        "band_form": address.carried("as_of", "version"),
        "newest_versions": lazily(newest_versions, public.head),
        "fiscal_year_ends": lazily(fiscal_year_ends, request.path, public),
        "page_key": page_key(request, public, status),
        "reached": aggregates.reached(query),
        "ended": ended if query.day == ended else None,
        "undated": request.path + public.address.asking(query.as_of_today()).query_string(),
        "newest": request.path + address.asking(replace(query, pinned=False)).query_string(),
        "languages": other_languages(request.path, address.query_string()),
        "report_errors_to": settings.REPORT_ERRORS_TO,
    }
    page = render_to_string(template, around | context, request)
    return HttpResponse(write_day(page, query), status=status)


def lazily(make: Callable[..., Any], *args: Any) -> Any:
    """Put off what a part of a page shows: where the part is kept, nobody needs it."""
    return SimpleLazyObject(partial(make, *args))


def canonical(address: Address) -> Address:
    """Return the one address of a page that is shown in several orders."""
    return replace(address, sort=None) if address.page == 1 else address


def fiscal_year_ends(path: str, public: PublicRequest) -> list[FiscalYearEnd]:
    """Return the ends of the fiscal years in which the ledger has entries, up to today."""
    query = public.query
    span = aggregates.span(query.everywhere().through(today()))
    if span.first is None or span.last is None:
        return []
    years = range(fiscal_year(span.first), fiscal_year(span.last) + 1)
    ends = [end_of_fiscal_year(year) for year in years]
    return [
        FiscalYearEnd(
            end.year,
            path + public.address.asking(query.through(end)).query_string(),
            query.dated and query.day == end,
        )
        for end in ends
        if end <= today()
    ]
