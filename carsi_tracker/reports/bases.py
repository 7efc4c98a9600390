"""How directly documents state what is committed."""

from dataclasses import dataclass
from decimal import Decimal

from carsi_tracker.figures import answers
from carsi_tracker.figures.question import Question
from carsi_tracker.ledger.models import Basis, Stage
from carsi_tracker.ledger.money import split
from carsi_tracker.reports.charts.bar import TENTH_OF_A_MILLION
from carsi_tracker.reports.links import entries_address


@dataclass(frozen=True)
class BasisShare:
    """What is committed on a basis: exact, and rounded to tenths of a million as shown."""

    basis: Basis
    amount: Decimal
    shown: Decimal
    href: str


def basis_shares(question: Question) -> list[BasisShare]:
    """Return what is committed by basis; the parts as shown add up to the whole as shown."""
    committed = question.where(stage=Stage.COMMITTED)
    found = answers.breakdown(committed, "basis")
    amounts = [found[basis].committed if basis in found else answers.ZERO for basis in Basis]
    rounded = split(answers.total(committed).amount, amounts, TENTH_OF_A_MILLION)
    return [
        BasisShare(basis, amount, shown, entries_address(committed.where(basis=basis)))
        for basis, amount, shown in zip(Basis, amounts, rounded, strict=True)
    ]
