"""Commitments whose amounts are limits, where a source tells no exact one."""

from dataclasses import dataclass
from decimal import Decimal

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query


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
    """Return the commitments of a query that are limits, by account and year."""
    rows = aggregates.summed_commitments(query.everywhere()).exclude(bound="")
    return [
        Limit(
            each.reference,
            each.appropriation.account.code,
            each.country.code,
            each.appropriation.fiscal_year,
            each.committed,  # type: ignore[attr-defined]  # an annotation
            each.bound_in_words,
        )
        for each in rows.select_related("appropriation__account", "country").order_by(
            "appropriation__account__code", "appropriation__fiscal_year", "reference"
        )
        if each.committed  # type: ignore[attr-defined]  # the same
    ]
