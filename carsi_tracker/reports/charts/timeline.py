"""Cumulative sums over time: stages as stepped areas under the ceiling of what is appropriated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import ZERO, Amount
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.timeline import Point
from carsi_tracker.figures.timeline import timeline as points_of
from carsi_tracker.ledger.days import day_in_words, end_of_fiscal_year, fiscal_year
from carsi_tracker.ledger.models import Stage
from carsi_tracker.reports.charts.files import File, chart_files
from carsi_tracker.reports.charts.marks import PublishedMark
from carsi_tracker.reports.charts.scale import (
    Amounts,
    Days,
    at_axis,
    beginning_of_fiscal_year,
    middle_of_fiscal_year,
)
from carsi_tracker.reports.page.links import Linked, entries_address, linked_in
from carsi_tracker.reports.page.marks import marked_plainly
from carsi_tracker.reports.page.shortened import in_prose

WIDTH = 1000
HEIGHT, SMALL_HEIGHT = 260, 120
GRID_LINES, SMALL_GRID_LINES = 4, 2
SEEN = 50
"""What changed on the day itself is drawn a fiftieth of the axis wide, or it would not be seen."""
A_DAY = timedelta(days=1)
MOST_YEARS = 6
"""How many fiscal years can be written beside each other on a phone."""
MOST_ROWS = 1 + 20  # the caption of the table says so
HEADROOM = Decimal("1.08")


@dataclass(frozen=True)
class Tick:
    """A line across the plot at a round amount, or the middle of a fiscal year, with its words.

    `at` is in units of the plot for amounts, in percent of its width for years.
    """

    at: Decimal
    words: str


@dataclass(frozen=True)
class Curve:
    """A stage: the path of its area (of the ceiling, its line), and its sum on the last day."""

    stage: str
    label: str
    path: str
    sum: Amount
    href: str

    @property
    def words(self) -> str:
        """The sum as prose writes it."""
        return marked_plainly(in_prose(self.sum.amount), self.sum.limits)


@dataclass(frozen=True)
class MarkAt:
    """A published total on the plot: `x` in percent of its width, `y` in its units."""

    mark: PublishedMark
    x: Decimal
    y: Decimal


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
    says in words what the chart shows; `as_of` names the day that is asked, which is at `asked_x`,
    None beyond the axis; `rest` says since when nothing changed, where that is long. `turns` are
    where fiscal years begin.
    """

    height: int
    ceiling: Curve | None
    areas: tuple[Curve, ...]
    amounts: tuple[Tick, ...]
    years: tuple[Tick, ...]
    turns: tuple[Decimal, ...]
    marks: tuple[MarkAt, ...]
    base: Decimal
    as_of: str
    asked_x: Decimal | None
    rest: str
    description: str
    rows: tuple[TimelineRow, ...]
    files: tuple[File, ...]
    small: bool

    @property
    def curves(self) -> tuple[Curve, ...]:
        """All that is drawn, from the largest to the smallest."""
        return (*([self.ceiling] if self.ceiling else []), *self.areas)


@dataclass(frozen=True)
class _Plot:
    """Where days and amounts stand; curves end at `end_x`: after the day asked nothing is known."""

    days: Days
    amounts: Amounts
    end_x: Decimal


def timeline_chart(
    query: Query, marks: Sequence[PublishedMark] = (), *, small: bool = False
) -> Timeline | None:
    """Return the cumulative sums of what is asked, through its day; None before its first entry.

    `marks` are published totals to draw beside them.
    """
    points = points_of(query)
    has_entries = points[-1].totals.stages if points else {}
    sums = {
        stage: [point.totals.of(stage) for point in points]
        for stage in Stage.values
        if stage in has_entries
    }
    stages = [stage for stage in sums if any(each.amount for each in sums[stage])]
    if not stages:
        return None
    found = [each.amount for stage in stages for each in sums[stage]]
    found += [mark.amount for mark in marks]
    height = SMALL_HEIGHT if small else HEIGHT
    plot = _plot(query, points, marks, found, height)
    days, amounts = plot.days, plot.amounts
    each_day = [point.day for point in points]
    curves = [
        _curve(query, stage, list(zip(each_day, sums[stage], strict=True)), plot)
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
        years=_years(days),
        turns=tuple(days.x(beginning_of_fiscal_year(year)) for year in days.later_years()),
        marks=tuple(
            MarkAt(mark, days.x(mark.day) * 100 / WIDTH, amounts.y(mark.amount)) for mark in marks
        ),
        base=amounts.y(ZERO),
        as_of=_("as of %(day)s") % {"day": day_in_words(query.day)},
        asked_x=days.x(query.day) if query.day <= days.last else None,
        rest=_rest_in_words(query, points, days.last),
        description=_description(query, points, curves, marks),
        rows=_rows(query, stages),
        files=chart_files("timeline", query),
        small=small,
    )


def _plot(
    query: Query,
    points: Sequence[Point],
    marks: Sequence[PublishedMark],
    amounts: Sequence[Decimal],
    height: int,
) -> _Plot:
    """Return the axes: of days through the end of the fiscal year of the last change or mark.

    A longer rest would show nothing new. What changes at the very end of a year is seen in the
    next one, as far as the day asked.
    """
    first = beginning_of_fiscal_year(fiscal_year(points[0].day))
    last = max(points[-1].day, *(mark.day for mark in marks), points[0].day)
    ends = end_of_fiscal_year(fiscal_year(last))
    seen = last + max((last - first) // SEEN, A_DAY)
    if seen > ends:
        ends = max(min(query.day, end_of_fiscal_year(fiscal_year(last) + 1)), seen)
    days = Days(first, ends, WIDTH)
    axis = Amounts(min(*amounts, ZERO), max(*amounts, Decimal(1)) * HEADROOM, height)
    return _Plot(days, axis, days.x(min(max(query.day, seen), ends)))


def _years(days: Days) -> tuple[Tick, ...]:
    years = days.fiscal_years()
    every = -(-len(years) // MOST_YEARS) or 1
    return tuple(
        Tick(days.x(middle_of_fiscal_year(year)) * 100 / WIDTH, _("FY%(year)s") % {"year": year})
        for year in years[::every]
    )


def _curve(query: Query, stage: str, sums: Sequence[tuple[date, Amount]], plot: _Plot) -> Curve:
    base = plot.amounts.y(ZERO)
    steps = [f"M0 {base}"]
    amount, level = ZERO, base
    for day, sum_ in sums:
        if sum_.amount != amount and (y := plot.amounts.y(sum_.amount)) != level:
            steps.append(f"H{plot.days.x(day)}V{y}")
            level = y
        amount = sum_.amount
    steps.append(f"H{plot.end_x}")
    if stage != Stage.APPROPRIATED:
        steps.append(f"V{base}Z")
    href = entries_address(query.summing(stage))
    return Curve(stage, str(Stage(stage).label), "".join(steps), sums[-1][1], href)


def _rest_in_words(query: Query, points: Sequence[Point], end: date) -> str:
    if end >= query.day:
        return ""
    return _("unchanged since %(day)s") % {"day": day_in_words(points[-1].day)}


def _description(
    query: Query,
    points: Sequence[Point],
    curves: Sequence[Curve],
    marks: Sequence[PublishedMark],
) -> str:
    sums = "; ".join(f"{curve.label}: {curve.words}" for curve in curves)
    said = "".join(f" {mark.words} ({mark.about})." for mark in marks)
    text = _("Sums from %(first)s through %(day)s. On that last day: %(sums)s.") % {
        "first": day_in_words(points[0].day),
        "day": day_in_words(query.day),
        "sums": sums,
    }
    return text + said


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
