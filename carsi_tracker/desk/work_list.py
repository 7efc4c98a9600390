"""What waits for a person, what became of what they sent, what is left, what was posted last."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.batches.held import BatchHeld, held
from carsi_tracker.desk.review.approval import self_approval_rule
from carsi_tracker.figures.remaining import Remaining, remaining
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Batch, BatchEditor, LedgerSettings, Posting, Remark
from carsi_tracker.ledger.turns import Turn, most_over, turns, unsound, waiting, waiting_for

SHOWN = 20
"""How many batches of a kind the list shows; the others are counted and linked."""
SENT = 10
POSTED = 5


@dataclass(frozen=True)
class Counts:
    """How many drafts a person has to finish, and how many batches they may post.

    None where their roles do not let them.
    """

    to_finish: int | None = None
    to_post: int | None = None

    @property
    def all(self) -> int:
        """How many batches wait for the person."""
        return (self.to_finish or 0) + (self.to_post or 0)


@dataclass(frozen=True)
class Draft:
    """A draft to finish; `remark` is the newest by another than its preparers, if there is one.

    `over` is by how much a balance would be exceeded if it were posted now, in U.S. dollars.
    """

    batch: Batch
    held: BatchHeld
    remark: Remark | None
    over: Decimal


@dataclass(frozen=True)
class Waiting:
    """A batch that waits to be posted, and whether it fits now and in its turn."""

    batch: Batch
    held: BatchHeld
    turn: Turn


@dataclass(frozen=True)
class Sent:
    """A batch that a person submitted, posted meanwhile or not."""

    batch: Batch
    held: BatchHeld


@dataclass(frozen=True)
class WorkList:
    """What a person sees first; amounts are U.S. dollars, posted versions newest first.

    `others` counts the submitted batches that an approver prepared, so that others post them;
    `to_countersign` the versions posted without a second person who they could be.
    """

    counts: Counts
    drafts: list[Draft]
    to_post: list[Waiting]
    others: int
    to_countersign: int
    sent: list[Sent]
    left: list[Remaining]
    posted: list[Posting]
    self_approval_rule: str


def counts(user: User | AnonymousUser) -> Counts:
    """Count what waits for a person; asks nothing for who has no part in it."""
    return Counts(
        to_finish=_drafts(user).count() if user.has_perm("ledger.change_batch") else None,
        to_post=_may_post(user).count() if user.has_perm("ledger.post_batch") else None,
    )


def headline(counted: Counts) -> str:
    """Say what waits for a person."""
    parts = []
    if counted.to_post:
        said = ngettext("%d batch to post", "%d batches to post", counted.to_post)
        parts.append(said % counted.to_post)
    if counted.to_finish:
        said = ngettext("%d draft to finish", "%d drafts to finish", counted.to_finish)
        parts.append(said % counted.to_finish)
    return ", ".join(parts) or _("Nothing needs your attention")


def work_list(user: User) -> WorkList:
    """Return a person's work list."""
    counted = counts(user)
    approver = counted.to_post is not None
    return WorkList(
        counts=counted,
        drafts=_to_finish(user) if counted.to_finish else [],
        to_post=_to_post(user) if counted.to_post else [],
        others=waiting().count() - (counted.to_post or 0) if approver else 0,
        to_countersign=waiting_for(user).count() if approver else 0,
        sent=_sent(user) if counted.to_finish is not None else [],
        left=remaining(today()),
        posted=list(Posting.objects.order_by("-version")[:POSTED]),
        self_approval_rule=self_approval_rule(),
    )


def _drafts(user: User | AnonymousUser) -> QuerySet[Batch]:
    return Batch.objects.filter(keeper=user.pk, state=Batch.State.DRAFT)


def _may_post(user: User | AnonymousUser) -> QuerySet[Batch]:
    """Return the submitted batches that an approver may post, those waiting longest first."""
    prepared = BatchEditor.objects.filter(batch=OuterRef("pk"), user=user.pk)
    alone = LedgerSettings.objects.exclude(self_approval_rule="")
    return waiting().filter(~Exists(prepared) | Exists(alone))


def _to_finish(user: User) -> list[Draft]:
    """Return the drafts that a person keeps: those with a remark of others first, then newest."""
    of_others = Remark.objects.filter(batch=OuterRef("pk")).exclude(
        author__in=BatchEditor.objects.filter(batch=OuterRef("batch")).values("user")
    )
    drafts: list[Any] = list(
        _drafts(user)
        .annotate(remark=Subquery(of_others.order_by("-pk").values("pk")[:1]))
        .order_by(F("remark").desc(nulls_last=True), "-pk")[:SHOWN]
    )
    remarks = Remark.objects.select_related("author").in_bulk({draft.remark for draft in drafts})
    ids = [draft.pk for draft in drafts]
    holding, refused = held(ids), unsound(ids)
    return [
        Draft(
            draft,
            holding[draft.pk],
            remarks.get(draft.remark),
            most_over(refused[draft.pk]) if draft.pk in refused else Decimal(0),
        )
        for draft in drafts
    ]


def _to_post(user: User) -> list[Waiting]:
    """Return the first batches that a person may post, each tried behind all before it."""
    batches = list(_may_post(user).select_related("submitted_by")[:SHOWN])
    queue = list(waiting().values_list("pk", flat=True))
    tried = turns(queue, [batch.pk for batch in batches])
    holding = held(tried)
    return [
        Waiting(batch, holding[batch.pk], tried[batch.pk]) for batch in batches if batch.pk in tried
    ]


def _sent(user: User) -> list[Sent]:
    """Return what a person keeps and sent, newest first."""
    kept = Batch.objects.filter(keeper=user).exclude(state=Batch.State.DRAFT)
    batches = list(kept.select_related("posting").order_by("-submitted_at", "-pk")[:SENT])
    holding = held(batch.pk for batch in batches)
    return [Sent(batch, holding[batch.pk]) for batch in batches]
