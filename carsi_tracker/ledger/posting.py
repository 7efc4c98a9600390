"""Thin calls of the database's verbs: the only way to the journal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction

from carsi_tracker.accounts.acting import act_as
from carsi_tracker.accounts.models import User
from carsi_tracker.ledger.models import Remark
from carsi_tracker.ledger.refusals import Refused, refusals_in_words

TRIES = 5
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class BrokenBalance:
    """A balance that a batch would break.

    `balance` is available, committed, obligated, disbursed, unobligated or unliquidated; `asked`
    and `left` are U.S. dollars on `day`, the first day it fails.
    """

    appropriation_id: int
    commitment_id: int | None
    balance: str
    day: date
    asked: Decimal
    left: Decimal


@contextmanager
def acting(user: User, reason: str = "") -> Iterator[None]:
    """Run a transaction in which `user` acts, for `reason`; raises Refused for a broken rule."""
    with refusals_in_words(), transaction.atomic():
        act_as(user, reason)
        yield


def _tried_again(verb: Callable[P, R]) -> Callable[P, R]:
    """Let a verb whose transaction met another one in the wrong order try again.

    Within a transaction of its caller it can't, and Refused says so.
    """

    @wraps(verb)
    def tried(*args: P.args, **kwargs: P.kwargs) -> R:
        for _attempt in range(1, TRIES):
            try:
                return verb(*args, **kwargs)
            except Refused as refused:
                if refused.rule != "met_another" or connection.in_atomic_block:
                    raise
        return verb(*args, **kwargs)

    return tried


@_tried_again
def submit(batch_id: int, user: User) -> str:
    """Submit a draft batch and return the digest of what it holds; raises Refused."""
    with acting(user):
        return str(_call("submit", batch_id))


@_tried_again
def withdraw(batch_id: int, user: User) -> None:
    """Make a submitted batch a draft again, as an analyst; raises Refused."""
    with acting(user):
        _call("withdraw", batch_id)


@_tried_again
def send_back(batch_id: int, user: User, remark: str) -> None:
    """Make a submitted batch a draft again, as an approver, with a remark; raises Refused."""
    with acting(user):
        _call("send_back", batch_id, remark)


@_tried_again
def remark(batch_id: int, user: User, text: str) -> None:
    """Add a remark to a batch in any state, as an analyst or approver; raises Refused."""
    with acting(user):
        Remark.objects.create(batch_id=batch_id, author=user, text=text)


@_tried_again
def countersign(version: int, user: User, remark: str = "") -> None:
    """Give a version that one person posted a second one, as an approver; raises Refused."""
    with acting(user):
        _call("countersign", version, remark)


@_tried_again
def discard(batch_id: int, user: User) -> None:
    """Delete a draft batch with its lines and the commitments it introduces; raises Refused."""
    with acting(user):
        _call("discard", batch_id)


@_tried_again
def reverse(version: int, user: User, title: str, reason: str) -> int:
    """Make the draft batch that takes back a version, and return its id; raises Refused."""
    with acting(user):
        return int(_call("reverse", version, title, reason))


@_tried_again
def rehearse_reversal(version: int, user: User) -> None:
    """Raise Refused for what would refuse a reversal if it were posted now; makes nothing."""
    with acting(user):
        rehearse(int(_call("reverse", version, "Rehearsal", "Rehearsal")))
        transaction.set_rollback(True)


@_tried_again
def post(batch_id: int, user: User, digest: str, self_approval_reason: str = "") -> int:
    """Post a submitted batch as it was read, and return the new version; raises Refused.

    In a transaction of its own.
    """
    with refusals_in_words(), transaction.atomic(durable=True):
        act_as(user)
        return enter(batch_id, digest, self_approval_reason)


def enter(batch_id: int, digest: str, self_approval_reason: str = "") -> int:
    """Post a submitted batch in the caller's transaction; at most once in each."""
    return int(_call("post", batch_id, digest, self_approval_reason))


@_tried_again
def hand_over(giver: User, taker: User, user: User) -> int:
    """Let `taker` keep what `giver` has not finished, as an administrator; return how many batches.

    Raises Refused.
    """
    with acting(user):
        return int(_call("hand_over", giver.pk, taker.pk))


def digest(batch_id: int) -> str:
    """Return the digest of what a batch holds now: what an approver who reads it posts."""
    return str(_call("batch_digest", batch_id))


def read(batch_id: int, user: User) -> str:
    """Return the digest of what a batch holds, and keep that `user` reads it; raises Refused."""
    with acting(user):
        return str(_call("note_reading", batch_id))


def rehearse(batch_id: int) -> None:
    """Raise Refused for what would refuse the batch if it were posted now; takes no lock."""
    with refusals_in_words(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select rules.require_whole(%s, rules.washington_day(rules.clock()))", [batch_id]
        )
        cursor.execute("select rules.require_sound_balances(%s)", [batch_id])


def broken_balances(batch_id: int) -> list[BrokenBalance]:
    """Return each balance that would break if the batch were posted now; takes no lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select appropriation_id, commitment_id, balance, day, asked, remaining
            from rules.broken_balances(%s) order by day, appropriation_id, commitment_id, balance
            """,
            [batch_id],
        )
        return [BrokenBalance(*row) for row in cursor.fetchall()]


def _call(verb: str, *arguments: Any) -> Any:
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(arguments))
        cursor.execute(f"select rules.{verb}({places})", arguments)
        row = cursor.fetchone()
        return row and row[0]
