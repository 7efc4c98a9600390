"""Figures that lead to the entries they sum."""

from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse

from carsi_tracker.figures.question import Question
from carsi_tracker.ledger.money import figure


@dataclass(frozen=True)
class Linked:
    """An amount in U.S. dollars, and the address of the entries it sums; None without any."""

    amount: Decimal
    href: str | None

    @property
    def text(self) -> str:
        """The amount as tables write it; a dash where no entry stands behind it."""
        return figure(self.amount) if self.href else "–"


def entries_address(question: Question) -> str:
    """Return the address of the entries that a question is about."""
    return reverse("entries") + question.query()


def linked(amount: Decimal, entries: int, question: Question) -> Linked:
    """Link an amount to the entries it sums, where there are any."""
    return Linked(amount, entries_address(question) if entries else None)
