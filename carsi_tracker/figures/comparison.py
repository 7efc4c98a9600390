"""What changed between two days of a version, or between two versions."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.utils.translation import gettext as _

from carsi_tracker.figures.aggregates import Amount, span, totals
from carsi_tracker.figures.query import BadQuery, Query, Version
from carsi_tracker.figures.reading import read_day, read_version
from carsi_tracker.figures.running_totals import Courses, Key, courses
from carsi_tracker.ledger.days import end_of_fiscal_year, fiscal_year

DAY, VERSION = "from", "from_version"
"""The parameters that name what a query is compared with."""


@dataclass(frozen=True)
class Change:
    """A sum before and after, in U.S. dollars, with how many entries each sums."""

    before: Amount = field(default_factory=Amount)
    after: Amount = field(default_factory=Amount)

    @property
    def change(self) -> Amount:
        """What was added, and how many entries added it."""
        return self.after - self.before

    def __add__(self, other: "Change") -> "Change":
        return Change(self.before + other.before, self.after + other.after)


@dataclass(frozen=True)
class Comparison:
    """The same query twice: of two days in one version, or of two versions as of one day."""

    earlier: Query
    later: Query
    of_versions: bool = False

    @property
    def own(self) -> tuple[tuple[str, str], ...]:
        """What an address says of it beside the later query."""
        if self.of_versions:
            return ((VERSION, str(self.earlier.version)),)
        return ((DAY, self.earlier.day.isoformat()),)

    @property
    def between(self) -> Query:
        """The query for the entries that make the difference."""
        filters = self.later.filters
        if self.of_versions:
            first = self.earlier.version.number + 1
            return self.later.where(posted_from=max(first, int(filters.posted_from or 1)))
        next_day = self.earlier.day + timedelta(days=1)
        return self.later.where(date_from=max(next_day, filters.date_from or date.min))


Changes = Mapping[Key, Mapping[str, Change]]


def read_comparison(query: Query, own: Mapping[str, str], head: Version) -> Comparison:
    """Return what an address compares a query with, the earlier first whatever was named first.

    Without a day or version: with the end of the last fiscal year that ended before the latest
    entry. `head` is the newest version. Raises BadQuery.
    """
    day, version = own.get(DAY), own.get(VERSION)
    if day and version:
        accepted = _("either a day or a version to compare with, not both")
        raise BadQuery(VERSION, version, accepted)
    if version:
        of_version = replace(query, version=read_version(VERSION, version, head), pinned=True)
        first, last = sorted((of_version, query), key=lambda asked: asked.version.number)
        return Comparison(first, last, of_versions=True)
    of_day = query.through(read_day(DAY, day or "") or last_fiscal_year(query))
    first, last = sorted((of_day, query), key=lambda asked: asked.day)
    return Comparison(first, last)


def changes(comparison: Comparison, *dimensions: str) -> Changes:
    """Return what changed of each stage, for each combination of values that the later one has.

    Values are as `courses` gives them; without a dimension `()` gathers everything.
    """
    before, after = (
        courses(asked, *dimensions) for asked in (comparison.earlier, comparison.later)
    )
    found: dict[Key, dict[str, Change]] = {}
    for key, stages in after.items():
        for stage in stages:
            change = Change(
                _amount(before, key, stage, comparison.earlier.day),
                _amount(after, key, stage, comparison.later.day),
            )
            if change.after.entries:
                found.setdefault(key, {})[stage] = change
    return found


def number_between(comparison: Comparison) -> int:
    """Return how many entries make the difference."""
    return totals(comparison.later).entries - totals(comparison.earlier).entries


def last_fiscal_year(query: Query) -> date:
    """Return the end of the fiscal year before that of the latest entry; without one, the day."""
    latest = span(query.everywhere()).last
    if latest is None:
        return query.day
    return end_of_fiscal_year(fiscal_year(latest) - 1)


def _amount(found: Courses, key: Key, stage: str, day: date) -> Amount:
    course = found.get(key, {}).get(stage)
    through = course.through(day) if course else None
    return Amount(*through) if through else Amount()
