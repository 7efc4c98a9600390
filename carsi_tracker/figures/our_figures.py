"""Our figures for the questions that published totals ask, all from one query."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from operator import add

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    Count,
    DateField,
    F,
    Func,
    IntegerField,
    QuerySet,
    Sum,
    Value,
    When,
)

from carsi_tracker.figures.aggregates import ZERO, Amount
from carsi_tracker.figures.bounds import limits_of
from carsi_tracker.figures.query import Filters, Query
from carsi_tracker.figures.selection import LOOKUPS
from carsi_tracker.ledger.models import Entry, Line, Stage

DIMENSIONS = ("account", "year", "area", "country", "agency")
"""What a published total may be about, beside a stage and days."""

SIGNS = (1, -1)
"""How the stages of a question count: the first is added, the second of a balance taken off."""

Asked = tuple[Query, str]
"""A question, and the key of the document that the total was published in."""
Names = tuple[str, ...]
Cells = dict[tuple[str, Names, Names], list[tuple[date, str, str, Decimal, int]]]
"""By stage, the dimensions that are asked and their values: what each period and document adds.

A period is named by its first day; documents in which no total was published are one, an empty.
"""


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
    cells = _cells(rows, asked)
    for query, document in asked:
        yield _figure(cells, query, document)


def _cells(rows: QuerySet[Entry] | QuerySet[Line], asked: Sequence[Asked]) -> Cells:
    begins = _periods(query for query, _document in asked)
    grouped = (
        rows.order_by()
        .annotate(
            period=Func(
                F("effective_date"),
                Value(begins[1:], output_field=ArrayField(DateField())),
                function="width_bucket",
                output_field=IntegerField(),
            ),
            source=Case(
                When(
                    document__key__in={document for _query, document in asked}, then="document__key"
                ),
                default=Value(""),
            ),
        )
        .values_list(
            "stage",
            "period",
            "source",
            "commitment__bound",
            *(LOOKUPS[name] for name in DIMENSIONS),
        )
    )
    names_asked = {_asked(query.filters) for query, _document in asked}
    cells: Cells = defaultdict(list)
    for row in grouped.annotate(Sum("amount"), Count("amount")):
        stage, period, document, bound, *values, amount, count = row
        limit = bound if stage == Stage.COMMITTED else ""
        named = dict(zip(DIMENSIONS, map(str, values), strict=True))
        for names in names_asked:
            key = (stage, names, tuple(named[name] for name in names))
            cells[key].append((begins[period], document, limit, amount, count))
    return cells


def _periods(asked: Iterable[Query]) -> list[date]:
    """Return the days on which something begins or ends to count, after the first of all.

    So what the ledger returns does not grow with its entries, or their days.
    """
    days = {
        day
        for query in asked
        for day in (query.filters.date_from, query.day + timedelta(days=1))
        if day is not None
    }
    return [date.min, *sorted(days)]


def _figure(cells: Cells, query: Query, document: str) -> OurFigure:
    filters, total, known, cited = query.filters, Amount(), 0, []
    names = _asked(filters)
    values = tuple(getattr(filters, name) for name in names)
    for sign, stage in zip(SIGNS, filters.stages or (), strict=False):
        of_document = ZERO
        for day, source, bound, amount, count in cells.get((stage, names, values), ()):
            if day > query.day:
                continue
            known += count
            if filters.date_from is None or day >= filters.date_from:
                total += Amount(sign * amount, count, limits_of(bound, sign * amount))
                of_document += amount if source == document else ZERO
        cited.append(of_document)
    return OurFigure(total, known, tuple(cited))


def _asked(filters: Filters) -> Names:
    return tuple(name for name in DIMENSIONS if getattr(filters, name) is not None)
