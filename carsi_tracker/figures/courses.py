"""How sums went from day to day: added up once for a version, and looked up for any day of it."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from cachetools import LRUCache, cached
from django.db.models import Count, F, Sum

from carsi_tracker.figures.question import Question, Scope, Version
from carsi_tracker.figures.selection import entries

Key = tuple[str | int | None, ...]

DIMENSIONS = {
    "area": "commitment__area__code",
    "country": "commitment__country__code",
    "goal": "commitment__goal__number",
    "commitment": "commitment__reference",
    "appropriation": "appropriation_id",
    "basis": "basis",
    "document": "document__key",
    "version": "posting_id",
}
KEPT = 500_000
"""How many days a process keeps in all; one takes some 200 bytes."""


@dataclass(frozen=True)
class Course:
    """One stage's sum (U.S. dollars) and number of entries at the end of each day that has some."""

    days: list[date] = field(default_factory=list)
    sums: list[Decimal] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def add(self, day: date, amount: Decimal, count: int) -> None:
        """Add what a later day brings."""
        self.days.append(day)
        self.sums.append(self.sums[-1] + amount if self.sums else amount)
        self.counts.append(self.counts[-1] + count if self.counts else count)

    def through(self, day: date) -> tuple[Decimal, int] | None:
        """Return the sum and the number of entries at the end of a day; None before the first."""
        found = bisect_right(self.days, day)
        return (self.sums[found - 1], self.counts[found - 1]) if found else None


Courses = Mapping[Key, Mapping[str, Course]]


def courses(question: Question, *dimensions: str) -> Courses:
    """Return the course of each stage, on all days, for each combination of values that occurs.

    Values are codes (of a goal its number, of an appropriation its id, of a version its number);
    None gathers the entries that have no such thing.
    """
    return _courses(question.version, question.scope, dimensions)


def _days(found: Courses) -> int:
    return 1 + sum(len(course.days) for stages in found.values() for course in stages.values())


@cached(LRUCache(KEPT, getsizeof=_days))
def _courses(version: Version, scope: Scope, dimensions: tuple[str, ...]) -> Courses:
    whole = Question(version, date.max, scope)
    keys = {f"key{number}": F(DIMENSIONS[name]) for number, name in enumerate(dimensions)}
    rows = (
        entries(whole)
        .order_by()
        .values("effective_date", "stage", **keys)
        .annotate(amount_=Sum("amount"), entries_=Count("*"))
        .order_by("effective_date")
        .values_list("effective_date", "stage", "amount_", "entries_", *keys)
    )
    found: dict[Key, dict[str, Course]] = {}
    for day, stage, amount, count, *key in rows:
        stages = found.setdefault(tuple(key), {})
        stages.setdefault(stage, Course()).add(day, amount, count)
    return found
