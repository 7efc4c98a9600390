"""Entries: the page behind every figure, and each entry's own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import amount_of
from carsi_tracker.figures.query import MEASURES
from carsi_tracker.figures.selection import entries
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Entry
from carsi_tracker.reports.page import explanations, filters
from carsi_tracker.reports.page.how_well_known import how_well_known
from carsi_tracker.reports.page.links import linked
from carsi_tracker.reports.page.lists import render_list
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.page.render import lazily, render_page
from carsi_tracker.reports.page.unknown import not_found
from carsi_tracker.reports.published.beside import lines_beside
from carsi_tracker.reports.tables import EntriesTable
from carsi_tracker.reports.versions.history import history_of


@public_page(sorts=EntriesTable.sorts())
def entry_list(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Show the entries that a query is about, and what they add up to."""
    public = public.with_blank_day()
    query = public.query
    total = aggregates.total(query)
    one_sum = bool(query.filters.stage or query.filters.measure)
    return render_list(
        request,
        public,
        "reports/entries.html",
        EntriesTable(EntriesTable.rows_of(entries(query)), request.path, public, query),
        rows=total.entries,
        total=total,
        one_sum=one_sum,
        recompute=linked(total, query).recomputed if one_sum and total.known else "",
        balances=[]
        if one_sum and total.known
        else explanations.sums_of_all(query.where(stage=None, measure=None)),
        stage=explanations.stage_in_words(query),
        known=lazily(how_well_known, query) if one_sum else None,
        not_found=not_found(query.filters.measure or query.filters.stage or ""),
        measured=MEASURES.get(query.filters.measure or ""),
        scope=explanations.scope_in_words(public),
        later=explanations.later(query),
        published_lines=lines_beside(public, query) if one_sum else [],
        history=lazily(history_of, query) if one_sum else None,
        figure_today=explanations.figure_today(query),
        unstated=explanations.unstated(public),
        filters=lazily(filters.form, request.path, public),
        without_each_filter=[]
        if total.entries
        else filters.without_each_filter(request.path, public),
    )


@public_page()
def entry_detail(
    request: HttpRequest, public: PublicRequest, version: int, line: int
) -> HttpResponse:
    """Show one entry, with its commitment, document and version, whatever day is asked."""
    rows = entries(public.query.everywhere().through(today())).select_related(
        "commitment__area", "commitment__country", "commitment__goal", "commitment__partner",
        "commitment__agency", "appropriation__account", "document", "posting",
    )  # fmt: skip
    entry: Entry = get_object_or_404(rows, posting_id=version, line=line)
    return render_page(
        request,
        public,
        "reports/entry.html",
        entry=entry,
        amount=amount_of(entry, entry.amount),
        stage=explanations.STAGES_OF_DOLLARS[entry.stage],
    )
