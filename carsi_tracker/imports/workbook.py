"""Workbooks: the sheet that is read, its rows, and what a workbook hides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carsi_tracker.imports import kept
from carsi_tracker.imports.archive import Archive, damaged
from carsi_tracker.imports.cells import Broken, Cell, is_blank
from carsi_tracker.imports.errors import Finding, Unreadable
from carsi_tracker.imports.ods import workbook as ods
from carsi_tracker.imports.sheets import MOST_COLUMNS, Contents, Sheet
from carsi_tracker.imports.xlsx import workbook as xlsx
from carsi_tracker.ledger.columns import BY_NAME
from carsi_tracker.ledger.headings import heading

SHEETS_NAMED = 20
ROWS_BESIDE = 200
"""Of a sheet that is read for what it says of the file."""


@dataclass
class SheetRows:
    """The rows of a sheet that was read."""

    sheet: str
    contents: Contents
    warnings: list[Finding] = field(default_factory=list)

    @property
    def size(self) -> int:
        """The number of its last row."""
        return self.contents.last_row

    def __iter__(self) -> Iterator[tuple[int, list[Cell]]]:
        """Yield each filled row with its number, its cells counted from column A."""
        merged = _Merged(self.contents)
        for number, cells in self.contents:
            for index, cell in enumerate(cells):
                if type(cell) is tuple:
                    cells[index] = kept.cell(*cell)
            merged.mark(number, cells)
            yield number, cells


def open_workbook(content: bytes) -> SheetRows:
    """Return the one visible sheet that has rows under the headings; raises Unreadable."""
    archive = Archive(content)
    sheets = ods.sheets(archive) if archive.is_opendocument else xlsx.sheets(archive)
    filled = [sheet for sheet in sheets if sheet.visible and sheet.first_row]
    chosen = _the_one(filled)
    rows = SheetRows(chosen.name, chosen.read())
    rows.warnings = [
        Finding(_("The sheet “%s” is hidden and was not read.") % sheet.name)
        for sheet in sheets
        if not sheet.visible
    ] + [
        Finding(_("The sheet “%s” has no heading of the format and was not read.") % sheet.name)
        for sheet in filled
        if sheet is not chosen
    ]
    rows.warnings += _hidden(rows)
    return rows


def _the_one(filled: Sequence[Sheet]) -> Sheet:
    if not filled:
        raise Unreadable(Finding(_("No visible sheet of the workbook has anything in it.")))
    with_headings = [sheet for sheet in filled if _has_headings(sheet.first_row or [])]
    if len(with_headings) > 1:
        names = [f"“{sheet.name}”" for sheet in with_headings[:SHEETS_NAMED]]
        more = ["…"] if len(with_headings) > SHEETS_NAMED else []
        raise Unreadable(
            Finding(
                _("Several sheets have rows of the format: %s. Keep one of them, or hide the rest.")
                % ", ".join(names + more)
            )
        )
    return (with_headings or filled)[0]


def _has_headings(row: Sequence[Any]) -> bool:
    return sum(isinstance(cell, str) and heading(cell) in BY_NAME for cell in row) > 1


def _hidden(rows: SheetRows) -> list[Finding]:
    """Say which of the filled rows and columns are hidden."""
    found = []
    if hidden := rows.contents.hidden_rows:
        message = ngettext(
            "%(count)d row is hidden or filtered out in the sheet and was read, too: "
            "row %(first)d.",
            "%(count)d rows are hidden or filtered out in the sheet and were read, too; "
            "the first is row %(first)d.",
            len(hidden),
        )
        found.append(Finding(message % {"count": len(hidden), "first": hidden[0]}, rows.sheet))
    if any(first < rows.contents.width for first, _last in rows.contents.hidden_columns):
        found.append(Finding(_("Hidden columns were read, too."), rows.sheet))
    return found


class _Merged:
    """Marks the cells that are merged with others, row after row."""

    def __init__(self, contents: Contents) -> None:
        self._coming = sorted(contents.merged, reverse=True)
        self._here: list[tuple[int, int, int, int]] = []

    def mark(self, number: int, cells: list[Cell]) -> None:
        """Put a Broken cell wherever a merged one has no value of its own."""
        while self._coming and self._coming[-1][0] <= number:
            self._here.append(self._coming.pop())
        if not self._here:
            return
        self._here = [area for area in self._here if area[1] >= number]
        if len(self._here) > MOST_COLUMNS:
            raise damaged()
        message = _("This cell is merged with others, so it has no value of its own. Unmerge it.")
        broken = Broken("", message)
        for first_row, _last_row, first, last in self._here:
            for index in range(first, last + 1):
                if (number, index) != (first_row, first):
                    cells += [""] * (index + 1 - len(cells))
                    if is_blank(cells[index]):
                        cells[index] = broken


def texts_beside(content: bytes) -> Iterator[str]:
    """Yield the texts of the sheets without headings; nothing for what is no workbook."""
    try:
        archive = Archive(content)
        found = ods.sheets(archive) if archive.is_opendocument else xlsx.sheets(archive)
        for sheet in found:
            if sheet.first_row and not _has_headings(sheet.first_row):
                for _number, cells in islice(sheet.read(), ROWS_BESIDE):
                    yield from (cell for cell in cells if isinstance(cell, str))
    except Unreadable:
        return
