"""What others published, as charts mark it: a point with an arrow, in a colour of its own."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from carsi_tracker.figures.published import Verdict, beside, is_worked_out
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.days import day_in_words
from carsi_tracker.ledger.models import PublishedFigure, Stage
from carsi_tracker.reports.page.links import path
from carsi_tracker.reports.page.shortened import in_prose
from carsi_tracker.reports.published.wording import as_meant

DIFFERENT = {Verdict.UNEXPLAINED, Verdict.EXPLAINED}
ARROWS = {
    PublishedFigure.Relation.AT_LEAST.value: "at-least",
    PublishedFigure.Relation.AT_MOST.value: "at-most",
}


@dataclass(frozen=True)
class PublishedMark:
    """A published total of a stage, in U.S. dollars.

    `arrow` is "at-least" or "at-most", or nothing where the total is meant as it is; `words` say
    who published how much, `about` of which stage and day; `href` is its page.
    """

    stage: str
    day: date
    amount: Decimal
    arrow: str
    words: str
    about: str
    href: str


def published_marks(query: Query) -> tuple[PublishedMark, ...]:
    """Return published totals, through the day, of a stage of what is asked: those that differ."""
    return tuple(
        _mark(each.figure)
        for each in beside(query)
        if each.verdict in DIFFERENT
        and each.figure.measure in Stage.values
        and not each.figure.wider
    )


def _mark(figure: PublishedFigure) -> PublishedMark:
    about = _("%(stage)s through %(day)s, as published")
    if is_worked_out(figure):
        about = _("%(stage)s through %(day)s, worked out from what was published")
    return PublishedMark(
        figure.measure,
        figure.as_of,
        figure.amount,
        ARROWS.get(figure.relation, ""),
        f"{figure.document.publisher}: {as_meant(figure, in_prose(figure.amount))}",
        about % {"stage": Stage(figure.measure).label, "day": day_in_words(figure.as_of)},
        path("published-figure", figure.key),
    )
