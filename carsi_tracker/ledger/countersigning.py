"""Versions that were posted without a second person, and who may be it since."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger.models import BatchEditor, Posting

ALONE = ~Q(self_approval_reason="")
WAITING = ALONE & Q(countersignature=None)


def waiting_for(user: User) -> QuerySet[Posting]:
    """Return the versions that an approver may countersign, as `54_countersign.sql` says."""
    hand = BatchEditor.objects.filter(batch=OuterRef("batch"), user=user)
    return Posting.objects.filter(WAITING).exclude(approver=user).filter(~Exists(hand))
