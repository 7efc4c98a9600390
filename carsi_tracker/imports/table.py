"""A file or pasted text as rows of named cells, whatever it is written in."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from django.utils.translation import gettext as _

from carsi_tracker.imports.archive import damaged
from carsi_tracker.imports.cells import Broken, Cell, is_blank, shown, written
from carsi_tracker.imports.csv_text import TextRows, decode, pasted_rows
from carsi_tracker.imports.errors import Finding, Unreadable, letters
from carsi_tracker.imports.pasting.lines import PastedRows
from carsi_tracker.imports.spelling import nearest
from carsi_tracker.imports.workbook import SheetRows, open_workbook
from carsi_tracker.ledger.columns import (
    COLUMNS,
    NAMES,
    NOT_READ,
    REMARKS,
    CellKind,
    Needed,
)
from carsi_tracker.ledger.formulas import unescaped
from carsi_tracker.ledger.headings import heading
from carsi_tracker.ledger.media_types import too_large

LARGEST_FILE = 25_000_000
MOST_ROWS = 100_000
MOST_COLUMNS = 200
WITHOUT_HEADING = 10
"""Of a row's cells without a heading, so many are named."""


@dataclass(frozen=True)
class Format:
    """What the rows of a table hold: its columns, in their order, and those that it must have.

    Cells of the `escaped` were neutralised by downloads; what is `not_read` may stand there, as may
    any other column where `others_pass`.
    """

    names: tuple[str, ...]
    required: tuple[str, ...]
    escaped: frozenset[str]
    not_read: frozenset[str]
    others_pass: bool = False


AMOUNTS = Format(
    NAMES,
    tuple(column.name for column in COLUMNS if column.needed is Needed.ALWAYS),
    frozenset(
        column.name for column in COLUMNS if column.kind in {CellKind.TEXT, CellKind.ORGANIZATION}
    ),
    NOT_READ,
)
"""Amounts of a draft."""

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml|<!doctype|<html|<table|mime-version:)", re.IGNORECASE
)
_OLE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Row:
    """A row that isn't blank: its number, and its filled cells by column.

    Where it isn't sure where its cells end, it has faults and no cells.
    """

    number: int
    cells: dict[str, Cell]
    faults: list[Finding]


