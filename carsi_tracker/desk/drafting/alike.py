"""A new allocation that starts from one that is there."""

from typing import Any

from django.db.models import F

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.forms.ids import id_sent
from carsi_tracker.ledger.models import Line, Stage

OF_COMMITMENT = ("appropriation", "area", "country", "goal", "agency", "partner")

FIRST = Line.objects.filter(
    stage=Stage.COMMITTED, batch=F("commitment__introduced_by")
).select_related("commitment")
"""The lines by which commitments came into the ledger, or are to."""


def last_allocation(user: User) -> Line | None:
    """Return the first line of the commitment that a person entered last, if there is one."""
    return FIRST.filter(changed_by=user).order_by("-pk").first()


def like(commitment: str) -> dict[str, Any]:
    """Return what the form takes over of a commitment, by its id: all but title, amount and page.

    Nothing of what is no commitment.
    """
    of = id_sent(commitment)
    line = FIRST.filter(commitment=of).order_by("pk").first() if of else None
    if line is None:
        return {}
    of_line = {"effective_date": line.effective_date, "basis": line.basis}
    of_line["document"] = line.document_id
    return of_line | {name: getattr(line.commitment, f"{name}_id") for name in OF_COMMITMENT}
