"""Cumulative sums, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Count

from carsi_tracker.figures.answers import REMEMBERED, Totals, by_stage
from carsi_tracker.figures.question import Question
from carsi_tracker.figures.selection import entries
from carsi_tracker.ledger.models import Stage


@dataclass(frozen=True)
class Point:
    """The sums by stage at the end of a day on which something changed."""

    day: date
    totals: Totals


@lru_cache(REMEMBERED)
def timeline(question: Question) -> Sequence[Point]:
    """Return the sums by stage after each day that has entries, up to the question's day."""
    rows = (
        entries(question)
        .order_by()
        .values("effective_date")
        .annotate(**by_stage(), entries=Count("*"))
        .order_by("effective_date")
        .values_list("effective_date", *Stage.values, "entries")
    )
    running = Totals()
    points = []
    for day, *sums in rows:
        running += Totals(*sums)
        points.append(Point(day, running))
    return tuple(points)
