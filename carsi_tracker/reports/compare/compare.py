"""What changed between two days, or between two versions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from carsi_tracker.figures.comparison import Comparison, last_fiscal_year, number_between
from carsi_tracker.figures.selection import entries
from carsi_tracker.ledger.days import end_of_fiscal_year
from carsi_tracker.ledger.models import Posting
from carsi_tracker.reports.compare.differences import differences
from carsi_tracker.reports.compare.parameters import (
    DAY,
    VERSION,
    parameters_of,
    read_comparison,
)
from carsi_tracker.reports.page import filters
from carsi_tracker.reports.page.explanations import scope_in_words
from carsi_tracker.reports.page.links import entries_address
from carsi_tracker.reports.page.lists import render_list
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.page.render import fiscal_year_ends
from carsi_tracker.reports.tables import EntriesTable
from carsi_tracker.reports.versions.effects import ListedVersion, listed

OTHER_NAMES = {"to": "as_of", "to_version": "version"}
"""What a reader may call the later day and the newer version here."""
VERSIONS_OFFERED = 100
VERSIONS_LISTED = 50


@dataclass(frozen=True)
class FiscalYearsCompared:
    """The ends of two fiscal years that follow each other, and the page that compares them."""

    first: int
    last: int
    href: str


@dataclass(frozen=True)
class Forms:
    """The forms for two other days, and for two other versions.

    `carried` goes along unseen; `fiscal_years` are days that need no form.
    """

    carried: Mapping[str, str]
    fiscal_years: list[FiscalYearsCompared]
    first_day: date
    first_version: int
    versions: list[Posting]


@dataclass(frozen=True)
class VersionsBetween:
    """The newest versions that make a difference, and how many older ones there are beside."""

    listed: list[ListedVersion]
    more: int


@require_safe
def compare(request: HttpRequest) -> HttpResponseBase:
    """Lead from `to` and `to_version` to the names that every page knows; else show the page."""
    parameters = request.GET.copy()
    for other, name in OTHER_NAMES.items():
        if given := parameters.pop(other, None):
            parameters.setlist(name, [*parameters.getlist(name), *given])
    if parameters != request.GET:
        return HttpResponseRedirect(f"{request.path}?{parameters.urlencode()}")
    return comparison_page(request)


def is_of_versions(_request: HttpRequest, public: PublicRequest) -> bool:
    """Say whether versions are compared, whose sums are added up anew for each pair."""
    return VERSION in dict(public.address.own)


@public_page(sorts=EntriesTable.sorts(), own=(DAY, VERSION), dear=is_of_versions)
def comparison_page(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Show sums side by side, what changed by area, country and appropriation, and its entries."""
    comparison = read_comparison(public.query, dict(public.address.own), public.head)
    address = replace(public.address, query=comparison.later, own=parameters_of(comparison))
    if public.address.own and address.query_string() != public.address.query_string():
        return HttpResponseRedirect(request.path + address.query_string())
    public = replace(public, query=comparison.later, address=address)
    between = comparison.between
    return render_list(
        request,
        public,
        "reports/compare.html",
        EntriesTable(EntriesTable.rows_of(entries(between)), request.path, public, between),
        rows=number_between(comparison),
        comparison=comparison,
        title_names_days=not comparison.of_versions,
        title_names_versions=comparison.of_versions,
        scope=scope_in_words(public),
        changed=differences(comparison, public),
        entries_href=entries_address(between),
        versions=versions_between(comparison),
        chips=filters.chips(request.path, public),
        forms=forms(comparison, request.path, public),
    )


def versions_between(comparison: Comparison) -> VersionsBetween | None:
    """Return the versions after the older one, newest first; None where days are compared."""
    if not comparison.of_versions:
        return None
    last, first = comparison.later.version.number, comparison.earlier.version.number
    known = Posting.objects.filter(version__gt=first, version__lte=last).order_by("-version")
    shown = listed(known[:VERSIONS_LISTED], comparison.later)
    return VersionsBetween(shown, last - first - len(shown))


def forms(comparison: Comparison, path: str, public: PublicRequest) -> Forms:
    """Return what is chosen in the forms, and what is offered where the other one was used."""
    earlier, later = comparison.earlier, comparison.later
    first_version = earlier.version.number if comparison.of_versions else later.version.number - 1
    return Forms(
        carried=public.address.carried("as_of", "version", DAY, VERSION),
        fiscal_years=fiscal_years_compared(path, public),
        first_day=last_fiscal_year(later) if comparison.of_versions else earlier.day,
        first_version=first_version,
        versions=versions_offered(first_version, later.version.number),
    )


def fiscal_years_compared(path: str, public: PublicRequest) -> list[FiscalYearsCompared]:
    """Return each two ends of fiscal years that follow each other, of the same filters."""
    ends = [end_of_fiscal_year(end.year) for end in fiscal_year_ends(path, public)]
    found = []
    for first, last in pairwise(ends):
        asked = public.address.asking(public.query.through(last))
        address = replace(asked, own=((DAY, first.isoformat()),))
        found.append(FiscalYearsCompared(first.year, last.year, path + address.query_string()))
    return found


def versions_offered(*chosen: int) -> list[Posting]:
    """Return the newest versions and the chosen ones, newest first."""
    newest = Posting.objects.order_by("-version").values("version")[:VERSIONS_OFFERED]
    offered = Posting.objects.filter(Q(version__in=newest) | Q(version__in=chosen))
    return list(offered.order_by("-version"))
