"""How the figures are made, how sure they are, and what the words mean."""

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from carsi_tracker.ledger.models import Stage
from carsi_tracker.reports.balances.sums import balances
from carsi_tracker.reports.overview.certainty import WeakSpot, committed_by_basis, weak_spots
from carsi_tracker.reports.page.content import content
from carsi_tracker.reports.page.glossary import GLOSSARY
from carsi_tracker.reports.page.links import linked_sum
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.page.render import render_page
from carsi_tracker.reports.subjects.kinds import UNSTATED_AREA

BALANCES = ("appropriated", "committed", "obligated", "disbursed", "available")
WEAK_SPOTS = 5
BOUNDS: dict[str, Promise] = content("bounds")
"""What is known of commitments whose sum is an upper bound or a floor, by reference."""


@public_page()
def about(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Show the methods with the figures that they speak of, and the glossary."""
    query = public.query.everywhere()
    spots = weak_spots(query, WEAK_SPOTS)
    sums = balances(query, BALANCES)
    return render_page(
        request,
        public,
        "reports/about.html",
        balances=sums,
        figures=dict(zip(BALANCES, (figure for _name, figure in sums), strict=True)),
        area_not_stated=linked_sum(query.where(stage=Stage.COMMITTED, area=UNSTATED_AREA)),
        bases=committed_by_basis(query),
        bounds=_bounds(spots),
        noted=spots,
        glossary=GLOSSARY,
    )


def _bounds(spots: list[WeakSpot]) -> list[tuple[WeakSpot, Promise]]:
    return [(spot, BOUNDS[spot.reference]) for spot in spots if spot.reference in BOUNDS]
