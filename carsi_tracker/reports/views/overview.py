"""The overview."""

from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from carsi_tracker.figures import answers
from carsi_tracker.figures.question import NONE, Version
from carsi_tracker.ledger.models import Posting
from carsi_tracker.reports.bases import basis_shares
from carsi_tracker.reports.charts.bar import bar
from carsi_tracker.reports.charts.countries import countries_chart
from carsi_tracker.reports.charts.files import chart_files
from carsi_tracker.reports.charts.timeline import timeline_chart
from carsi_tracker.reports.freshness import Asked, public_page
from carsi_tracker.reports.links import Linked, entries_address, linked, page_path
from carsi_tracker.reports.matrix import matrix
from carsi_tracker.reports.noting import weak_spots
from carsi_tracker.reports.pages import render_page

LATEST = 3
MOST_NOTES = 5


@dataclass(frozen=True)
class GoalRow:
    """A goal, its page, and what is committed for it; what states none has no page."""

    name: str
    page: str | None
    figure: Linked


@public_page()
def overview(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Show how much of the whole is committed, by area and country, and how surely."""
    question = asked.question.everywhere()
    totals = answers.totals(question)
    return render_page(
        request,
        asked,
        "reports/overview.html",
        totals=totals,
        bar=bar(totals, question),
        bar_files=chart_files("bar", question),
        matrix_files=chart_files("matrix", question),
        appropriated_href=entries_address(question.where(stage="appropriated")),
        committed_href=entries_address(question.where(stage="committed")),
        first_law=answers.first_law(question),
        bases=basis_shares(question),
        matrix=matrix(question, asked.words),
        countries=countries_chart(question, asked.words.countries),
        timeline=timeline_chart(question),
        goals=goals(asked),
        noted=weak_spots(question, MOST_NOTES),
        latest=latest(question.version),
        documents=len(asked.words.codes["document"]),
    )


@lru_cache(64)
def latest(version: Version) -> tuple[Posting, ...]:
    """Return the newest versions up to one; what they say of themselves is final."""
    known = Posting.objects.filter(version__lte=version.number)
    return tuple(known.order_by("-version")[:LATEST])


def goals(asked: Asked) -> list[GoalRow]:
    """Return what is committed by goal, and last what states none."""
    question = asked.question.everywhere().where(stage="committed")
    found = answers.breakdown(question, "goal")
    pages = question.everywhere().query()
    rows = []
    for goal in asked.words.goals:
        sums = found.get(goal.number, answers.Totals())
        figure = linked(sums.committed, sums.entries, question.where(goal=goal.number))
        rows.append(GoalRow(str(goal), page_path("goal", str(goal.number)) + pages, figure))
    none = found.get(None, answers.Totals())
    figure = linked(none.committed, none.entries, question.where(goal=NONE))
    return [*rows, GoalRow(_("Goal not stated"), None, figure)]
