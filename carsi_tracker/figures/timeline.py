"""Cumulative sums, day by day."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.figures.aggregates import BYTES_OF_SUMS, Sums, sums_through
from carsi_tracker.figures.query import Filters, Query, Version
from carsi_tracker.figures.running_totals import running_totals


@dataclass(frozen=True)
class Point:
    """The sums by stage at the end of a day that changed one of them."""

    day: date
    totals: Sums


def timeline(query: Query) -> Sequence[Point]:
    """Return the sums by stage after each day that changed one, up to the query's day.

    A day of which the entries cancel changed none.
    """
    points = _points(query.version, query.filters)
    return points[: bisect_right(points, query.day, key=lambda point: point.day)]


@remembered(weigh=lambda points: BYTES_OF_SUMS * len(points))
def _points(version: Version, filters: Filters) -> Sequence[Point]:
    stages = running_totals(Query(version, date.max, filters)).get((), {})
    days = {day for running_total in stages.values() for day in running_total.days}
    points: list[Point] = []
    for day in sorted(days):
        sums = sums_through(stages, day)
        if _amounts(sums) != (_amounts(points[-1].totals) if points else {}):
            points.append(Point(day, sums))
    return tuple(points)


def _amounts(sums: Sums) -> dict[str, Decimal]:
    return {stage: sum_.amount for stage, sum_ in sums.stages.items() if sum_.amount}
