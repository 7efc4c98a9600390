"""The page that gives the lines which compute a figure again."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from carsi_tracker.exports.package.sqlite import DATABASE
from carsi_tracker.exports.recompute import lines
from carsi_tracker.figures import aggregates
from carsi_tracker.ledger.money import dollars
from carsi_tracker.reports.downloads.writers import MOST_ROWS
from carsi_tracker.reports.page.address import site_of
from carsi_tracker.reports.page.explanations import scope_in_words, stage_in_words
from carsi_tracker.reports.page.links import entries_address
from carsi_tracker.reports.page.marks import marked
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.page.render import render_page
from carsi_tracker.reports.page.unknown import not_found


@public_page()
def recompute(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Show a figure with the lines that compute it; without a sum, lead to the entries."""
    query = public.query
    asked = query.filters.measure or query.filters.stage
    if not asked:
        return HttpResponseRedirect(entries_address(query))
    total = aggregates.total(query)
    from_ = lines.sources(query) if total.known else None
    return render_page(
        request,
        public,
        "exports/recompute.html",
        total=total,
        figure=marked(dollars(total.amount), total.limits),
        answer=f"{total.amount:.2f}",
        mark=total.limits.mark,
        stage=stage_in_words(query),
        scope=scope_in_words(public),
        not_found=not_found(asked),
        entries_address=entries_address(query),
        sources=from_,
        database=DATABASE,
        shell=lines.shell(site_of(request) + from_.csv) if from_ else "",
        sql=lines.sql(query),
        formula=lines.formula() if total.entries <= MOST_ROWS else "",
        most_rows=f"{MOST_ROWS:,}",
    )
