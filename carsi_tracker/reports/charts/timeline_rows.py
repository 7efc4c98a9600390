"""The figures of a timeline as a table: at the ends of fiscal years, and on the day asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.timeline import timeline
from carsi_tracker.ledger.days import end_of_fiscal_year, fiscal_year
from carsi_tracker.reports.page.links import Linked, linked

MOST_ROWS = 1 + 20  # the caption of the table says so


@dataclass(frozen=True)
class Row:
    """The sums at the end of a day, one for each stage that the chart shows."""

    day: date
    cells: tuple[Linked, ...]


def rows(query: Query, stages: Sequence[str]) -> tuple[Row, ...]:
    """Return the sums at the ends of fiscal years with changes, the latest, and on the day."""
    ends = {end_of_fiscal_year(fiscal_year(point.day)) for point in timeline(query)}
    days = sorted({end for end in ends if end < query.day} | {query.day})[-MOST_ROWS:]
    return tuple(
        Row(then.day, tuple(_cell(then, stage) for stage in stages))
        for then in (query if day == query.day else query.through(day) for day in days)
    )


def _cell(query: Query, stage: str) -> Linked:
    found = aggregates.stages(query).get(stage, aggregates.Amount())
    return linked(found.amount, found.entries, query.where(stage=stage, measure=None))
