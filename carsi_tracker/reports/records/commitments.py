"""Commitments: all of them, and each one's own page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.notes import noted
from carsi_tracker.figures.selection import entries
from carsi_tracker.ledger.models import Commitment, Posting, Stage
from carsi_tracker.reports.balances.sums import (
    BALANCES,
    OF_COMMITMENTS,
    asked_for,
    balances,
    over_time,
)
from carsi_tracker.reports.charts.timeline import timeline_chart
from carsi_tracker.reports.page import explanations, filters
from carsi_tracker.reports.page.lists import render_list
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.subjects.sources import cited
from carsi_tracker.reports.tables import CommitmentsTable, EntriesTable
from carsi_tracker.reports.versions.changes import reversals
from carsi_tracker.reports.versions.history import history_of


@public_page(sorts=CommitmentsTable.sorts())
def commitment_list(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Show the commitments with their sums by stage."""
    sums = balances(public.query, asked_for(public.query, OF_COMMITMENTS))
    none = not any(sum_.known for _name, sum_ in sums)
    return render_list(
        request,
        public,
        "reports/commitments.html",
        CommitmentsTable.about(public.query, request.path, public),
        rows=aggregates.number_of(public.query, "commitment"),
        balances=sums,
        scope=explanations.scope_in_words(public),
        filters=filters.form(request.path, public),
        without_each_filter=filters.without_each_filter(request.path, public) if none else [],
    )


@public_page(sorts=EntriesTable.sorts())
def commitment_detail(request: HttpRequest, public: PublicRequest, reference: str) -> HttpResponse:
    """Show a commitment: its balances today and over time, its notes, its entries."""
    query = public.query.everywhere().where(commitment=reference)
    posted = Commitment.objects.filter(first_version__lte=query.version.number)
    commitment = get_object_or_404(
        posted.select_related(
            "area", "country", "goal", "agency", "partner", "appropriation__account", "replaces"
        ),
        reference=reference,
    )
    successors = list(posted.filter(replaces=commitment))
    for moved in [*successors, *([commitment] if commitment.replaces else [])]:
        _tell_what_took_back(moved, query.version.number)
    table = EntriesTable(
        EntriesTable.rows_of(entries(query)),
        request.path,
        public,
        query,
        exclude=("commitment",),
    )
    return render_list(
        request,
        public,
        "reports/commitment.html",
        table,
        commitment=commitment,
        successors=successors,
        balances=balances(query, BALANCES),
        later=explanations.later(query.where(stage=Stage.COMMITTED)),
        noted=noted(query, 1),
        timeline=timeline_chart(query, small=True),
        cited=cited(query),
        history=history_of(query),
        over_time=over_time(query, BALANCES),
    )


def _tell_what_took_back(successor: Commitment, known: int) -> None:
    """Set `taken_back` to the version that reversed the move to a successor, if that stands."""
    chain = reversals(Posting.objects.filter(version__lte=known), successor.first_version)
    successor.taken_back = chain[-1].version if len(chain) % 2 else None  # type: ignore[attr-defined]
