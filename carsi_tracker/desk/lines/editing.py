"""Editing a draft: the batch is locked, and refused where it is no draft any more."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest

from carsi_tracker.desk.site import person
from carsi_tracker.ledger.models import Batch
from carsi_tracker.ledger.posting import acting
from carsi_tracker.ledger.refusals import Refused


@contextmanager
def draft_of(request: HttpRequest, batch_id: int) -> Iterator[Batch]:
    """Give the draft, locked, in a transaction of the person who asks; raises Refused.

    A submitted batch has to be withdrawn first, so that nobody withdraws it unawares.
    """
    with acting(person(request)):
        batch = Batch.objects.select_for_update(no_key=True).filter(pk=batch_id).first()
        if batch is None:
            raise Refused("no_such_batch")
        if batch.state == Batch.State.POSTED:
            raise Refused("batch_is_posted", {"version": batch.version})
        if batch.state == Batch.State.SUBMITTED:
            raise Refused("not_a_draft")
        yield batch
