"""Cumulative sums, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.figures.aggregates import REMEMBERED, Sums, sums_through
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.running_totals import running_totals


@dataclass(frozen=True)
class Point:
    """The sums by stage at the end of a day on which something changed."""

    day: date
    totals: Sums


@remembered(REMEMBERED)
def timeline(query: Query) -> Sequence[Point]:
    """Return the sums by stage after each day that has entries, up to the query's day."""
    stages = running_totals(query).get((), {})
    days = {
        day for running_total in stages.values() for day in running_total.days if day <= query.day
    }
    return tuple(Point(day, sums_through(stages, day)) for day in sorted(days))
