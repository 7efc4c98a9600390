"""Running totals by day: added up once for a version, and looked up for any day of it."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import accumulate

from django.db.models import Count, DecimalField, F, Min, Q, Sum, Value
from django.db.models.functions import Coalesce

from carsi_tracker.caching.remembered import RememberedAnswers, remembered, unalterable
from carsi_tracker.figures.bounds import EXACT, ZERO, Limits
from carsi_tracker.figures.query import Filters, Query, Version
from carsi_tracker.figures.selection import entries
from carsi_tracker.ledger.models import Bound, Commitment, Stage

Key = tuple[str | int | None, ...]

DIMENSIONS = {
    "area": "commitment__area__code",
    "country": "commitment__country__code",
    "goal": "commitment__goal__number",
    "agency": "commitment__agency__code",
    "partner": "commitment__partner__code",
    "commitment": "commitment__reference",
    "appropriation": "appropriation_id",
    "account": "appropriation__account__code",
    "year": "appropriation__fiscal_year",
    "basis": "basis",
    "document": "document__key",
    "version": "posting_id",
}
COMMITTED = Stage.COMMITTED.value
VERSIONS = 16
"""For how many versions a process keeps whether they hold limits."""
BYTES_OF_A_DAY = 200
"""How many bytes one day of a running total takes at most."""
DAYS_BESIDE = 2
"""As how many days a stage weighs beside its own, and what holds its stages."""


@dataclass(frozen=True, slots=True)
class RunningTotal:
    """One stage's sum (U.S. dollars) and number of entries at the end of each day that has some.

    `limits` are what commitments that are limits contribute, at the end of each of `limit_days`.
    """

    days: tuple[date, ...]
    sums: tuple[Decimal, ...]
    counts: tuple[int, ...]
    limit_days: tuple[date, ...] = ()
    limits: tuple[Limits, ...] = ()

    @classmethod
    def of(cls, steps: Iterable[tuple[date, Decimal, int]]) -> "RunningTotal":
        """Add up what each day brings: its amount and number of entries, in the order of days."""
        days, amounts, counts = zip(*steps, strict=True)
        return cls(days, tuple(accumulate(amounts)), tuple(accumulate(counts)))

    def marked(self, steps: Iterable[tuple[date, Limits]]) -> "RunningTotal":
        """Add up what each day brings of limits, in the order of days."""
        days, limits = zip(*steps, strict=True)
        return replace(self, limit_days=days, limits=tuple(accumulate(limits)))

    def through(self, day: date) -> tuple[Decimal, int, Limits] | None:
        """Return sum, number of entries and limits at the end of a day; None before the first."""
        found = bisect_right(self.days, day)
        if not found:
            return None
        of_limits = bisect_right(self.limit_days, day)
        limits = self.limits[of_limits - 1] if of_limits else EXACT
        return self.sums[found - 1], self.counts[found - 1], limits


Stages = Mapping[str, RunningTotal]
RunningTotals = Mapping[Key, Stages]
NOTHING: Stages = unalterable({})


def running_totals(query: Query, *dimensions: str) -> RunningTotals:
    """Return each stage's running total for each combination of values that occurs.

    Values are codes (of a goal its number, of an appropriation its id, of a version its number);
    None gathers the entries that have no such thing.
    """
    return _marked(query.version, query.filters, dimensions)


def running_totals_of(query: Query, dimension: str, values: Iterable[str | int]) -> RunningTotals:
    """Return the running totals of some values of a dimension only, such as those of a page.

    A value that no entry has is missing.
    """
    keys = {value: (query.version, query.filters, dimension, value) for value in values}
    kept = {(value,): _answers.get(key) for value, key in keys.items()}
    found = {key: stages for key, stages in kept.items() if stages is not None}
    if missing := [value for value in keys if (value,) not in found]:
        only = Q(**{f"{DIMENSIONS[dimension]}__any_of": missing})
        added = with_limits(
            _added_up(query.version, query.filters, (dimension,), only),
            _limits(query.version, query.filters, (dimension,), only),
        )
        for value in missing:
            found[value,] = added.get((value,), NOTHING)
            _answers.put(keys[value], found[value,])
    return {key: stages for key, stages in found.items() if stages}


def beginnings(query: Query, dimension: str) -> Sequence[date]:
    """Return the first effective date of each value of a dimension that has entries, in order."""
    return _beginnings(query.version.of_entries, query.filters, dimension)


def _days_of(stages: Stages) -> int:
    days = (len(each.days) + len(each.limit_days) for each in stages.values())
    return DAYS_BESIDE + sum(DAYS_BESIDE + number for number in days)


def _bytes(found: RunningTotals) -> int:
    return BYTES_OF_A_DAY * (DAYS_BESIDE + sum(map(_days_of, found.values())))


_answers: RememberedAnswers[tuple[Version, Filters, str, str | int], Stages] = RememberedAnswers(
    lambda stages: BYTES_OF_A_DAY * _days_of(stages)
)


@remembered(weigh=_bytes)
def _running_totals(
    version: Version, filters: Filters, dimensions: tuple[str, ...]
) -> RunningTotals:
    return _added_up(version, filters, dimensions)


@remembered(weigh=_bytes)
def _marked(version: Version, filters: Filters, dimensions: tuple[str, ...]) -> RunningTotals:
    """Return the running totals with what limits contribute; only that is asked for anew."""
    found = _running_totals(version.of_entries, filters, dimensions)
    return with_limits(found, _limits(version, filters, dimensions))


@remembered(weigh=lambda days: 50 * len(days))
def _beginnings(version: Version, filters: Filters, dimension: str) -> Sequence[date]:
    days = (
        entries(Query(version, date.max, filters))
        .order_by()
        .filter(**{f"{DIMENSIONS[dimension]}__isnull": False})
        .values(DIMENSIONS[dimension])
        .annotate(first=Min("effective_date"))
        .values_list("first", flat=True)
    )
    return sorted(days)


def _added_up(
    version: Version, filters: Filters, dimensions: tuple[str, ...], only: Q | None = None
) -> RunningTotals:
    keys = {f"key{number}": F(DIMENSIONS[name]) for number, name in enumerate(dimensions)}
    rows = (
        entries(Query(version, date.max, filters))
        .filter(only or Q())
        .order_by()
        .values("effective_date", "stage", **keys)
        .annotate(amount_=Sum("amount"), entries_=Count("*"))
        .order_by("effective_date")
        .values_list("effective_date", "stage", "amount_", "entries_", *keys)
    )
    steps: defaultdict[Key, defaultdict[str, list[tuple[date, Decimal, int]]]]
    steps = defaultdict(lambda: defaultdict(list))
    for day, stage, amount, count, *key in rows:
        steps[tuple(key)][stage].append((day, amount, count))
    return {
        key: unalterable({stage: RunningTotal.of(days) for stage, days in stages.items()})
        for key, stages in steps.items()
    }


LimitSteps = Mapping[Key, Sequence[tuple[date, Limits]]]


def with_limits(found: RunningTotals, steps: LimitSteps) -> RunningTotals:
    """Mark running totals with what limits bring, which was asked for after them."""
    marked = {
        key: unalterable({**found[key], COMMITTED: found[key][COMMITTED].marked(its)})
        for key, its in steps.items()
        if COMMITTED in found.get(key, NOTHING)  # a title may be another by then
    }
    return {**found, **marked} if marked else found


def _limits(
    version: Version, filters: Filters, dimensions: tuple[str, ...], only: Q | None = None
) -> LimitSteps:
    """Return what each day brings of committed amounts that are limits: one query, if any are."""
    if COMMITTED not in (filters.stages or (COMMITTED,)) or not _has_limits(version):
        return {}
    keys = {f"key{number}": F(DIMENSIONS[name]) for number, name in enumerate(dimensions)}
    sums = {
        f"{bound.name.lower()}_": Coalesce(
            Sum("amount", filter=Q(commitment__bound=bound)),
            Value(ZERO),
            output_field=DecimalField(),
        )
        for bound in Bound
    }
    rows = (
        entries(Query(version, date.max, filters))
        .filter(only or Q(), stage=COMMITTED, commitment__bound__gt="")
        .order_by()
        .values("effective_date", **keys)
        .annotate(**sums)
        .order_by("effective_date")
        .values_list("effective_date", *sums, *keys)
    )
    steps: defaultdict[Key, list[tuple[date, Limits]]] = defaultdict(list)
    for day, at_most, at_least, *key in rows:
        steps[tuple(key)].append((day, Limits(at_most, at_least)))
    return steps


@remembered(VERSIONS)
def _has_limits(version: Version) -> bool:  # noqa: ARG001 (renews the answer)
    """Say whether any posted commitment is a limit; versions before it ask as often."""
    return Commitment.objects.filter(first_version__isnull=False, bound__gt="").exists()
