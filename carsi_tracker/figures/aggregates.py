"""The sums that answer a query."""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.db.models import Count, DecimalField, Exists, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from carsi_tracker.caching.remembered import remembered, unalterable
from carsi_tracker.figures.bounds import EXACT, Limits, limits_of
from carsi_tracker.figures.query import MEASURES, Query
from carsi_tracker.figures.running_totals import (
    Key,
    RunningTotal,
    beginnings,
    running_totals,
    running_totals_of,
)
from carsi_tracker.figures.selection import asked_of, entries, from_commitment
from carsi_tracker.figures.vocabulary import public_documents
from carsi_tracker.ledger.models import Basis, Bound, Commitment, Document, Entry, Stage

Code = TypeVar("Code", str, str | int)
"""What a value of a dimension is known by."""
ZERO = Decimal(0)
BASES = tuple(Basis.values)
REMEMBERED = 1024
"""How many answers of each kind a process keeps."""
BYTES_OF_SUMS = 1000
"""How many bytes the sums of one value take at most."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum in U.S. dollars, how many entries it sums, and what of it is a limit."""

    amount: Decimal = ZERO
    entries: int = 0
    limits: Limits = EXACT

    @property
    def known(self) -> bool:
        """Whether any entry was found: without one the sum is not known, which is not zero."""
        return self.entries > 0

    def __add__(self, other: "Amount") -> "Amount":
        limits = self.limits + other.limits
        return Amount(self.amount + other.amount, self.entries + other.entries, limits)

    def __sub__(self, other: "Amount") -> "Amount":
        limits = self.limits - other.limits
        return Amount(self.amount - other.amount, self.entries - other.entries, limits)

    def less(self, other: "Amount") -> "Amount":
        """Return the difference as a sum of the entries of both: what a balance is."""
        return replace(self - other, entries=self.entries + other.entries)


NOTHING = Amount()


def amount_of(entry: Entry, counted: Decimal) -> Amount:
    """Return what an entry contributes to a sum: its amount as the sum counts it, and limit."""
    of = entry.commitment if entry.stage == Stage.COMMITTED else None
    return Amount(counted, 1, limits_of(of.bound, counted) if of else EXACT)


@dataclass(frozen=True, slots=True)
class Sums:
    """The sum of each stage that has entries, in the order in which money goes."""

    stages: Mapping[str, Amount] = field(default_factory=lambda: unalterable({}))

    def of(self, name: str) -> Amount:
        """Return the sum of a stage, or the balance that a measure names; nothing has no entry."""
        if name in MEASURES:
            plus, minus = map(self.of, MEASURES[name])
            return plus.less(minus)
        return self.stages.get(name, NOTHING)

    def follows_amount(self, name: str) -> bool:
        """Say whether a stage before that of a stage or measure has an amount."""
        first = MEASURES.get(name, (name,))[0]
        before = Stage.values[: Stage.values.index(first)]
        return any(self.of(stage).amount for stage in before)

    @property
    def entries(self) -> int:
        """How many entries are summed."""
        return sum(sum_.entries for sum_ in self.stages.values())

    @property
    def appropriated(self) -> Decimal:
        """What laws and notifications made available."""
        return self.of("appropriated").amount

    @property
    def committed(self) -> Decimal:
        """What is committed."""
        return self.of("committed").amount

    @property
    def obligated(self) -> Decimal:
        """What is obligated."""
        return self.of("obligated").amount

    @property
    def disbursed(self) -> Decimal:
        """What is disbursed."""
        return self.of("disbursed").amount

    @property
    def available(self) -> Decimal:
        """What is appropriated and not committed."""
        return self.of("available").amount

    @property
    def unobligated(self) -> Decimal:
        """What is committed and not obligated."""
        return self.of("unobligated").amount

    @property
    def unliquidated(self) -> Decimal:
        """What is obligated and not disbursed."""
        return self.of("unliquidated").amount

    def __add__(self, other: "Sums") -> "Sums":
        both = {**self.stages, **other.stages}
        return Sums({stage: self.of(stage) + other.of(stage) for stage in both})


@dataclass(frozen=True)
class Span:
    """The first and the last effective date of some entries; None where there are none."""

    first: date | None
    last: date | None


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
def totals(query: Query) -> Sums:
    """Return the sums by stage."""
    return sums_through(running_totals(query).get((), {}), query.day)


