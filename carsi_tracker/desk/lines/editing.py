"""Editing a draft: the batch is locked, and refused where it is no draft any more."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from carsi_tracker.desk.batches.decisions import BATCH, refusal
from carsi_tracker.desk.batches.titles import kept_true
from carsi_tracker.desk.forms.refused import add_refusal
from carsi_tracker.desk.forms.stale import GuardedForm
from carsi_tracker.desk.site import person
from carsi_tracker.ledger.models import Batch
from carsi_tracker.ledger.posting import acting
from carsi_tracker.ledger.refusals import Refused

Row = TypeVar("Row", bound=Model)


@contextmanager
def draft_of(request: HttpRequest, batch_id: int) -> Iterator[Batch]:
    """Give the draft, locked, in a transaction of the person who asks; raises Refused.

    A submitted batch has to be withdrawn first, so that nobody withdraws it unawares. A title that
    was suggested follows what is done.
    """
    with acting(person(request)):
        batch = locked_draft(batch_id)
        with kept_true(batch):
            yield batch


def locked_draft(batch_id: int) -> Batch:
    """Return the draft, locked to the end of the caller's transaction; raises Refused."""
    batch = Batch.objects.select_for_update(no_key=True).filter(pk=batch_id).first()
    if batch is None:
        raise Refused("no_such_batch")
    if batch.state == Batch.State.POSTED:
        raise Refused("batch_is_posted", {"version": batch.version})
    if batch.state == Batch.State.SUBMITTED:
        raise Refused("not_a_draft")
    return batch


def locked(row: Row) -> Row:
    """Return a row of a draft as it is saved now, locked; raises Refused where it was deleted."""
    rows = type(row)._default_manager.select_for_update(no_key=True)
    if saved := rows.filter(pk=row.pk).first():
        return saved
    raise Refused("line_deleted")


def edit_draft(
    request: HttpRequest,
    batch_id: int,
    form_of: type[GuardedForm],
    row: Model,
    page: Callable[[GuardedForm], HttpResponse],
) -> HttpResponse:
    """Answer with the form of a row of a draft, or save it, unless somebody did meanwhile.

    `page` shows the form; where the row was changed meanwhile, that holds what is saved now.
    """
    form = form_of(instance=row)
    if request.method != "POST":
        return page(form)
    try:
        with draft_of(request, batch_id):
            form = form_of(request.POST, request.FILES, instance=locked(row))
            if form.is_valid():
                form.save()
                messages.success(request, _("Saved."))
                return redirect(BATCH, batch_id)
            if form.stale:
                form = form.again()
    except Refused as refused:
        if not form.is_bound:
            return refusal(request, batch_id, refused)
        add_refusal(form, refused)
    return page(form)
