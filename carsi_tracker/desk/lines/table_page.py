"""Editing a draft's lines in a table: saving a page of them, and trying it out while typing."""

from dataclasses import astuple

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from carsi_tracker.desk.batches import batch_page, decisions
from carsi_tracker.desk.batches.decisions import BATCH
from carsi_tracker.desk.forms.again import AGAIN, sentence, shows_again
from carsi_tracker.desk.lines.choosing import Choices, suggested_documents
from carsi_tracker.desk.lines.editing import draft_of, locked_draft
from carsi_tracker.desk.lines.opening import table_sent
from carsi_tracker.desk.lines.table import LINES_A_PAGE, MORE_ROWS, LineTable, Saved
from carsi_tracker.desk.site import desk, person
from carsi_tracker.ledger.models import Batch
from carsi_tracker.ledger.posting import acting
from carsi_tracker.ledger.refusals import Refused

WRITES_LINES = ("ledger.add_line", "ledger.change_line", "ledger.delete_line")


@shows_again
@permission_required(WRITES_LINES, raise_exception=True)
def save_table(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Save a page of lines, all of it or nothing; or give the form more rows."""
    if request.method != "POST":
        return redirect(BATCH, batch_id)
    batch = batch_page.batch_of(batch_id)
    try:
        with draft_of(request, batch_id) as locked:
            table = _sent(request, locked)
            if AGAIN in request.POST:
                table.refusals = [sentence()]
                return batch_page.page(request, batch, table)
            if _grown(request, table):
                return batch_page.page(request, batch, table)
            table.read()
            saved = None if table.is_refused else table.save()
            transaction.set_rollback(saved is None)
    except Refused as refused:
        with transaction.atomic():
            table = _sent(request, batch)
        table.refusals, saved = refused.lines, None
    if saved is None:
        table.show_saved()
        return batch_page.page(request, batch, table)
    messages.success(request, _in_words(saved))
    if "_submit" in request.POST:
        return decisions.submit(request, batch_id)
    shown = batch_page.LAST if saved.added or saved.introduced else request.POST.get("page", "1")
    return redirect(f"{reverse(BATCH, args=[batch_id])}?page={shown}#lines-heading")


@require_POST
@permission_required(WRITES_LINES, raise_exception=True)
def try_table(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show what a page of lines would do to the balances if it were saved; it is not."""
    try:
        with acting(person(request)):
            locked = locked_draft(batch_id)
            table = _sent(request, locked)
            table.read()
            table.save()
            context = {"batch": locked, "unread": len(table.faulty), **batch_page.effect(locked)}
            transaction.set_rollback(True)
    except Refused as refused:
        return HttpResponse(" ".join(refused.lines), "text/plain", status=409)
    return desk().part(request, "_strip_inner.html", context)


@permission_required("ledger.view_commitment", raise_exception=True)
def suggest(request: HttpRequest, batch_id: int) -> HttpResponse:
    """List some of what a text is a part of, as options of a list."""
    batch = get_object_or_404(Batch, pk=batch_id)
    text = request.GET.get("text", "")
    if request.GET.get("column") == "document":
        options = [(document.key, document.shown_title) for document in suggested_documents(text)]
    else:
        options = [(choice.text, choice.title) for choice in Choices(batch).suggestions(text)]
    return desk().part(request, "_suggestions.html", {"options": options})


def _sent(request: HttpRequest, batch: Batch) -> LineTable:
    table = table_sent(batch, request.POST)
    page = request.POST.get("page", "")
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1
    table.count_from((number - 1) * LINES_A_PAGE + 1)
    return table


def _grown(request: HttpRequest, table: LineTable) -> bool:
    if "_more" in request.POST:
        table.add_blank(MORE_ROWS)
        return True
    if "_commitment" in request.POST:
        table.add_commitment()
        return True
    if key := request.POST.get("_duplicate"):
        table.duplicate(key)
        return True
    return False


def _in_words(saved: Saved) -> str:
    parts = [
        ngettext("%d line changed", "%d lines changed", saved.changed) % saved.changed,
        ngettext("%d line added", "%d lines added", saved.added) % saved.added,
        ngettext("%d line deleted", "%d lines deleted", saved.deleted) % saved.deleted,
        ngettext("%d line was added already", "%d lines were added already", saved.already)
        % saved.already,
        ngettext("%d new commitment changed", "%d new commitments changed", saved.described)
        % saved.described,
        ngettext("%d new commitment added", "%d new commitments added", saved.introduced)
        % saved.introduced,
        ngettext("%d new commitment removed", "%d new commitments removed", saved.withdrawn)
        % saved.withdrawn,
    ]
    counts = astuple(saved)
    said = ", ".join(part for part, count in zip(parts, counts, strict=True) if count)
    return _("Saved: %s.") % said if said else _("Nothing was changed.")
