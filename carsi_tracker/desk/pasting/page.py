"""Rows pasted into a draft: read, asked about where they can be read in two ways, and added."""

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.batches import batch_page
from carsi_tracker.desk.batches.decisions import BATCH, refusal
from carsi_tracker.desk.forms.again import AGAIN, sentence, shows_again
from carsi_tracker.desk.lines.editing import draft_of
from carsi_tracker.desk.pasting.asked import asked, title
from carsi_tracker.desk.pasting.form import ASKED, answered, breaks_of
from carsi_tracker.desk.pasting.habits import forget, habit, remember
from carsi_tracker.desk.pasting.shown import Pasted, lay_out
from carsi_tracker.desk.site import desk, person
from carsi_tracker.imports.errors import Finding, Unreadable
from carsi_tracker.imports.importing import ImportOptions, Outcome, import_table
from carsi_tracker.imports.pasting.grid import MOST_ROWS, PastedGrid, cut
from carsi_tracker.imports.pasting.guessing import Guess, guess, is_plain
from carsi_tracker.imports.pasting.lines import PastedLine, PastedRows, lines
from carsi_tracker.imports.pasting.vocabulary import LedgerWords, of_ledger
from carsi_tracker.imports.table import Table
from carsi_tracker.ledger.dates import Order
from carsi_tracker.ledger.models import Batch
from carsi_tracker.ledger.refusals import Refused


@shows_again
@permission_required(("ledger.add_line", "ledger.add_commitment"), raise_exception=True)
def paste_rows(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Add pasted rows to a draft, or show how they are read, and ask what has two readings."""
    batch = batch_page.batch_of(batch_id)
    if request.method != "POST":
        return _page(request, batch, None)
    try:
        with draft_of(request, batch_id) as locked:
            sent_before = request.POST.get("revision") != str(locked.revision)
            pasted = _read(request, locked)
    except Refused as refused:
        return refusal(request, batch_id, refused)
    outcome = pasted.outcome
    if outcome.batch_id:
        count = outcome.row_count
        said = ngettext("%d line added", "%d lines added", count) % count
        messages.success(request, _("Saved: %s.") % said)
        for warning in outcome.warnings:
            messages.warning(request, warning.message)
        return _to_the_end(batch_id)
    if sent_before and _all_there(pasted, batch_id):
        messages.info(request, _("These rows were added already."))
        return _to_the_end(batch_id)
    if AGAIN in request.POST:
        pasted.faults.insert(0, sentence())
    return _page(request, batch, pasted)


def _read(request: HttpRequest, batch: Batch) -> Pasted:
    """Read what was pasted; add it where that was wanted and nothing is to be asked or mended."""
    text = request.POST.get("pasted", "")
    known = of_ledger(batch.pk)
    user = person(request)
    try:
        grid, found = _understood(request, text, known)
    except Unreadable as unreadable:
        said = [finding.message for finding in unreadable.findings]
        return Pasted(text, Outcome(faults=unreadable.findings), said)
    made = lines(grid, found, known)
    pasted = Pasted(text, Outcome(), grid=grid, guess=found, all_lines=made)
    asked = ASKED in request.POST and "_forget" not in request.POST
    unseen = asked and "_add" in request.POST and request.POST.get("shown") != pasted.shown
    keep = AGAIN not in request.POST and not unseen and ("_add" in request.POST or not asked)
    keep &= (found.plain and not (found.proposed - found.headed) and not grid.broken) or asked
    options = ImportOptions(
        keep=keep,
        batch=batch,
        new_despite_duplicates="new" in request.POST,
        listed=0,
        order=found.answers.order,
        amounts=found.answers.written,
    )
    pasted.outcome = _imported(made, user, options)
    if pasted.outcome.batch_id and not found.plain:
        remember(user, grid, found.answers)
    if unseen and pasted.outcome.accepted:
        pasted.faults.append(_("Your answers change how the rows are read. Check the lines."))
    lay_out(pasted)
    return pasted


def _understood(request: HttpRequest, text: str, known: LedgerWords) -> tuple[PastedGrid, Guess]:
    """Return the cells of a paste and how they are read; raises Unreadable."""
    grid = cut(text, breaks_of(request.POST))
    if "_forget" in request.POST:
        forget(person(request), grid)
    plain = is_plain(grid, known)
    if len(grid.rows) > MOST_ROWS and not plain:
        message = _(
            "The paste has %(rows)d rows; at most %(most)d are read without the headings of the "
            "import. Paste it in parts, or add the headings."
        )
        raise Unreadable(Finding(message % {"rows": len(grid.rows), "most": MOST_ROWS}))
    found = guess(grid, known, None if plain else habit(person(request), grid))
    if ASKED in request.POST and "_forget" not in request.POST:
        return grid, answered(request.POST, grid, found)
    order = request.POST.get("dates")
    if order in list(Order):
        found = replace(found, answers=replace(found.answers, order=Order(order)))
    return grid, found


def _imported(made: list[PastedLine], user: User, options: ImportOptions) -> Outcome:
    if not made:
        return Outcome([Finding(_("No row has an amount to read. Choose the column of amounts."))])
    return import_table(Table(PastedRows(made)), user, options)


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
        "title": title(pasted) if pasted and pasted.guess else _("Paste rows"),
        "batch": batch,
        "pasted": pasted,
        "asked": asked(pasted) if pasted else None,
        "revision": request.POST.get("revision", batch.revision),
    }
    return desk().page(request, "paste.html", context)
