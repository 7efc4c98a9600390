"""The live proof that the books balance."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Sums
from carsi_tracker.figures.query import Query
from carsi_tracker.reports.balances.sums import STAGES
from carsi_tracker.reports.page.links import Linked
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.page.render import render_page
from carsi_tracker.reports.page.unknown import nothing_found
from carsi_tracker.reports.subjects.breakdowns import figures_of

WAYS: dict[str, tuple[Promise, str]] = {
    "area": (_("Programming areas"), "areas"),
    "country": (_("Countries"), "countries"),
    "goal": (_("Goals"), "goals"),
    "appropriation": (_("Appropriations"), "appropriations"),
    "commitment": (_("Commitments"), "commitments"),
    "document": (_("Documents"), "documents"),
    "version": (_("Versions"), "changes"),
}
"""For each way to add up, what its parts are called and the view that lists them."""


@dataclass(frozen=True)
class Way:
    """One way to add the ledger up: over how many parts, to which sums, and whether they agree."""

    label: Promise
    listed: str
    parts: int
    sums: tuple[Linked, ...]
    entries: int
    agrees: bool


@public_page()
def balance(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Show that every way of adding the ledger up comes to the same sums."""
    query = public.query.everywhere()
    totals = aggregates.totals(query)
    ways = [
        add_up(*named, list(aggregates.breakdown(query, dimension).values()), query)
        for dimension, named in WAYS.items()
    ]
    committed, available = (
        totals.of("committed"),
        aggregates.total(query.where(measure="available")),
    )
    whole = committed + available
    checks = [*(way.agrees for way in ways), whole.amount == totals.appropriated]
    return render_page(
        request,
        public,
        "reports/balance.html",
        totals=totals,
        nothing=nothing_found(totals, query),
        linked=figures_of(totals, STAGES, query),
        ways=ways,
        committed=committed,
        available=available,
        whole=whole,
        checks=len(checks),
        failing=checks.count(False),
    )


def add_up(label: Promise, listed: str, parts: list[Sums], query: Query) -> Way:
    """Add parts up and compare the sums with the totals of all entries."""
    sums = sum(parts, Sums())
    agrees = sums == aggregates.totals(query)
    figures = figures_of(sums, STAGES, query)
    return Way(label, listed, len(parts), figures, sums.entries, agrees)
