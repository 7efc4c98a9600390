"""The same file once more, with a column of remarks."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from carsi_tracker import SOFTWARE
from carsi_tracker.imports.cells import Broken, Cell, Number, is_blank
from carsi_tracker.imports.csv_text import TextRows
from carsi_tracker.imports.errors import Finding
from carsi_tracker.imports.table import open_rows
from carsi_tracker.ledger.columns import REMARKS
from carsi_tracker.ledger.headings import heading
from carsi_tracker.ledger.media_types import CSV, XLSX


def with_remarks(name: str, content: bytes, findings: Sequence[Finding]) -> tuple[bytes, str]:
    """Return the file (a workbook with the sheet that was read) with remarks, and its media type.

    A remark stands in the row that it is about; what is about the whole file, beside the headings.
    Raises Unreadable for a file that has no rows at all.
    """
    rows = open_rows(name, content)
    remarked = _Remarked(rows, findings)
    if isinstance(rows, TextRows):
        return _as_text(remarked, rows.delimiter), CSV
    return _as_workbook(remarked, rows.sheet), XLSX


class _Remarked:
    """Rows with their remarks, which stand in one column beside all others; never all held."""

    def __init__(self, rows: Any, findings: Sequence[Finding]) -> None:
        self._rows = rows
        self._first, width = 1, 0
        first: Sequence[Cell] = []
        for number, cells in rows:
            if all(map(is_blank, cells)):
                continue
            if not width:
                self._first, first = number, cells
            width = max(width, len(cells))
        headings = [isinstance(cell, str) and heading(cell) == REMARKS for cell in first]
        self.column = headings.index(True) if True in headings else width
        self._texts: dict[int, list[str]] = {}
        for finding in findings:
            text = f"{finding.column}: {finding.message}" if finding.column else finding.message
            self._texts.setdefault(finding.row or self._first, []).append(text)
        self.faulty = {(finding.row, finding.column) for finding in findings}
        self.names = {index: heading(str(cell)) for index, cell in enumerate(first)}

    def __iter__(self) -> Any:
        for number, cells in self._rows:
            texts = self._texts.get(number, [])
            said = [REMARKS, *texts] if number == self._first else texts
            row = [*cells, *[""] * (self.column + 1 - len(cells))]
            row[self.column] = "\N{SPACE}".join(said) if number != self._first else ": ".join(said)
            yield number, row if texts or number == self._first else cells


def _as_text(rows: _Remarked, delimiter: str) -> bytes:
    """Write UTF-8 with a byte order mark; what was no UTF-8 is taken for Windows-1252."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, lineterminator="\r\n")
    for _number, cells in rows:
        writer.writerow([_decoded(_text(cell)) for cell in cells])
    return written.getvalue().encode("utf-8-sig")


def _text(cell: Cell) -> str:
    return cell.text if isinstance(cell, Broken) else str(cell)


def _decoded(text: str) -> str:
    found = text.encode("utf-8", "surrogateescape")
    return text if found == text.encode("utf-8", "replace") else found.decode("cp1252", "replace")


def _as_workbook(rows: _Remarked, sheet: str) -> bytes:
    written = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        book.set_properties({"comments": SOFTWARE})
        page = book.add_worksheet(sheet)
        styles = {
            (kind, faulty): book.add_format(
                {"num_format": number_format} | ({"bg_color": "#F8DFE2"} if faulty else {})
            )
            for kind, number_format in (
                (str, "@"),
                (Number, "General"),
                (date, "yyyy-mm-dd"),
                (datetime, "yyyy-mm-dd hh:mm:ss"),
            )
            for faulty in (False, True)
        }
        for number, cells in rows:
            for index, cell in enumerate(cells):
                faulty = (number, rows.names.get(index)) in rows.faulty
                _write(page, number - 1, index, cell, styles, faulty=faulty)
    return written.getvalue()


def _write(
    page: Any, row: int, column: int, cell: Cell, styles: dict[Any, Any], *, faulty: bool
) -> None:
    if is_blank(cell) and not faulty:
        return
    if isinstance(cell, bool):
        page.write_boolean(row, column, cell, styles[Number, faulty])
    elif isinstance(cell, Number):
        page.write_number(row, column, cell, styles[Number, faulty])
    elif isinstance(cell, date):
        page.write_datetime(row, column, cell, styles[type(cell), faulty])
    else:
        page.write_string(row, column, _text(cell), styles[str, faulty])
