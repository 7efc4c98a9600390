"""The sums that answer a query."""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, DecimalField, Exists, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.running_totals import Course, Key, beginnings, courses, courses_of
from carsi_tracker.figures.selection import asked_of, entries, from_commitment
from carsi_tracker.figures.vocabulary import public_documents
from carsi_tracker.ledger.models import Commitment, Document, Stage

ZERO = Decimal(0)
REMEMBERED = 1024
"""How many answers of each kind a process keeps."""


@dataclass(frozen=True)
class Totals:
    """Sums by stage, in U.S. dollars, and how many entries they sum."""

    appropriated: Decimal = ZERO
    committed: Decimal = ZERO
    obligated: Decimal = ZERO
    disbursed: Decimal = ZERO
    entries: int = 0

    @property
    def available(self) -> Decimal:
        """What is appropriated and not committed."""
        return self.appropriated - self.committed

    @property
    def unobligated(self) -> Decimal:
        """What is committed and not obligated."""
        return self.committed - self.obligated

    @property
    def unliquidated(self) -> Decimal:
        """What is obligated and not disbursed."""
        return self.obligated - self.disbursed

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(
            self.appropriated + other.appropriated,
            self.committed + other.committed,
            self.obligated + other.obligated,
            self.disbursed + other.disbursed,
            self.entries + other.entries,
        )


@dataclass(frozen=True)
class Amount:
    """A sum in U.S. dollars, and how many entries it sums."""

    amount: Decimal = ZERO
    entries: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.amount + other.amount, self.entries + other.entries)

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(self.amount - other.amount, self.entries - other.entries)


Sums = Mapping[str, Amount]
"""The sum of each stage that has entries."""


@dataclass(frozen=True)
class Span:
    """The first and the last effective date of some entries; None where there are none."""

    first: date | None
    last: date | None


@dataclass(frozen=True)
class Later:
    """What comes after a day: a sum in U.S. dollars, how many entries, and the first's day."""

    amount: Decimal
    entries: int
    first: date


def by_stage(prefix: str = "", only: Q | None = None) -> dict[str, Coalesce]:
    """Return the sum of each stage, for an aggregation over entries (or what they belong to)."""
    return {
        stage: Coalesce(
            Sum(f"{prefix}amount", filter=Q(**{f"{prefix}stage": stage}) & (only or Q())),
            Value(ZERO),
            output_field=DecimalField(),
        )
        for stage in Stage.values
    }


@remembered(REMEMBERED)
def totals(query: Query) -> Totals:
    """Return the sums by stage."""
    return sums_through(courses(query).get((), {}), query.day)


@remembered(REMEMBERED)
def stages(query: Query) -> Sums:
    """Return the sum of each stage that has entries, in the order in which money goes."""
    return _stages_through(courses(query).get((), {}), query.day)


@remembered(REMEMBERED)
def total(query: Query) -> Amount:
    """Return the sum of all entries of a stage or measure, with the measure's signs."""
    return _counted(totals(query), query.filters.measure)


@remembered(REMEMBERED)
def breakdown(query: Query, dimension: str) -> Mapping[str | int | None, Totals]:
    """Return the sums by stage for each value of a dimension that has entries.

    Keys are codes (of a goal its number, of an appropriation its id, of a version its number);
    None gathers the entries that have no such thing.
    """
    return {key: sums for (key,), sums in _by(query, dimension)}


@remembered(REMEMBERED)
def stages_by(query: Query, dimension: str) -> Mapping[str | int | None, Sums]:
    """Return the sum of each stage that has entries, for each value of a dimension that has some.

    Keys are those of `breakdown`.
    """
    found = {
        key: _stages_through(stages, query.day)
        for (key,), stages in courses(query, dimension).items()
    }
    return {key: sums for key, sums in found.items() if sums}


def breakdown_of(query: Query, dimension: str, values: Collection[str]) -> dict[str, Totals]:
    """Return the sums by stage for some values of a dimension only, with or without entries."""
    found = courses_of(query, dimension, values)
    return {value: sums_through(found.get((value,), {}), query.day) for value in values}


