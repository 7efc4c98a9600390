"""Gaps: what is not known of money, by the stage that no document was found for."""

from collections.abc import Mapping
from dataclasses import dataclass

from carsi_tracker.figures.aggregates import Amount, Sums
from carsi_tracker.figures.published import all_compared, asked_by
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.models import PublishedFigure

KINDS = ("available", "unobligated", "unliquidated")
"""No commitment, no obligation, no payment found: what follows the stage that is known."""
WHOLE = "undisbursed"
"""What the kinds add up to: appropriated less disbursed."""


@dataclass(frozen=True)
class Gap:
    """What is not known of an appropriation, or of all; `key` is as breakdowns know it.

    A kind without entries is no gap: nothing reached the stage before it.
    """

    key: str | int | None
    sums: Sums

    @property
    def kinds(self) -> dict[str, Amount]:
        """What is not known by kind, in the order in which money goes."""
        return {kind: self.sums.of(kind) for kind in KINDS}

    @property
    def whole(self) -> Amount:
        """All that is not known."""
        return self.sums.of(WHOLE)

    @property
    def first(self) -> str:
        """The first kind that is not zero; "" where nothing is missing."""
        return next((kind for kind, sum_ in self.kinds.items() if sum_.amount), "")


def largest_first(sums: Mapping[str | int | None, Sums]) -> list[Gap]:
    """Return the gap of each appropriation, the largest first, from its sums by its key.

    Those that are alike stay in the order given.
    """
    gaps = [Gap(key, each) for key, each in sums.items() if each.of("appropriated").known]
    return sorted(gaps, key=lambda gap: (-gap.whole.amount, -gap.sums.appropriated))


def larger_published(query: Query) -> list[str]:
    """Return who published a larger total than ours of the same whole, at any stage, by name."""
    return sorted(
        {
            each.figure.document.publisher
            for each in all_compared(query)
            if asked_by(each.figure).given.keys() <= {"stage"}
            and not each.figure.wider
            and each.figure.relation != PublishedFigure.Relation.AT_MOST
            and each.figure.amount - each.figure.tolerance > (each.our_amount or 0)
        }
    )
