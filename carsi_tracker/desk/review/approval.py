"""Who may decide about a submitted batch."""

from dataclasses import dataclass

from django.db.models import Case, Q, QuerySet, When

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger.models import Batch, LedgerHead, LedgerSettings
from carsi_tracker.ledger.turns import waiting


@dataclass(frozen=True)
class Decision:
    """What a person may decide about a batch.

    `alone` says that they prepared it or part of it, and that the office lets them post it with a
    reason; `prepared_forbids` that they prepared it, and somebody else has to post it.
    """

    may_post: bool
    may_send_back: bool
    alone: bool
    prepared_forbids: bool


def decision(batch: Batch, user: User) -> Decision:
    """Return what a person may decide about a batch."""
    decides = user.has_perm("ledger.post_batch") and batch.state == Batch.State.SUBMITTED
    prepared = batch.editors.filter(user=user).exists()
    alone = prepared and bool(self_approval_rule())
    return Decision(
        may_post=decides and (alone or not prepared),
        may_send_back=decides,
        alone=decides and alone,
        prepared_forbids=decides and prepared and not alone,
    )


def who_may_post(batch: Batch) -> QuerySet[User]:
    """Return the active approvers who did not prepare a batch."""
    preparers = batch.editors.values("user")
    approvers = User.objects.filter(is_active=True, is_approver=True).exclude(pk__in=preparers)
    return approvers.order_by("first_name", "last_name", "username")


def next_to_decide(user: User, batch: Batch) -> Batch | None:
    """Return the batch next after this one of those a person may post, else the first."""
    others = waiting().exclude(pk=batch.pk)
    if not self_approval_rule():
        others = others.exclude(editors__user=user)
    later = Q(submitted_at__gt=batch.submitted_at) | Q(
        submitted_at=batch.submitted_at, pk__gt=batch.pk
    )
    turn = Case(When(later, then=0), default=1)
    return others.order_by(turn, *others.query.order_by).first()


def self_approval_rule() -> str:
    """Return why people here may post what they prepared; empty where they may not."""
    return LedgerSettings.objects.values_list("self_approval_rule", flat=True).first() or ""


def next_version() -> int:
    """Return the version that the next posting makes."""
    return LedgerHead.objects.get().version + 1
