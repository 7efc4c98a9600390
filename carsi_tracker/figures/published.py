"""What others published, held against the ledger: our figure for the same question, and a verdict.

No verdict is typed: each is computed from the entries of a version.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Case, Count, DecimalField, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.figures.aggregates import ZERO, Amount
from carsi_tracker.figures.query import MEASURES, Filters, Query, Version
from carsi_tracker.figures.selection import asked_of
from carsi_tracker.ledger.models import Entry, PublishedFigure

NAMED = ("document", "account", "area", "country", "agency")
"""What a published total refers to, which is read with it."""
TOGETHER = 100
"""How many published totals one query of the database is about."""
KEPT = 64
"""How many sets of answers a process keeps: one for each list or page of a version."""


class Verdict(models.TextChoices):
    """How a published total and ours compare."""

    MATCHES = "matches", _("Matches")
    OUR_SOURCE = "matches-our-source", _("Matches (our source)")
    BROADER = "broader", _("Published total is broader")
    EXPLAINED = "differs-explained", _("Differs, explained")
    UNEXPLAINED = "differs-unexplained", _("Differs, unexplained")
    MISSING = "not-in-the-ledger", _("Not in the ledger")

    @property
    def rank(self) -> int:
        """Its place where the differences come first."""
        return WORST_FIRST.index(self)


WORST_FIRST = (
    Verdict.UNEXPLAINED, Verdict.EXPLAINED, Verdict.MISSING, Verdict.BROADER, Verdict.MATCHES,
    Verdict.OUR_SOURCE,
)  # fmt: skip


@dataclass(frozen=True)
class OurFigure:
    """Our sum for a question, and what tells how it may be compared.

    `known` is how many entries there are at that stage, whatever day the question begins on;
    `copied` says whether the document that the total was published in is behind the sum: whether,
    at a stage that is asked, the entries that cite it add up to anything. What was taken back and
    what took it back do not.
    """

    sum_: Amount
    known: int
    copied: bool


@dataclass(frozen=True)
class PublishedComparison:
    """A published total beside our figure for the same question."""

    figure: PublishedFigure
    query: Query
    ours: OurFigure
    verdict: Verdict

    @property
    def our_amount(self) -> Decimal | None:
        """Our sum; None where the ledger has no entry at that stage."""
        return self.ours.sum_.amount if self.ours.known else None

    @property
    def difference(self) -> Decimal | None:
        """Ours less the published total; None where the ledger has no entry at that stage."""
        return None if self.our_amount is None else self.our_amount - self.figure.amount


def published_figures() -> QuerySet[PublishedFigure]:
    """Return the published totals that are compared, with all that they refer to."""
    return PublishedFigure.objects.filter(retired=False).select_related(*NAMED)


def question(figure: PublishedFigure, query: Query) -> Query:
    """Ask the published question of the version of a query, on the day that it was about."""
    balance = "measure" if figure.measure in MEASURES else "stage"
    filters = {
        balance: figure.measure,
        "account": figure.account and figure.account.code,
        "year": figure.year,
        "area": figure.area and figure.area.code,
        "country": figure.country and figure.country.code,
        "agency": figure.agency and figure.agency.code,
        "date_from": figure.date_from,
    }
    return query.everywhere().through(figure.as_of).where(**filters)


def compared(figures: Iterable[PublishedFigure], query: Query) -> list[PublishedComparison]:
    """Compare published totals with a version of the ledger, in the order given."""
    asked = [(figure, question(figure, query)) for figure in figures]
    ours = _ours(
        query.version,
        tuple((asks.day, asks.filters, figure.document.key) for figure, asks in asked),
    )
    return [
        PublishedComparison(figure, asks, found, judged(figure, found))
        for (figure, asks), found in zip(asked, ours, strict=True)
    ]


def judged(figure: PublishedFigure, ours: OurFigure) -> Verdict:
    """Say how our figure compares with a published total."""
    if not ours.known:
        return Verdict.MISSING
    difference = ours.sum_.amount - figure.amount
    at_least, at_most = difference >= -figure.tolerance, difference <= figure.tolerance
    holds = {
        PublishedFigure.Relation.AT_LEAST: at_least,
        PublishedFigure.Relation.AT_MOST: at_most,
    }.get(PublishedFigure.Relation(figure.relation), at_least and at_most)
    if holds:
        return Verdict.OUR_SOURCE if ours.copied else Verdict.MATCHES
    if figure.wider and at_most:
        return Verdict.BROADER
    return Verdict.EXPLAINED if figure.explanation else Verdict.UNEXPLAINED


Asked = tuple[date, Filters, str]


@remembered(KEPT)
def _ours(version: Version, asked: Sequence[Asked]) -> Sequence[OurFigure]:
    starts = range(0, len(asked), TOGETHER)
    return [our for n in starts for our in _summed(version, asked[n : n + TOGETHER])]


def _summed(version: Version, asked: Sequence[Asked]) -> Iterator[OurFigure]:
    """Yield our figures: one query, in which each has its own condition."""
    sums: dict[str, models.Aggregate | Coalesce] = {}
    for number, (day, filters, document) in enumerate(asked):
        asks = Query(version, day, filters)
        condition = asked_of(asks)
        sums[f"amount_{number}"] = Coalesce(
            Sum(_counted(filters), filter=condition), Value(ZERO), output_field=DecimalField()
        )
        sums[f"entries_{number}"] = Count("line", filter=condition)
        for stage in _stages(filters):
            cites = condition & Q(document__key=document, stage=stage)
            sums[f"copied_{number}_{stage}"] = Sum("amount", filter=cites)
        sums[f"known_{number}"] = Count("line", filter=asked_of(asks.where(date_from=None)))
    found = Entry.objects.filter(posting_id__lte=version.number).aggregate(**sums)
    for number, (_day, filters, _document) in enumerate(asked):
        sum_ = Amount(found[f"amount_{number}"], found[f"entries_{number}"])
        copied = any(found[f"copied_{number}_{stage}"] for stage in _stages(filters))
        yield OurFigure(sum_, found[f"known_{number}"], copied)


def _stages(filters: Filters) -> tuple[str, ...]:
    return MEASURES.get(filters.measure or "", (filters.stage or "",))


def _counted(filters: Filters) -> Case | F:
    if not filters.measure:
        return F("amount")
    _plus, minus = MEASURES[filters.measure]
    return Case(
        When(stage=minus, then=-F("amount")), default=F("amount"), output_field=DecimalField()
    )


def tally(comparisons: Iterable[PublishedComparison]) -> Mapping[Verdict, int]:
    """Count comparisons by verdict; each verdict is there, in its order."""
    counted = dict.fromkeys(Verdict, 0)
    for comparison in comparisons:
        counted[comparison.verdict] += 1
    return counted
