"""What analysts do with a whole batch: submit, withdraw, discard."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.batches import mails
from carsi_tracker.desk.batches.held import held
from carsi_tracker.desk.site import desk, person
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch
from carsi_tracker.ledger.refusals import Refused

SHOWN = 20
BATCH = "admin:ledger_batch_change"


@require_POST
@permission_required("ledger.change_batch", raise_exception=True)
def submit(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Submit a draft."""
    return _ask(
        request, batch_id, posting.submit, _("The batch was submitted."), told=mails.submitted
    )


@require_POST
@permission_required("ledger.change_batch", raise_exception=True)
def withdraw(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Make a submitted batch a draft again."""
    return _ask(request, batch_id, posting.withdraw, _("The batch is a draft again."))


@permission_required("ledger.delete_batch", raise_exception=True)
def discard(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Ask whether a draft is to be discarded, and discard it."""
    batch = get_object_or_404(Batch, pk=batch_id)
    if request.method != "POST":
        context = {
            "title": _("Discard this batch?"),
            "batch": batch,
            "line_count": batch.lines.count(),
            "introduced": batch.introduces.all()[:SHOWN],
            "more": max(batch.introduces.count() - SHOWN, 0),
        }
        return desk().page(request, "discard.html", context)
    try:
        posting.discard(batch_id, person(request))
    except Refused as refused:
        return refusal(request, batch_id, refused)
    messages.success(request, _("“%s” was discarded.") % batch.title)
    return redirect("admin:ledger_batch_changelist")


def discard_several(request: HttpRequest, chosen: QuerySet[Batch]) -> HttpResponse | None:
    """Ask whether a person's own drafts among those chosen are to be discarded, and discard them.

    Sent to the list; None leads back to it.
    """
    own = list(chosen.filter(keeper=person(request), state=Batch.State.DRAFT))
    if not own:
        messages.error(request, _("None of these is a draft of yours. Choose drafts of yours."))
        return None
    if "_confirmed" not in request.POST:
        holding = held(batch.pk for batch in own)
        context = {
            "title": _("Discard these drafts?"),
            "drafts": [(batch, holding[batch.pk]) for batch in own],
            "left_out": chosen.count() - len(own),
        }
        return desk().page(request, "discard_several.html", context)
    discarded = 0
    for batch in own:
        try:
            posting.discard(batch.pk, person(request))
            discarded += 1
        except Refused as refused:
            messages.error(request, f"{batch.title}: {refused}")
    if discarded:
        done = ngettext("%d draft was discarded.", "%d drafts were discarded.", discarded)
        messages.success(request, done % discarded)
    return None


def refusal(
    request: HttpRequest, batch_id: int, refused: Refused, page: str = BATCH, **query: str
) -> HttpResponse:
    """Go to a page of the batch, by its name, and say there what was refused."""
    for line in refused.lines:
        messages.error(request, line)
    return redirect(reverse(page, args=[batch_id], query=query or None))


def _ask(
    request: HttpRequest,
    batch_id: int,
    verb: Callable[[int, User], Any],
    done: str,
    told: Callable[[HttpRequest, Batch], None] | None = None,
) -> HttpResponse:
    batch = get_object_or_404(Batch, pk=batch_id)
    try:
        verb(batch_id, person(request))
    except Refused as refused:
        return refusal(request, batch_id, refused)
    messages.success(request, done)
    if told:
        told(request, batch)
    return redirect(BATCH, batch_id)
