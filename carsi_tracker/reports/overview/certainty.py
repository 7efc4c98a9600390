"""How sure the figures are: on what basis they stand, and what entries note of the largest."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.notes import Note, noted
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.models import Basis, Stage
from carsi_tracker.ledger.money import split
from carsi_tracker.reports.page.links import Linked, entries_address, linked
from carsi_tracker.reports.page.shortened import HUNDRED_PERCENT, percent

ONE_PERCENT = Decimal(1)


@dataclass(frozen=True)
class BasisShare:
    """What is committed on a basis: U.S. dollars, and its share of all that is committed.

    The shares are written in whole percent and add up.
    """

    basis: Basis
    amount: Decimal
    share: str
    href: str

    @property
    def in_words(self) -> str:
        """The share as a part of a sentence, in the language of the page."""
        words = {
            Basis.STATED: _("%(share)s stated"),
            Basis.PRESS: _("%(share)s press reports"),
            Basis.INFERRED: _("%(share)s inferred"),
        }
        return words[self.basis] % {"share": self.share}


def basis_shares(query: Query) -> list[BasisShare]:
    """Return what is committed by basis; the percentages add up to 100."""
    committed = query.where(stage=Stage.COMMITTED)
    found = aggregates.breakdown(committed, "basis")
    amounts = [found[basis].committed if basis in found else aggregates.ZERO for basis in Basis]
    whole = aggregates.total(committed).amount
    shares = [amount / whole * HUNDRED_PERCENT if whole else whole for amount in amounts]
    rounded = split(HUNDRED_PERCENT if whole else whole, shares, ONE_PERCENT)
    return [
        BasisShare(
            basis,
            amount,
            percent(share, shown, ONE_PERCENT),
            entries_address(committed.where(basis=basis)),
        )
        for basis, amount, share, shown in zip(Basis, amounts, shares, rounded, strict=True)
    ]


@dataclass(frozen=True)
class WeakSpot:
    """A commitment, what is committed in it, and what its entries note of their amounts."""

    reference: str
    notes: tuple[Note, ...]
    committed: Linked


def weak_spots(query: Query, most: int) -> list[WeakSpot]:
    """Return the commitments with notes that have the largest committed sums by the day."""
    committed = query.where(stage=Stage.COMMITTED, measure=None)
    return [
        WeakSpot(
            each.reference,
            each.notes,
            linked(each.committed, committed.where(commitment=each.reference)),
        )
        for each in noted(query, most)
    ]
