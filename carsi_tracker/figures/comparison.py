"""What changed between two days of a version, or between two versions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from carsi_tracker.figures.aggregates import Amount, span, totals
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.running_totals import Key, RunningTotals, running_totals
from carsi_tracker.ledger.days import end_of_fiscal_year, fiscal_year


@dataclass(frozen=True)
class SumChange:
    """A sum before and after, in U.S. dollars, with how many entries each sums."""

    before: Amount = field(default_factory=Amount)
    after: Amount = field(default_factory=Amount)

    @property
    def change(self) -> Amount:
        """What was added, and how many entries added it."""
        return self.after - self.before

    def __add__(self, other: "SumChange") -> "SumChange":
        return SumChange(self.before + other.before, self.after + other.after)


@dataclass(frozen=True)
class Comparison:
    """The same query twice: of two days in one version, or of two versions as of one day."""

    earlier: Query
    later: Query
    of_versions: bool = False

    @property
    def between(self) -> Query:
        """The query for the entries that make the difference."""
        filters = self.later.filters
        if self.of_versions:
            first = self.earlier.version.number + 1
            return self.later.where(posted_from=max(first, int(filters.posted_from or 1)))
        next_day = self.earlier.day + timedelta(days=1)
        return self.later.where(date_from=max(next_day, filters.date_from or date.min))


Changes = Mapping[Key, Mapping[str, SumChange]]


def changes(comparison: Comparison, *dimensions: str) -> Changes:
    """Return what changed of each stage, for each combination of values that the later one has.

    Values are as `running_totals` gives them; without a dimension `()` gathers everything.
    """
    before, after = (
        running_totals(asked, *dimensions) for asked in (comparison.earlier, comparison.later)
    )
    found: dict[Key, dict[str, SumChange]] = {}
    for key, stages in after.items():
        for stage in stages:
            change = SumChange(
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


def _amount(found: RunningTotals, key: Key, stage: str, day: date) -> Amount:
    running_total = found.get(key, {}).get(stage)
    through = running_total.through(day) if running_total else None
    return Amount(*through) if through else Amount()
