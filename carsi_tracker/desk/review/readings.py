"""What approvers read of a batch is kept, and they are told what changed since."""

import re

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch
from carsi_tracker.ledger.submissions import (
    Changes,
    changes_since_reading,
    changes_since_submission,
)

DIGEST = re.compile(r"[0-9a-f]{64}")


def reading(batch: Batch, user: User) -> str:
    """Return the digest of what a submitted batch holds, and keep that an approver reads it."""
    if user.has_perm("ledger.post_batch"):
        return posting.read(batch.pk, user)
    return posting.digest(batch.pk)


def changes(batch: Batch, user: User, now: str, digest: str) -> Changes | None:
    """Return what changed since `user` read a batch, or since it was submitted.

    `digest` is of what they say they read, `now` of what they read now; both may be empty.
    """
    if user.has_perm("ledger.post_batch"):
        return changes_since_reading(batch, user, now, digest if DIGEST.fullmatch(digest) else "")
    return changes_since_submission(batch)
