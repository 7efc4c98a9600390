"""The public figures that a batch changes, as a review's table shows them as of a day."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carsi_tracker.figures.preview import (
    OF_COMMITMENTS,
    OF_FUNDS,
    WITH_FUNDS,
    Preview,
    PublicFigure,
)
from carsi_tracker.ledger.dates import parse_day
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import PublishedFigure

KINDS: dict[str, str | Promise] = {
    "whole": _("Total"),
    "appropriation": _("Appropriation"),
    "account": _("Account"),
    "year": _("Fiscal year of funds"),
    "area": _("Programming area"),
    "country": _("Country"),
    "goal": _("Goal"),
    "agency": _("Agency"),
    "partner": _("Partner"),
    "cell": _("Area in a country"),
}
DAYS = 12
"""How many days are offered at once; any other is typed."""


@dataclass(frozen=True)
class DayChoice:
    """A day to look at: whether it is today, whether any figure changes, whether it is shown."""

    day: date
    is_today: bool
    changes: bool
    is_shown: bool

    @property
    def written(self) -> str:
        """The day as addresses write it."""
        return self.day.isoformat()


@dataclass(frozen=True)
class ChangedFigures:
    """A part of the whole: its kind where it is the first of it, its figures by column.

    Beside each stands whether there is such a figure; None of one is a figure that does not change.
    """

    kind: str | Promise
    name: str
    cells: tuple[tuple[PublicFigure | None, bool], ...]


@dataclass(frozen=True)
class FiguresAsOf:
    """The figures that change as of `day`, and on which days others do.

    `from_` is the first day of the batch's lines, before which no figure changes.
    """

    count: int
    day: date
    choices: tuple[DayChoice, ...]
    more_days: int
    from_: date | None
    days: int
    columns: tuple[str | Promise, ...]
    rows: tuple[ChangedFigures, ...]
    unchanged: tuple[str | Promise, ...]

    @property
    def count_here(self) -> int:
        """How many figures change as of the day."""
        return sum(bool(figure) for row in self.rows for figure, _applies in row.cells)


def figures_as_of(preview: Preview, asked: str) -> FiguresAsOf:
    """Return what changes as of the day asked for; else today, or a day on which something does."""
    choices = [(day, preview.changes_on(day)) for day in _offered(preview)]
    day = _typed(asked) or next((day for day, changes in choices if changes), today())
    figures = preview.figures(day)
    found = {figure.measure for figure in figures}
    measures = [measure for measure in OF_FUNDS if measure in found]
    return FiguresAsOf(
        count=preview.count,
        day=day,
        choices=tuple(DayChoice(at, at == today(), changes, at == day) for at, changes in choices),
        more_days=len(preview.days) - len(choices),
        from_=preview.effective[0] if preview.effective else None,
        days=len(preview.effective),
        columns=tuple(measure_name(measure) for measure in measures),
        rows=tuple(_rows(figures, measures)),
        unchanged=(
            *(measure_name(measure) for measure in preview.unchanged_measures),
            *(KINDS[kind] for kind in preview.unchanged_kinds),
        ),
    )


def measure_name(measure: str) -> str | Promise:
    """Return what a stage or balance is called."""
    return PublishedFigure.Measure(measure).label


def _offered(preview: Preview) -> list[date]:
    """Return today, and the latest of the other days to look at."""
    return sorted({today(), *preview.days[:DAYS]}, reverse=True)


def _typed(asked: str) -> date | None:
    try:
        return parse_day(asked)
    except ValidationError:
        return None


def _rows(figures: list[PublicFigure], measures: list[str]) -> list[ChangedFigures]:
    rows, last = [], ""
    for (kind, name), found in groupby(figures, lambda figure: (figure.kind, figure.name)):
        by_measure = {figure.measure: figure for figure in found}
        cells = tuple(
            (by_measure.get(measure), kind in WITH_FUNDS or measure in OF_COMMITMENTS)
            for measure in measures
        )
        rows.append(ChangedFigures("" if kind == last else KINDS[kind], name, cells))
        last = kind
    return rows
