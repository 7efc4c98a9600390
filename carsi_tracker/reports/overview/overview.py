"""The overview."""

from django.http import HttpRequest, HttpResponse

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.published import all_compared
from carsi_tracker.reports.charts.bar import bar, bar_marks
from carsi_tracker.reports.charts.countries import countries_chart
from carsi_tracker.reports.charts.files import chart_files
from carsi_tracker.reports.charts.marks import published_marks
from carsi_tracker.reports.charts.timeline import timeline_chart
from carsi_tracker.reports.overview.appropriations import funds
from carsi_tracker.reports.overview.certainty import weak_spots
from carsi_tracker.reports.overview.matrix import matrix
from carsi_tracker.reports.page.how_well_known import how_well_known
from carsi_tracker.reports.page.links import linked_in
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.page.render import lazily, render_page
from carsi_tracker.reports.page.unknown import nothing_found
from carsi_tracker.reports.page.versions import newest_versions
from carsi_tracker.reports.published.beside import counts_of, most_important_cards
from carsi_tracker.reports.subjects.breakdowns import breakdown
from carsi_tracker.reports.subjects.kinds import KINDS
from carsi_tracker.reports.versions.effects import listed

LATEST = 3
MOST_NOTES = 5


@public_page()
def overview(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Show how much of the whole is committed, by area and country, and how surely."""
    public = public.with_blank_day()
    query = public.query.everywhere()
    totals, marks = aggregates.totals(query), published_marks(query)
    return render_page(
        request,
        public,
        "reports/overview.html",
        totals=totals,
        bar=lazily(bar, totals, query),
        marks=marks,
        bar_marks=lazily(bar_marks, totals, query, marks),
        bar_files=lazily(chart_files, "bar", query),
        matrix_files=lazily(chart_files, "matrix", query),
        appropriated=linked_in(totals, "appropriated", query),
        committed=linked_in(totals, "committed", query),
        obligated=linked_in(totals, "obligated", query),
        disbursed=linked_in(totals, "disbursed", query),
        uncommitted=linked_in(totals, "available", query),
        nothing=nothing_found(totals, query),
        first_law=aggregates.first_law(query),
        known=lazily(how_well_known, query),
        funds=lazily(funds, public, query),
        matrix=lazily(matrix, query, public.words),
        countries=lazily(countries_chart, query, public.words.countries),
        timeline=timeline_chart(query, marks),
        goals=lazily(breakdown, public, KINDS["goal"], query, ("committed",)),
        noted=lazily(weak_spots, query, MOST_NOTES),
        published=counts_of(all_compared(query)),
        published_cards=lazily(most_important_cards, public),
        latest=lazily(listed, newest_versions(query.version)[:LATEST], query),
        documents=len(public.words.codes["document"]),
    )
