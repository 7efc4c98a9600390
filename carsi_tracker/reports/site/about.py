"""How the figures are made, how sure they are, and what the words mean."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from carsi_tracker.figures.limits import largest_limits
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.models import Stage
from carsi_tracker.reports.balances.sums import balances
from carsi_tracker.reports.overview.certainty import committed_by_basis, weak_spots
from carsi_tracker.reports.page.glossary import GLOSSARY
from carsi_tracker.reports.page.links import linked, linked_sum
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.page.render import render_page
from carsi_tracker.reports.subjects.kinds import UNSTATED_AREA

BALANCES = ("appropriated", "committed", "obligated", "disbursed", "available")
WEAK_SPOTS = 5
MOST_LIMITS = 20


@public_page()
def about(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Show the methods with the figures that they speak of, and the glossary."""
    query = public.query.everywhere()
    sums = balances(query, BALANCES)
    return render_page(
        request,
        public,
        "reports/about.html",
        balances=sums,
        figures=dict(zip(BALANCES, (figure for _name, figure in sums), strict=True)),
        area_not_stated=linked_sum(query.where(stage=Stage.COMMITTED, area=UNSTATED_AREA)),
        bases=committed_by_basis(query),
        **_limits(query),
        noted=weak_spots(query, WEAK_SPOTS),
        glossary=GLOSSARY,
    )


def _limits(query: Query) -> dict[str, Any]:
    """Return the largest commitments that are limits by the day, and how many more there are."""
    asks = query.where(stage=Stage.COMMITTED)
    found, more = largest_limits(query, MOST_LIMITS)
    linked_to = [
        (commitment, linked(sum_, asks.where(commitment=commitment.reference)))
        for commitment, sum_ in found
    ]
    return {"limited": linked_to, "more_limited": more}
