"""Sums and balances of a query, each linked to its entries: on its day, and over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.timeline import timeline
from carsi_tracker.ledger.models import Stage
from carsi_tracker.reports.page.filters import name_of_balance
from carsi_tracker.reports.page.links import Linked, linked_in

STAGES = tuple(Stage.values)
OF_COMMITMENTS = ("committed", "obligated", "disbursed")
BALANCES = (*OF_COMMITMENTS, "unobligated", "unliquidated")
"""What a commitment has: sums of its stages, and the differences between them."""
OF_APPROPRIATIONS = (*STAGES, "available", "unobligated", "unliquidated", "unobligated-balance")
"""What an appropriation has: the same of what is appropriated, and GAO's unobligated balance."""
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


def asked_for(query: Query, stages: Sequence[str]) -> list[str]:
    """Return those stages whose entries a query chooses."""
    return [stage for stage in stages if stage in (query.filters.stages or stages)]


def balances(query: Query, names: Sequence[str]) -> list[tuple[str, Linked]]:
    """Return sums and differences of a query by name, each linked to its entries."""
    sums = aggregates.totals(query)
    return [(name_of_balance(name), linked_in(sums, name, query)) for name in names]


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
