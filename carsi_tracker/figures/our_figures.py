"""Our figures for the questions that published totals ask, many in one query."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import add

from django.db.models import Aggregate, Case, Count, DecimalField, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from carsi_tracker.figures.aggregates import ZERO, Amount
from carsi_tracker.figures.query import MEASURES, Filters, Query
from carsi_tracker.figures.selection import asked_of_any
from carsi_tracker.ledger.models import Entry, Line

TOGETHER = 100
"""How many questions one query of the database answers."""

Asked = tuple[Query, str]
"""A question, and the key of the document that the total was published in."""


@dataclass(frozen=True)
class OurFigure:
    """Our sum for a question, and what tells how it may be compared.

    `known` is how many entries there are at that stage, whatever day the question begins on;
    `cited` what those of each stage asked that cite the total's own document add up to.
    """

    sum_: Amount
    known: int
    cited: tuple[Decimal, ...]

    @property
    def copied(self) -> bool:
        """Whether that document is behind the sum; what was taken back of it adds up to nothing."""
        return any(self.cited)

    def __add__(self, other: "OurFigure") -> "OurFigure":
        cited = map(add, self.cited, other.cited)
        return OurFigure(self.sum_ + other.sum_, self.known + other.known, tuple(cited))


def our_figures(
    rows: QuerySet[Entry] | QuerySet[Line], asked: Sequence[Asked]
) -> Iterator[OurFigure]:
    """Yield what rows of the ledger, or of a draft, add to our figure for each question."""
    for start in range(0, len(asked), TOGETHER):
        yield from _summed(rows, asked[start : start + TOGETHER])


def _summed(rows: QuerySet[Entry] | QuerySet[Line], asked: Sequence[Asked]) -> Iterator[OurFigure]:
    sums: dict[str, Aggregate | Coalesce] = {}
    for number, (query, document) in enumerate(asked):
        known = asked_of_any(query.where(date_from=None))
        condition = asked_of_any(query)
        sums[f"amount_{number}"] = _sum(_counted(query.filters), condition)
        sums[f"entries_{number}"] = Count("amount", filter=condition)
        sums[f"known_{number}"] = Count("amount", filter=known)
        for stage in _stages(query.filters):
            cites = condition & Q(document__key=document, stage=stage)
            sums[f"cited_{number}_{stage}"] = _sum("amount", cites)
    found = rows.aggregate(**sums)
    for number, (query, _document) in enumerate(asked):
        sum_ = Amount(found[f"amount_{number}"], found[f"entries_{number}"])
        cited = tuple(found[f"cited_{number}_{stage}"] for stage in _stages(query.filters))
        yield OurFigure(sum_, found[f"known_{number}"], cited)


def _sum(what: Case | F | str, condition: Q) -> Coalesce:
    return Coalesce(Sum(what, filter=condition), Value(ZERO), output_field=DecimalField())


def _stages(filters: Filters) -> tuple[str, ...]:
    return MEASURES.get(filters.measure or "", (filters.stage or "",))


def _counted(filters: Filters) -> Case | F:
    if not filters.measure:
        return F("amount")
    _plus, minus = MEASURES[filters.measure]
    return Case(
        When(stage=minus, then=-F("amount")), default=F("amount"), output_field=DecimalField()
    )
