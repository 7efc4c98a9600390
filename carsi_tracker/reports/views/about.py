"""How the figures are made, how sure they are, and what the words mean."""

from django.http import HttpRequest, HttpResponse

from carsi_tracker.figures import answers
from carsi_tracker.figures.notes import noted
from carsi_tracker.reports.balances import balances
from carsi_tracker.reports.freshness import Asked, public_page
from carsi_tracker.reports.glossary import TERMS
from carsi_tracker.reports.pages import render_page
from carsi_tracker.reports.views.overview import basis_shares

BALANCES = ("appropriated", "committed", "available")
WEAK_SPOTS = 5


@public_page()
def about(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Show the methods with the figures that they speak of, and the glossary."""
    question = asked.question.everywhere()
    return render_page(
        request,
        asked,
        "reports/about.html",
        balances=balances(question, BALANCES),
        bases=basis_shares(asked, answers.totals(question).committed),
        weak_spots=noted(question, WEAK_SPOTS),
        terms=TERMS,
    )
