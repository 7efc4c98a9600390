"""What may be recorded of a posted commitment: obligation, payment, reduction, another place."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.posted.money import Money
from carsi_tracker.ledger.models import Commitment, Stage


@dataclass(frozen=True)
class Act:
    """An act with its address, and what it does at which stages.

    `takes` has for each stage the balance that the act takes from, and that cannot fall below zero.
    """

    name: str
    address: str
    label: Promise
    takes: Mapping[Stage, str]
    this: Promise
    sign: int = 1


OBLIGATION = Act(
    "obligation",
    "admin:record_obligation",
    _("Record an obligation"),
    {Stage.OBLIGATED: "unobligated"},
    _("This obligation"),
)
PAYMENT = Act(
    "payment",
    "admin:record_payment",
    _("Record a payment"),
    {Stage.DISBURSED: "unliquidated"},
    _("This payment"),
)
REDUCTION = Act(
    "reduction",
    "admin:commitment_reduce",
    _("Reduce"),
    {
        Stage.COMMITTED: "unobligated",
        Stage.OBLIGATED: "unliquidated",
        Stage.DISBURSED: "disbursed",
    },
    _("This reduction"),
    -1,
)
ACTS = {act.name: act for act in (OBLIGATION, PAYMENT, REDUCTION)}
MOVE = "move"


@dataclass(frozen=True)
class Offer:
    """An act that may be done with a commitment, and where."""

    name: str
    label: Promise
    address: str


def offers(
    user: User, commitment: Commitment, left: Mapping[str, Decimal], *, is_zero: bool
) -> list[Offer]:
    """Return what a person may record of a commitment; what is always refused is left out.

    `left` has what each balance that an act takes from is once all batches are posted, and
    `is_zero` says that nothing of it can be reclassified.
    """
    found = []
    if user.has_perm("ledger.add_line"):
        found = [
            Offer(act.name, act.label, reverse(act.address, args=[commitment.pk]))
            for act in ACTS.values()
            if max(left[balance] for balance in act.takes.values()) > 0
        ]
    if user.has_perm("ledger.add_commitment") and not is_zero:
        address = reverse("admin:commitment_move", args=[commitment.pk])
        found.append(Offer(MOVE, _("Reclassify"), address))
    return found


def offers_of(user: User, money: Money) -> list[Offer]:
    """Return what a person may record of the commitment of a page."""
    left = {name: course.latest.together for name, course in money.courses.items()}
    return offers(user, money.commitment, left, is_zero=money.is_zero)
