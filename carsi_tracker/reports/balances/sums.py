"""Sums and balances of a query, each linked to its entries: on its day, and over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import MEASURES, Query
from carsi_tracker.figures.timeline import timeline
from carsi_tracker.ledger.models import Stage
from carsi_tracker.reports.page.filters import name_of_balance
from carsi_tracker.reports.page.links import Linked, linked

STAGES = tuple(Stage.values)
OF_COMMITMENTS = ("committed", "obligated", "disbursed")
BALANCES = (*OF_COMMITMENTS, "unobligated", "unliquidated")
"""What a commitment has: sums of its stages, and the differences between them."""
MOST_DAYS = 60


@dataclass(frozen=True)
class Day:
    """The balances at the end of a day on which something changed."""

    day: date
    figures: tuple[Linked, ...]


@dataclass(frozen=True)
class OverTime:
    """The balances day by day; `earlier` counts the days before those that are shown."""

    heads: tuple[str, ...]
    days: tuple[Day, ...]
    earlier: int


def balances(query: Query, names: Sequence[str]) -> list[tuple[str, Linked]]:
    """Return sums and differences of a query by name, each linked to its entries."""
    sums = aggregates.totals(query)
    rows = []
    for name in names:
        kind = "measure" if name in MEASURES else "stage"
        asks = query.where(**{"stage": None, "measure": None, kind: name})
        rows.append((name_of_balance(name), linked(sums.of(name), asks)))
    return rows


def over_time(query: Query, names: Sequence[str]) -> OverTime:
    """Return sums and differences at the end of each day that changed them, up to the day asked."""
    points = timeline(query)
    return OverTime(
        tuple(name_of_balance(name) for name in names),
        tuple(
            Day(
                point.day,
                tuple(figure for _name, figure in balances(query.through(point.day), names)),
            )
            for point in points[-MOST_DAYS:]
        ),
        max(0, len(points) - MOST_DAYS),
    )
