"""What the public reads before and after a batch that is not posted, on every day."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from carsi_tracker.figures.aggregates import Amount, sums_through
from carsi_tracker.figures.draft_totals import draft_totals
from carsi_tracker.figures.parts import Parts
from carsi_tracker.figures.query import MEASURES, Query
from carsi_tracker.figures.running_totals import COMMITTED, NOTHING, Stages, running_totals
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.days import end_of_fiscal_year, fiscal_year, today

KINDS = {
    "whole": (),
    "appropriation": ("account", "year"),
    "account": ("account",),
    "year": ("year",),
    "area": ("area",),
    "country": ("country",),
    "goal": ("goal",),
    "agency": ("agency",),
    "partner": ("partner",),
    "cell": ("country", "area"),
}
"""What the public reads sums of, in the order in which they are told, each by its filters."""

OF_COMMITMENTS = ("committed", "obligated", "disbursed", "unobligated", "unliquidated")
OF_FUNDS = (
    "appropriated", "committed", "obligated", "disbursed", "available", "unobligated",
    "unliquidated",
)  # fmt: skip
"""The stages and balances of what has appropriated amounts, in the order of their columns."""

WITH_FUNDS = ("whole", "appropriation", "account", "year")


@dataclass(frozen=True)
class PublicFigure:
    """A figure of the public pages on a day, before and after a batch is posted.

    `kind` is one of `KINDS`; `name` names which one in the language of the page, and is empty for
    the whole. `measure` is a stage or a balance; `query` asks for the entries that it sums before;
    `follows_amount` says whether a stage before has an amount then.
    """

    kind: str
    name: str
    measure: str
    query: Query
    before: Amount
    after: Amount
    follows_amount: bool

    @property
    def change(self) -> Amount:
        """What the batch adds."""
        return self.after - self.before

    @property
    def changes(self) -> bool:
        """Whether the public reads another amount or mark, or an amount where none was found."""
        return _read(self.before) != _read(self.after)


def _read(sum_: Amount) -> tuple[object, ...]:
    return sum_.known, sum_.amount, sum_.limits.mark


@dataclass(frozen=True)
class Part:
    """A part of the whole that the public reads sums of, and what a batch adds to it, by day."""

    kind: str
    name: str
    query: Query
    before: Stages
    change: Stages

    def figures(self, day: date) -> Iterator[PublicFigure]:
        """Yield those of its figures that a day's public reads otherwise with the batch."""
        before = sums_through(self.before, day)
        added = sums_through(self.change, day)
        after, asked = before + added, self.query.through(day)
        for measure in self._measures(added.stages.keys()):
            figure = PublicFigure(
                self.kind, self.name, measure, asked.summing(measure),
                before.of(measure), after.of(measure), before.follows_amount(measure),
            )  # fmt: skip
            if figure.changes:
                yield figure

    def _measures(self, stages: Collection[str]) -> list[str]:
        """Return the stages and balances of such a part that amounts at some stages touch."""
        measures = OF_FUNDS if self.kind in WITH_FUNDS else OF_COMMITMENTS
        touched = set(stages)
        return [each for each in measures if touched & {*MEASURES.get(each, (each,))}]

    @cached_property
    def changed(self) -> frozenset[str]:
        """The stages and balances that the public reads otherwise on some day, whichever it is.

        What a batch adds is the same until its next day, so that an amount changes on one of these
        days or never; a mark may also change where a posted limit comes in between.
        """
        days = set(_days([self.change]))
        posted, added = self.before.get(COMMITTED), self.change.get(COMMITTED)
        if posted and added and added.limits:
            days |= {day for day in posted.limit_days if day > min(days)}
        may_change, found = set(self._measures(self.change.keys())), set[str]()
        for day in sorted(days, reverse=True):
            found |= {figure.measure for figure in self.figures(day)}
            if found == may_change:
                break
        return frozenset(found)


@dataclass(frozen=True)
class Preview:
    """All that the public reads otherwise when a batch is posted.

    `effective` are the days from which its lines count.
    """

    parts: tuple[Part, ...]
    effective: tuple[date, ...]

    def figures(self, day: date) -> list[PublicFigure]:
        """Return the figures that change as of a day, in the order of their kinds."""
        return [figure for part in self.parts for figure in part.figures(day)]

    def changes_on(self, day: date) -> bool:
        """Say whether any figure changes as of a day."""
        return any(True for part in self.parts for _figure in part.figures(day))

    @property
    def days(self) -> list[date]:
        """The days to look at, newest first: today, those of the lines, ends of fiscal years.

        The latter from that before the first line to that after the last.
        """
        found = {today(), *self.effective}
        if self.effective:
            years = (fiscal_year(self.effective[0]) - 1, fiscal_year(self.effective[-1]))
            found |= {end_of_fiscal_year(year) for year in range(years[0], years[1] + 1)}
        return sorted(found, reverse=True)

    @cached_property
    def count(self) -> int:
        """How many figures change on some day."""
        return sum(len(part.changed) for part in self.parts)

    @property
    def unchanged_measures(self) -> list[str]:
        """The stages and balances at which no figure changes on any day."""
        changed = {measure for part in self.parts for measure in part.changed}
        return [measure for measure in OF_FUNDS if measure not in changed]

    @property
    def unchanged_kinds(self) -> list[str]:
        """The kinds of which no figure changes on any day."""
        changed = {part.kind for part in self.parts if part.changed}
        return [kind for kind in KINDS if kind not in changed]


def preview(batch_id: int) -> Preview:
    """Return what the public reads otherwise on each day when a batch is posted.

    As many queries for any number of lines.
    """
    version, _revision = newest()
    asked = Query(version, today()).permanent()
    added = draft_totals(batch_id, KINDS.values())
    parts, found = Parts(version), []
    for kind, dimensions in KINDS.items():
        posted, its = running_totals(asked, *dimensions), added[dimensions]
        for key, name, filters in parts.in_order(dimensions, its):
            before = posted.get(key, NOTHING)
            found.append(Part(kind, name, asked.where(**filters), before, its[key]))
    return Preview(tuple(found), tuple(sorted(set(_days(added[()].values())))))


def _days(changes: Iterable[Stages]) -> Iterator[date]:
    for stages in changes:
        for total in stages.values():
            yield from total.days
