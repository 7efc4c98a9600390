"""The figures of a timeline as a table: at the ends of fiscal years, and on the day asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Question
from carsi_tracker.figures.timeline import timeline
from carsi_tracker.ledger.days import end_of_fiscal_year, fiscal_year
from carsi_tracker.reports.page.links import Linked, linked

MOST_ROWS = 1 + 20  # the caption of the table says so


@dataclass(frozen=True)
class Row:
    """The sums at the end of a day, one for each stage that the chart shows."""

    day: date
    cells: tuple[Linked, ...]


def rows(question: Question, stages: Sequence[str]) -> tuple[Row, ...]:
    """Return the sums at the ends of fiscal years with changes, the latest, and on the day."""
    ends = {end_of_fiscal_year(fiscal_year(point.day)) for point in timeline(question)}
    days = sorted({end for end in ends if end < question.day} | {question.day})[-MOST_ROWS:]
    return tuple(
        Row(asked.day, tuple(_cell(asked, stage) for stage in stages))
        for asked in (question if day == question.day else question.through(day) for day in days)
    )


def _cell(question: Question, stage: str) -> Linked:
    found = aggregates.stages(question).get(stage, aggregates.Amount())
    return linked(found.amount, found.entries, question.where(stage=stage, measure=None))
