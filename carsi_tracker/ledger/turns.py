"""What waits for an approver: batches, and whether each fits in its turn; versions without one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger.models import Batch, BatchEditor, Posting
from carsi_tracker.ledger.refusals import Refused

ALONE = ~Q(self_approval_reason="")
WAITING = ALONE & Q(countersignature=None)


@dataclass(frozen=True)
class Taker:
    """A batch that takes the room which a later one lacks."""

    batch_id: int
    title: str


@dataclass(frozen=True)
class Turn:
    """What would refuse a batch now, and behind those before it that fit; None where it fits.

    `takers` are the earlier batches that take the room it lacks in its turn, oldest first.
    """

    now: Refused | None
    in_turn: Refused | None
    takers: tuple[Taker, ...]

    @property
    def over(self) -> Decimal:
        """By how much a balance is exceeded at most, in U.S. dollars; zero where all fits."""
        refused = self.in_turn or self.now
        return most_over(refused) if refused else Decimal(0)

    @property
    def lines(self) -> list[str]:
        """What is exceeded in its turn, or else now, a sentence each."""
        refused = self.in_turn or self.now
        return refused.lines if refused else []


def most_over(refused: Refused) -> Decimal:
    """Return by how much a refusal says that a balance is exceeded at most, in U.S. dollars."""
    broken = refused.detail["broken"]
    return max(Decimal(balance["asked"]) - Decimal(balance["left"]) for balance in broken)


def waiting() -> QuerySet[Batch]:
    """Return the submitted batches, those that have waited longest first."""
    return Batch.objects.filter(state=Batch.State.SUBMITTED).order_by("submitted_at", "pk")


def waiting_for(user: User) -> QuerySet[Posting]:
    """Return the versions that an approver may countersign, as `54_countersign.sql` says."""
    prepared = BatchEditor.objects.filter(batch=OuterRef("batch"), user=user)
    return Posting.objects.filter(WAITING).exclude(approver=user).filter(~Exists(prepared))


def turns(queue: Sequence[int], shown: Sequence[int]) -> dict[int, Turn]:
    """Try the batches of `queue` in its order; return what became of those in `shown`, by id.

    Asks the database once, takes no lock and changes nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select t.batch_id, rules.unsound_balances(t.batch_id), t.unsound, t.takers
            from rules.try_in_turn(%s::bigint[]) t
            where t.batch_id = any(%s)
            """,
            [list(queue), list(shown)],
        )
        return {
            batch_id: Turn(
                _refusal(now),
                _refusal(in_turn),
                tuple(Taker(taker["batch"], taker["title"]) for taker in json.loads(takers)),
            )
            for batch_id, now, in_turn, takers in cursor.fetchall()
        }


def unsound(batches: Sequence[int]) -> dict[int, Refused]:
    """Return what would refuse batches if each were posted now, by the ids of those refused.

    Asks the database once, takes no lock and changes nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select b, u from unnest(%s::bigint[]) b cross join rules.unsound_balances(b) u
            where u is not null
            """,
            [list(batches)],
        )
        return {
            batch: Refused("balance_broken", json.loads(detail))
            for batch, detail in cursor.fetchall()
        }


def _refusal(detail: str | None) -> Refused | None:
    return Refused("balance_broken", json.loads(detail)) if detail else None