def stages_of(query: Query, dimension: str, values: Collection[str]) -> dict[str, Sums]:
    """Return the sum of each stage that has entries, for some values of a dimension only."""
    found = courses_of(query, dimension, values)
    return {value: _stages_through(found.get((value,), {}), query.day) for value in values}


def number_of(query: Query, dimension: str) -> int:
    """Return how many values of a dimension have entries."""
    return bisect_right(beginnings(query, dimension), query.day)


@remembered(REMEMBERED)
def matrix(query: Query) -> Mapping[tuple[str, str], Amount]:
    """Return the sums of commitments' entries by (area code, country code); empty cells lack."""
    return {
        (str(area), str(country)): _counted(sums, query.filters.measure)
        for (area, country), sums in _by(query, "area", "country")
        if area is not None
    }


@remembered(REMEMBERED)
def span(query: Query) -> Span:
    """Return the days from the first entry to the last."""
    stages = courses(query).get((), {}).values()
    days = [day for course in stages for day in course.days if day <= query.day]
    return Span(min(days, default=None), max(days, default=None))


def later(query: Query, end: date) -> Later | None:
    """Return what the entries after the query's day, up to another, add; None without any."""
    added = total(query.through(end)) - total(query)
    first = min(
        (
            course.days[position]
            for course in courses(query).get((), {}).values()
            if (position := bisect_right(course.days, query.day)) < len(course.days)
        ),
        default=None,
    )
    return Later(added.amount, added.entries, first) if added.entries and first else None


def _by(query: Query, *dimensions: str) -> Iterator[tuple[Key, Totals]]:
    for key, stages in courses(query, *dimensions).items():
        sums = sums_through(stages, query.day)
        if sums.entries:
            yield key, sums


def sums_through(stages: Mapping[str, Course], day: date) -> Totals:
    """Return the sums at the end of a day."""
    found = {stage: sums for stage, course in stages.items() if (sums := course.through(day))}
    return Totals(
        **{stage: amount for stage, (amount, _count) in found.items()},
        entries=sum(count for _amount, count in found.values()),
    )


def _stages_through(found: Mapping[str, Course], day: date) -> Sums:
    sums = {stage: found[stage].through(day) for stage in Stage.values if stage in found}
    return {stage: Amount(*sum_) for stage, sum_ in sums.items() if sum_}


def _counted(sums: Totals, measure: str | None) -> Amount:
    if measure:
        return Amount(getattr(sums, measure), sums.entries)
    return Amount(
        sums.appropriated + sums.committed + sums.obligated + sums.disbursed, sums.entries
    )


def commitments(query: Query) -> QuerySet[Commitment]:
    """Return the commitments of the entries that are asked about."""
    its = entries(query).filter(commitment=OuterRef("pk"))
    return Commitment.objects.filter(Exists(its), first_version__lte=query.version.number)


def summed_commitments(query: Query) -> QuerySet[Commitment]:
    """Return the commitments of the entries that are asked about, with their sums by stage.

    Each carries `committed`, `obligated`, `disbursed` (U.S. dollars), and `committed_entries` and
    the like (how many entries each sums).
    """
    sums = by_stage("entries__")
    del sums[Stage.APPROPRIATED.value]
    counts = {
        f"{stage}_entries": Count("entries", filter=Q(entries__stage=stage)) for stage in sums
    }
    asked = asked_of(query, seen=from_commitment)
    return Commitment.objects.filter(asked, first_version__lte=query.version.number).annotate(
        **sums, **counts
    )


def summed_documents(query: Query) -> QuerySet[Document]:
    """Return the documents that the public sees in a version, with what cites them.

    Each carries `entry_count`, `committed` (U.S. dollars) and `committed_entries`, by that day.
    """
    asked = Q(entries__posting_id__lte=query.version.number, entries__effective_date__lte=query.day)
    return public_documents(query.version.number).annotate(
        committed=by_stage("entries__", asked)[Stage.COMMITTED.value],
        committed_entries=Count("entries", filter=asked & Q(entries__stage=Stage.COMMITTED)),
        entry_count=Count("entries", filter=asked),
    )


def first_law(query: Query) -> date | None:
    """Return the day of the first appropriation in the version, on any day; None without one."""
    appropriated = courses(query.everywhere()).get((), {}).get(Stage.APPROPRIATED)
    return appropriated.days[0] if appropriated else None
