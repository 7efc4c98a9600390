"""Data gaps: what is not known, what others published about it, what would settle it."""

from django.http import HttpRequest, HttpResponse

from carsi_tracker.figures.gaps import larger_published
from carsi_tracker.reports.charts.bar import LABELS
from carsi_tracker.reports.gaps.questions import question_rows
from carsi_tracker.reports.gaps.table import gap_tables
from carsi_tracker.reports.gaps.wording import headline, largest, lead, most_unpaid
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.page.render import render_page


@public_page()
def gaps(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Show what is not known of each appropriation and country."""
    tables = gap_tables(public)
    publishers = larger_published(public.query)
    return render_page(
        request,
        public,
        "reports/gaps.html",
        headline=headline(tables.all, public.query),
        lead=lead(tables.all, publishers),
        tables=tables,
        questions=question_rows(public),
        largest=largest(tables.appropriations[0]) if tables.all.gap.first else "",
        most_unpaid=most_unpaid(tables.places, tables.all_places),
        legend=LABELS,
    )
