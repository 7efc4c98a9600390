"""Pasting rows from a spreadsheet into a draft."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carsi_tracker.desk.batches import batch_page
from carsi_tracker.desk.batches.decisions import BATCH, refusal
from carsi_tracker.desk.drafting.import_page import order_of
from carsi_tracker.desk.forms.again import AGAIN, sentence, shows_again
from carsi_tracker.desk.lines.editing import draft_of
from carsi_tracker.desk.lines.paste import OF_TABLE, Pasted, paste, put_right
from carsi_tracker.desk.site import desk, person
from carsi_tracker.imports.errors import Unreadable
from carsi_tracker.imports.importing import ImportOptions, Outcome
from carsi_tracker.ledger.models import Batch
from carsi_tracker.ledger.refusals import Refused


@shows_again
@permission_required(("ledger.add_line", "ledger.add_commitment"), raise_exception=True)
def paste_rows(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Add pasted rows to a draft, or show each fault at its cell, to be put right there."""
    batch = batch_page.batch_of(batch_id)
    if request.method != "POST":
        return _page(request, batch, None)
    text = _text(request)
    if AGAIN in request.POST:
        return _page(request, batch, Pasted(Outcome(), text, [sentence()]))
    try:
        with draft_of(request, batch_id) as locked:
            sent_before = request.POST.get("revision") != str(locked.revision)
            options = ImportOptions(
                keep=True,
                batch=locked,
                new_despite_duplicates="new" in request.POST,
                listed=0,
                order=order_of(request),
            )
            pasted = paste(text, person(request), options)
    except Refused as refused:
        return refusal(request, batch_id, refused)
    outcome = pasted.outcome
    if outcome.accepted:
        count = outcome.row_count
        said = ngettext("%d line added", "%d lines added", count) % count
        messages.success(request, _("Saved: %s.") % said)
        for warning in outcome.warnings:
            messages.warning(request, warning.message)
        return _to_the_end(batch_id)
    if sent_before and _all_there(pasted, batch_id):
        messages.info(request, _("These rows were added already."))
        return _to_the_end(batch_id)
    return _page(request, batch, pasted)


def _text(request: HttpRequest) -> str:
    text = request.POST.get("pasted", "")
    try:
        return put_right(text, request.POST)
    except Unreadable:
        return text


def _all_there(pasted: Pasted, batch_id: int) -> bool:
    """Say whether the draft has each of the rows: the same form, sent again."""
    outcome = pasted.outcome
    return any(
        there.batch_id == batch_id and there.count == outcome.row_count for there in outcome.present
    )


def _to_the_end(batch_id: int) -> HttpResponse:
    return redirect(f"{reverse(BATCH, args=[batch_id])}?page={batch_page.LAST}#lines-heading")


def _page(request: HttpRequest, batch: Batch, pasted: Pasted | None) -> HttpResponse:
    context = {
        "title": _("Paste rows"),
        "batch": batch,
        "pasted": pasted,
        "revision": request.POST.get("revision", batch.revision),
        "of_table": OF_TABLE,
        "order": order_of(request),
    }
    return desk().page(request, "paste.html", context)
