"""Commitments whose amounts are limits, where a source tells no exact one."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from carsi_tracker.figures.aggregates import Amount, summed_commitments
from carsi_tracker.figures.bounds import limits_of
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.models import Commitment, Stage


@dataclass(frozen=True)
class Limit:
    """A commitment whose amount, in U.S. dollars, is a limit; where it counts; what makes it so."""

    reference: str
    account: str
    place: str
    year: int
    amount: Decimal
    in_words: str


def limits(query: Query) -> list[Limit]:
    """Return the commitments that are limits by the day, by account and year."""
    rows = _limited(query.everywhere()).select_related("appropriation__account", "country")
    return [
        Limit(
            each.reference,
            each.appropriation.account.code,
            each.country.code,
            each.appropriation.fiscal_year,
            each.committed,
            each.bound_in_words,
        )
        for each in rows.order_by(
            "appropriation__account__code", "appropriation__fiscal_year", "reference"
        )
    ]


def largest_limits(query: Query, most: int) -> tuple[list[tuple[Commitment, Amount]], int]:
    """Return the largest commitments that are limits by the day, and how many more there are."""
    rows = _limited(query).order_by("-committed", "reference")
    largest = [
        (row, Amount(row.committed, row.committed_entries, limits_of(row.bound, row.committed)))
        for row in rows[:most]
    ]
    return largest, rows.count() - len(largest)


def _limited(query: Query) -> QuerySet[Any]:
    """Return the commitments of a query that are limits, with what is committed in them."""
    summed: QuerySet[Any] = summed_commitments(query.summing(Stage.COMMITTED))
    return summed.filter(bound__gt="").exclude(committed=0)
