"""Cumulative sums over time: stages as stepped areas under the ceiling of what is appropriated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import ZERO
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.timeline import Point
from carsi_tracker.figures.timeline import timeline as points_of
from carsi_tracker.ledger.days import day_in_words, end_of_fiscal_year, fiscal_year
from carsi_tracker.ledger.models import Stage
from carsi_tracker.reports.charts.files import File, chart_files
from carsi_tracker.reports.charts.scale import Amounts, Days, at_axis
from carsi_tracker.reports.page.links import Linked, entries_address, linked_in
from carsi_tracker.reports.page.shortened import in_prose

WIDTH = 1000
HEIGHT, SMALL_HEIGHT = 260, 120
GRID_LINES, SMALL_GRID_LINES = 4, 2
SEEN = 50
"""What changed on the day itself is drawn a fiftieth of the axis wide, or it would not be seen."""
A_DAY = timedelta(days=1)
LAST_LABEL = 880
"""Beyond it a year could not be written in full on a phone."""
MOST_ROWS = 1 + 20  # the caption of the table says so
HEADROOM = Decimal("1.08")
LONG_REST = 8
"""The axis ends an eighth of its length after the last entry: a longer rest shows nothing new."""


@dataclass(frozen=True)
class Tick:
    """A line across the plot at a round amount, or the beginning of a year, with its words.

    `at` is in units of the plot for amounts, in percent of its width for years.
    """

    at: Decimal
    words: str


@dataclass(frozen=True)
class Curve:
    """A stage: the path of its area (of the ceiling, its line), and its sum in words."""

    stage: str
    label: str
    path: str
    amount: Decimal
    words: str
    href: str


@dataclass(frozen=True)
class TimelineRow:
    """The sums at the end of a day, one for each stage that the chart shows."""

    day: date
    cells: tuple[Linked, ...]


@dataclass(frozen=True)
class Timeline:
    """What a timeline shows.

    Paths are in units of a plot WIDTH by `height`. `ceiling` is None where nothing of what is
    asked is appropriated; `areas` are ordered from the widest stage to the narrowest. `description`
    says in words what the chart shows; `as_of` names the day that is
    asked, which is at `asked_x`; `rest` says since when nothing changed, where that is long.
    """

    height: int
    ceiling: Curve | None
    areas: tuple[Curve, ...]
    amounts: tuple[Tick, ...]
    years: tuple[Tick, ...]
    base: Decimal
    as_of: str
    asked_x: Decimal
    rest: str
    description: str
    rows: tuple[TimelineRow, ...]
    files: tuple[File, ...]
    small: bool

    @property
    def curves(self) -> tuple[Curve, ...]:
        """All that is drawn, from the largest to the smallest."""
        return (*([self.ceiling] if self.ceiling else []), *self.areas)


def timeline_chart(query: Query, *, small: bool = False) -> Timeline | None:
    """Return the cumulative sums of what is asked, through its day; None before its first entry."""
    points = points_of(query)
    has_entries = points[-1].totals.stages if points else {}
    sums = {
        stage: [point.totals.of(stage).amount for point in points]
        for stage in Stage.values
        if stage in has_entries
    }
    stages = [stage for stage in sums if any(sums[stage])]
    if not stages:
        return None
    days = Days(date(points[0].day.year, 1, 1), _end(query, points), WIDTH)
    lowest = min(min(sums[stage]) for stage in stages)
    highest = max(max(sums[stage]) for stage in stages)
    height = SMALL_HEIGHT if small else HEIGHT
    amounts = Amounts(min(lowest, ZERO), max(highest, Decimal(1)) * HEADROOM, height)
    each_day = [point.day for point in points]
    curves = [
        _curve(query, stage, list(zip(each_day, sums[stage], strict=True)), days, amounts)
        for stage in stages
    ]
    return Timeline(
        height=height,
        ceiling=next((curve for curve in curves if curve.stage == Stage.APPROPRIATED), None),
        areas=tuple(curve for curve in curves if curve.stage != Stage.APPROPRIATED),
        amounts=tuple(
            Tick(amounts.y(step), at_axis(step))
            for step in amounts.steps(SMALL_GRID_LINES if small else GRID_LINES)
        ),
        years=tuple(
            Tick(days.x(day) * 100 / WIDTH, str(day.year))
            for day in days.years()
            if days.x(day) < LAST_LABEL
        ),
        base=amounts.y(ZERO),
        as_of=_("as of %(day)s") % {"day": day_in_words(query.day)},
        asked_x=days.x(min(query.day, days.last)),
        rest=_rest_in_words(query, points, days.last),
        description=_description(query, points, curves),
        rows=_rows(query, stages),
        files=chart_files("timeline", query),
        small=small,
    )


def _end(query: Query, points: Sequence[Point]) -> date:
    first, last = date(points[0].day.year, 1, 1), points[-1].day
    rest = max((last - first) // LONG_REST, timedelta(days=30))
    return max(min(query.day, last + rest), last + max((last - first) // SEEN, A_DAY))


def _curve(
    query: Query,
    stage: str,
    sums: Sequence[tuple[date, Decimal]],
    days: Days,
    amounts: Amounts,
) -> Curve:
    base = amounts.y(ZERO)
    steps = [f"M0 {base}"]
    amount, level = ZERO, base
    for day, sum_ in sums:
        if sum_ != amount and (y := amounts.y(sum_)) != level:
            steps.append(f"H{days.x(day)}V{y}")
            level = y
        amount = sum_
    steps.append(f"H{WIDTH}")
    if stage != Stage.APPROPRIATED:
        steps.append(f"V{base}Z")
    href = entries_address(query.where(stage=stage, measure=None))
    return Curve(stage, str(Stage(stage).label), "".join(steps), amount, in_prose(amount), href)


def _rest_in_words(query: Query, points: Sequence[Point], end: date) -> str:
    if end >= query.day:
        return ""
    return _("unchanged since %(day)s") % {"day": day_in_words(points[-1].day)}


def _description(query: Query, points: Sequence[Point], curves: Sequence[Curve]) -> str:
    sums = "; ".join(f"{curve.label}: {curve.words}" for curve in curves)
    return _("Sums from %(first)s through %(day)s. On that last day: %(sums)s.") % {
        "first": day_in_words(points[0].day),
        "day": day_in_words(query.day),
        "sums": sums,
    }


def _rows(query: Query, stages: Sequence[str]) -> tuple[TimelineRow, ...]:
    """Return the sums at the ends of fiscal years with changes, the latest, and on the day."""
    ends = {end_of_fiscal_year(fiscal_year(point.day)) for point in points_of(query)}
    days = sorted({end for end in ends if end < query.day} | {query.day})[-MOST_ROWS:]
    return tuple(
        TimelineRow(
            then.day, tuple(linked_in(aggregates.totals(then), stage, then) for stage in stages)
        )
        for then in (query if day == query.day else query.through(day) for day in days)
    )