@remembered(REMEMBERED)
def total(query: Query) -> Amount:
    """Return the sum of all entries of a stage or measure, with the measure's signs."""
    sums, measure = totals(query), query.filters.measure
    return sums.of(measure) if measure else sum(sums.stages.values(), NOTHING)


@remembered(weigh=lambda found: BYTES_OF_SUMS * (1 + len(found)))
def breakdown(query: Query, dimension: str) -> Mapping[str | int | None, Sums]:
    """Return the sums by stage for each value of a dimension that has entries.

    Keys are codes (of a goal its number, of an appropriation its id, of a version its number);
    None gathers the entries that have no such thing.
    """
    return {key: sums for (key,), sums in _by(query, dimension)}


def breakdown_of(query: Query, dimension: str, values: Collection[Code]) -> dict[Code, Sums]:
    """Return the sums by stage for some values of a dimension only, with or without entries."""
    found = running_totals_of(query, dimension, values)
    return {value: sums_through(found.get((value,), {}), query.day) for value in values}


def number_of(query: Query, dimension: str) -> int:
    """Return how many values of a dimension have entries."""
    return bisect_right(beginnings(query, dimension), query.day)


@remembered(weigh=lambda found: BYTES_OF_SUMS * (1 + len(found)))
def matrix(query: Query) -> Mapping[tuple[str, str], Sums]:
    """Return the sums of commitments' entries by (area code, country code); empty cells lack."""
    return {
        (str(area), str(country)): sums
        for (area, country), sums in _by(query, "area", "country")
        if area is not None
    }


@remembered(REMEMBERED)
def span(query: Query) -> Span:
    """Return the days from the first entry to the last."""
    stages = running_totals(query).get((), {}).values()
    days = [day for running_total in stages for day in running_total.days if day <= query.day]
    return Span(min(days, default=None), max(days, default=None))


def reached(query: Query) -> date | None:
    """Return the last day up to the query's on which anything in the ledger has an entry.

    All answers are the same on every day from there to the next such day.
    """
    found = [
        running_total.days[position - 1]
        for running_total in running_totals(query.everywhere()).get((), {}).values()
        if (position := bisect_right(running_total.days, query.day))
    ]
    return max(found, default=None)


def later(query: Query, end: date) -> tuple[Amount, date] | None:
    """Return what entries after the query's day, up to another, add, and the first's day."""
    added = total(query.through(end)) - total(query)
    first = min(
        (
            running_total.days[position]
            for running_total in running_totals(query).get((), {}).values()
            if (position := bisect_right(running_total.days, query.day)) < len(running_total.days)
        ),
        default=None,
    )
    return (added, first) if added.entries and first else None


def _by(query: Query, *dimensions: str) -> Iterator[tuple[Key, Sums]]:
    for key, stages in running_totals(query, *dimensions).items():
        sums = sums_through(stages, query.day)
        if sums.entries:
            yield key, sums


def sums_through(stages: Mapping[str, RunningTotal], day: date) -> Sums:
    """Return the sums at the end of a day."""
    found = {stage: stages[stage].through(day) for stage in Stage.values if stage in stages}
    return Sums(unalterable({stage: Amount(*sum_) for stage, sum_ in found.items() if sum_}))


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

    Each carries `entry_count`, of it `stated`, `press` and `inferred`, `committed` (U.S. dollars),
    of it `at_most` and `at_least`, and `committed_entries`, by that day.
    """
    asked = Q(entries__posting_id__lte=query.version.number, entries__effective_date__lte=query.day)
    return public_documents(query.version.number).annotate(
        **{
            name: by_stage("entries__", asked & only)[Stage.COMMITTED.value]
            for name, only in {
                "committed": Q(),
                "at_most": Q(entries__commitment__bound=Bound.AT_MOST),
                "at_least": Q(entries__commitment__bound=Bound.AT_LEAST),
            }.items()
        },
        committed_entries=Count("entries", filter=asked & Q(entries__stage=Stage.COMMITTED)),
        entry_count=Count("entries", filter=asked),
        **{basis: Count("entries", filter=asked & Q(entries__basis=basis)) for basis in BASES},
    )


def first_law(query: Query) -> date | None:
    """Return the day of the first appropriation in the version, on any day; None without one."""
    appropriated = running_totals(query.everywhere()).get((), {}).get(Stage.APPROPRIATED)
    return appropriated.days[0] if appropriated else None