class Table:
    """The rows under the headings; `size` is about how many, `warnings` what was left out."""

    def __init__(
        self,
        rows: TextRows | SheetRows | PastedRows,
        headings: Sequence[str] | None = None,
        of: Format = AMOUNTS,
    ) -> None:
        """Find the headings; text without any is read under `headings`, where given."""
        self._rows, self._format = rows, of
        self.sheet = rows.sheet
        self.size = rows.size
        self.warnings = list(rows.warnings) if isinstance(rows, SheetRows) else []
        self._escaped = isinstance(rows, TextRows | PastedRows)
        self._heading_row, first = _first(rows)
        known = sum(isinstance(cell, str) and heading(cell) in of.names for cell in first)
        if headings and known < 2:
            self._heading_row = 0
            self.names: dict[int, str] = dict(enumerate(headings))
        else:
            self.names = self._headings(first)

    @property
    def heading_row(self) -> int:
        """The number of the row of headings; 0 where there is none."""
        return self._heading_row

    def __iter__(self) -> Iterator[Row]:
        """Yield each row that isn't blank; raises Unreadable for what can't be cut into rows."""
        count = 0
        for number, cells in self._rows:
            if number <= self._heading_row:
                continue
            row = self._row(number, cells)
            if row is None:
                continue
            count += 1
            if count > MOST_ROWS:
                raise Unreadable(
                    Finding(
                        _("There are more than %d rows. Split the file.") % MOST_ROWS,
                        self.sheet,
                        number,
                    )
                )
            yield row

    def _row(self, number: int, cells: Sequence[Cell]) -> Row | None:
        named: dict[str, Cell] = {}
        faults: list[Finding] = []
        for index, cell in enumerate(cells):
            if is_blank(cell):
                continue
            name = self.names.get(index)
            if isinstance(cell, Broken):
                if cell.unsure:
                    return Row(number, {}, [self._unsure(number, index, cell)])
                if name is not None and name not in self._format.not_read:
                    named[name] = cell
            elif name is None:
                self._refuse_width(number, index)
                if len(faults) == WITHOUT_HEADING:
                    break
                faults.append(self._without_heading(number, index, cell))
            elif name not in self._format.not_read:
                escaped = self._escaped and name in self._format.escaped
                named[name] = unescaped(cell) if escaped else cell
        return Row(number, named, faults) if named or faults else None

    def _unsure(self, number: int, index: int, cell: Broken) -> Finding:
        column = self.names.get(index) or letters(index)
        return Finding(cell.message, self.sheet, number, column, shown(cell))

    def _refuse_width(self, number: int, index: int) -> None:
        if index >= MOST_COLUMNS:
            message = _("The row has more than %d columns.") % MOST_COLUMNS
            raise Unreadable(Finding(message, self.sheet, number))

    def _without_heading(self, number: int, index: int, cell: Cell) -> Finding:
        message = _("This column has no heading. Add one, or clear the cell.")
        if self._escaped and index >= len(self.names):
            message = _(
                "The row has more cells than there are headings. A cell that holds the "
                "delimiter, as 1,250,000.00 does, is put in double quotes."
            )
        return Finding(message, self.sheet, number, letters(index), shown(cell))

    def _headings(self, cells: Sequence[Cell]) -> dict[int, str]:
        names: dict[int, str] = {}
        faults = []
        for index, cell in enumerate(cells):
            if is_blank(cell) or (isinstance(cell, Broken) and not cell.unsure):
                continue
            self._refuse_width(self._heading_row, index)
            if isinstance(cell, Broken):
                raise Unreadable(self._heading_fault(cell, cell.message))
            name = heading(written(cell))
            known = name in self._format.names or name in self._format.not_read
            if self._format.others_pass and not known:
                self._pass_over(cell)
                names[index] = REMARKS
            elif name not in self._format.names and name not in self._format.not_read:
                faults.append(self._heading_fault(cell, _unknown(cell, self._format.names)))
            elif name in names.values():
                faults.append(
                    self._heading_fault(cell, _("The heading “%s” stands twice.") % shown(cell))
                )
            else:
                names[index] = name
        missing = [name for name in self._format.required if name not in names.values()]
        if not names:
            faults = [self._no_headings(cells)]
        elif missing:
            message = _("Headings are missing: %s.") % ", ".join(missing)
            faults.append(Finding(message, self.sheet, self._heading_row))
        if faults:
            raise Unreadable(*faults)
        return names

    def _pass_over(self, cell: Cell) -> None:
        message = _("The column “%s” is not one of the download’s and was not read.")
        self.warnings.append(Finding(message % shown(cell).strip(), self.sheet))

    def _heading_fault(self, cell: Cell, message: str) -> Finding:
        return Finding(message, self.sheet, self._heading_row, shown(cell).strip(), shown(cell))

    def _no_headings(self, cells: Sequence[Cell]) -> Finding:
        return Finding(
            _("The first row has none of the headings of the format: %s.")
            % ", ".join(self._format.names),
            self.sheet,
            self._heading_row,
            value=", ".join(shown(cell) for cell in cells if not is_blank(cell))[:120],
        )


def open_file(name: str, content: bytes, of: Format = AMOUNTS) -> Table:
    """Return the rows of a CSV, text, XLSX or ODS file; raises Unreadable."""
    return Table(open_rows(name, content), of=of)


def open_pasted(text: str, headings: Sequence[str] = NAMES) -> Table:
    """Return the rows of pasted text, which may go without headings; raises Unreadable."""
    return Table(pasted_rows(text), headings)


def open_rows(name: str, content: bytes) -> TextRows | SheetRows:
    """Return the rows of a file as they stand in it, headings among them; raises Unreadable."""
    if len(content) > LARGEST_FILE:
        raise Unreadable(Finding(too_large(len(content), LARGEST_FILE)))
    if content.startswith(_ZIP):
        return open_workbook(content)
    if content.startswith(_OLE):
        raise Unreadable(Finding(_of_old_format(content)))
    if _MARKUP.match(content):
        message = _("The file is a web page or XML, not a workbook. Save it as .xlsx.")
        raise Unreadable(Finding(message))
    text = decode(content)
    if PurePath(name).suffix.lower() in {".xlsx", ".ods"}:
        raise damaged()
    return TextRows(text)


def _of_old_format(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return _("A password protects the workbook. Save it as .xlsx, without a password.")
    return _(
        "The file is a workbook of the old format (.xls), or one that a password protects. Save it "
        "as .xlsx, without a password."
    )


def _first(rows: TextRows | SheetRows | PastedRows) -> tuple[int, Sequence[Cell]]:
    for number, cells in rows:
        if not all(map(is_blank, cells)):
            return number, cells
    raise Unreadable(Finding(_("There is nothing in it."), rows.sheet))


def _unknown(cell: Cell, names: Sequence[str]) -> str:
    message = _("“%s” is not a column of the format.") % shown(cell).strip()
    if meant := nearest(heading(written(cell)), names):
        message = " ".join((message, _("Probably meant: %s.") % meant))
    return message
