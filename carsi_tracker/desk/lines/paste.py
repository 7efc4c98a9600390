"""Rows pasted into a draft: read, and put right cell by cell where they can't be."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

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
from carsi_tracker.desk.drafting.import_page import order_of
from carsi_tracker.desk.forms.again import AGAIN, sentence, shows_again
from carsi_tracker.desk.lines.editing import draft_of
from carsi_tracker.desk.site import desk, person
from carsi_tracker.imports.cells import Broken
from carsi_tracker.imports.errors import Finding, Unreadable
from carsi_tracker.imports.importing import ImportOptions, Outcome, import_table
from carsi_tracker.imports.table import Table, open_pasted, pasted_rows
from carsi_tracker.ledger.columns import NAMES, OF_LINE
from carsi_tracker.ledger.models import Batch
from carsi_tracker.ledger.refusals import Refused

OF_TABLE = ("reference", *OF_LINE)
"""The columns of rows without headings that are as wide as the table of lines, or narrower."""

ROWS_SHOWN = 40
CELL = re.compile(r"cell-([0-9]{1,6})-([a-z_]{1,20})", re.ASCII)


@dataclass(frozen=True)
class PastedCell:
    """A cell to be put right: its name in the form, its text, what is wrong with it."""

    name: str
    column: str
    text: str
    faults: list[str]


@dataclass(frozen=True)
class PastedRow:
    """A row with faults; `faults` are those that are about no cell of it."""

    number: int
    cells: list[PastedCell]
    faults: list[str]


@dataclass
class Pasted:
    """What became of pasted text: `rows` have faults at their cells, `faults` are of the whole.

    `more` is how many rows with faults are not shown.
    """

    outcome: Outcome
    text: str
    faults: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    rows: list[PastedRow] = field(default_factory=list)
    more: int = 0


def paste(text: str, user: User, options: ImportOptions) -> Pasted:
    """Add pasted rows to the draft of `options`, all or none, in the caller's transaction."""
    try:
        table = _table(text)
    except Unreadable as unreadable:
        outcome = Outcome(faults=unreadable.findings)
        return Pasted(outcome, text, [_whole(finding) for finding in unreadable.findings])
    pasted = Pasted(import_table(table, user, options), text)
    if pasted.outcome.faults:
        _point_out(pasted, table)
    return pasted


def put_right(text: str, typed: Mapping[str, str]) -> str:
    """Return pasted text with cells replaced: `typed` has them as "cell-<row>-<column>".

    Text without headings is given them, in a row of its own above.
    """
    cells = {
        (int(found[1]), found[2]): value
        for name, value in typed.items()
        if (found := CELL.fullmatch(name)) and found[2] in NAMES
    }
    if not cells:
        return text
    table, rows = _table(text), dict(pasted_rows(text))
    places = {name: index for index, name in table.names.items()}
    for _number, name in cells:
        places.setdefault(name, max(places.values()) + 1)
    for (number, name), value in cells.items():
        if number in rows:
            _put(rows[number], places[name], value)
    headings: list[str] = []
    for name, index in places.items():
        _put(headings, index, name)
    rows[table.heading_row] = headings
    written = io.StringIO()
    csv.writer(written, delimiter="\t", lineterminator="\n").writerows(
        [cell.text if isinstance(cell, Broken) else cell for cell in rows[number]]
        for number in sorted(rows)
    )
    return written.getvalue()


def _put(row: list[str], index: int, text: str) -> None:
    row += [""] * (index + 1 - len(row))
    row[index] = text


def _table(text: str) -> Table:
    return open_pasted(text, _headings(text))


def _headings(text: str) -> tuple[str, ...]:
    """Return the headings of rows that have none."""
    first = next((row for _number, row in pasted_rows(text) if any(row)), [])
    return OF_TABLE if len(first) <= len(OF_TABLE) else NAMES


def _point_out(pasted: Pasted, table: Table) -> None:
    """Lay the rows with faults out, each fault at its cell."""
    faults: dict[int, list[Finding]] = {}
    uncut = {row.number for row in table if not row.cells}
    for finding in pasted.outcome.faults:
        if finding.row and finding.row not in uncut:
            faults.setdefault(finding.row, []).append(finding)
        elif len(pasted.faults) < ROWS_SHOWN:
            pasted.faults.append(_whole(finding))
    found = {finding.column for of_row in faults.values() for finding in of_row}
    known = [name for name in NAMES if name in found or name in table.names.values()]
    pasted.columns = known
    for row in table:
        if row.number not in faults:
            continue
        if len(pasted.rows) == ROWS_SHOWN:
            break
        messages: dict[str, list[str]] = {}
        for finding in faults[row.number]:
            messages.setdefault(finding.column, []).append(finding.message)
        cells = [
            PastedCell(
                f"cell-{row.number}-{name}",
                name,
                str(row.cells.get(name, "")),
                messages.pop(name, []),
            )
            for name in known
        ]
        others = [message for of_column in messages.values() for message in of_column]
        pasted.rows.append(PastedRow(row.number, cells, others))
    pasted.more = len(faults) - len(pasted.rows)


def _whole(finding: Finding) -> str:
    return f"{finding.place}: {finding.message}" if finding.place else finding.message


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
