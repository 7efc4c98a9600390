"""What changed between two days, or between two versions."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from carsi_tracker.figures.comparison import (
    DAY,
    VERSION,
    Comparison,
    last_fiscal_year,
    read_comparison,
)
from carsi_tracker.figures.selection import entries
from carsi_tracker.ledger.models import Posting
from carsi_tracker.reports import differences, filters
from carsi_tracker.reports.freshness import Asked, public_page
from carsi_tracker.reports.links import entries_address
from carsi_tracker.reports.tables import EntriesTable
from carsi_tracker.reports.views.lists import render_list

OTHER_NAMES = {"to": "as_of", "to_version": "version"}
"""What a reader may call the later day and the newer version here."""
VERSIONS_OFFERED = 100


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


@public_page(sorts=EntriesTable.sorts(), own=(DAY, VERSION))
def comparison_page(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Show sums side by side, what changed by area, country and appropriation, and its entries."""
    comparison = read_comparison(asked.question, dict(asked.address.own), asked.head)
    address = replace(asked.address, question=comparison.later, own=comparison.own)
    if asked.address.own and address.query() != asked.address.query():
        return HttpResponseRedirect(request.path + address.query())
    asked = replace(asked, question=comparison.later, address=address)
    stage = asked.question.scope.stage or "committed"
    between = comparison.between
    return render_list(
        request,
        asked,
        "reports/compare.html",
        EntriesTable(EntriesTable.rows_of(entries(between)), request.path, asked, between),
        comparison=comparison,
        entries_href=entries_address(between),
        stages=differences.by_stage(comparison),
        stage=filters.name_of_balance(stage),
        areas=differences.by_thing(comparison, asked, "area", stage),
        countries=differences.by_thing(comparison, asked, "country", stage),
        grid=differences.by_area_and_country(comparison, asked, stage),
        appropriations=differences.by_appropriation(comparison),
        chips=filters.chips(request.path, asked),
        carried=carried(asked),
        versions=versions_offered(comparison),
        first_day=last_fiscal_year(comparison.later)
        if comparison.of_versions
        else comparison.earlier.day,
        first_version=comparison.earlier.version.number - (not comparison.of_versions),
    )


def carried(asked: Asked) -> list[tuple[str, str]]:
    """Return what the forms for other days and versions carry on unseen: filters and order."""
    chosen = list(asked.question.scope.chosen.items())
    return [*chosen, ("sort", asked.address.sort)] if asked.address.sort else chosen


def versions_offered(comparison: Comparison) -> list[Posting]:
    """Return the newest versions and the two that are compared, newest first."""
    compared = [comparison.earlier.version.number, comparison.later.version.number]
    newest = Posting.objects.order_by("-version").values("version")[:VERSIONS_OFFERED]
    offered = Posting.objects.filter(version__in=newest) | Posting.objects.filter(
        version__in=compared
    )
    return list(offered.order_by("-version"))
