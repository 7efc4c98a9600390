"""How directly documents state what is committed."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.models import Basis, Stage
from carsi_tracker.ledger.money import split
from carsi_tracker.reports.page.links import entries_address

PERCENT = Decimal(100)


@dataclass(frozen=True)
class BasisShare:
    """What is committed on a basis: U.S. dollars, and whole percent of all that is committed."""

    basis: Basis
    amount: Decimal
    percent: Decimal
    href: str

    @property
    def in_words(self) -> str:
        """The share as a part of a sentence, in the language of the page."""
        words = {
            Basis.STATED: _("%(percent)s%% stated"),
            Basis.PRESS: _("%(percent)s%% press reports"),
            Basis.INFERRED: _("%(percent)s%% inferred"),
        }
        return words[self.basis] % {"percent": self.percent}


def basis_shares(query: Query) -> list[BasisShare]:
    """Return what is committed by basis; the percentages add up to 100."""
    committed = query.where(stage=Stage.COMMITTED)
    found = aggregates.breakdown(committed, "basis")
    amounts = [found[basis].committed if basis in found else aggregates.ZERO for basis in Basis]
    whole = aggregates.total(committed).amount
    shares = [amount / whole * PERCENT if whole else whole for amount in amounts]
    rounded = split(PERCENT if whole else whole, shares, Decimal(1))
    return [
        BasisShare(basis, amount, percent, entries_address(committed.where(basis=basis)))
        for basis, amount, percent in zip(Basis, amounts, rounded, strict=True)
    ]
