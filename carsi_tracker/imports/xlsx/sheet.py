"""A sheet of a workbook, read row by row (ECMA-376, part 1, 18.3.1)."""

import marshal
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from carsi_tracker.imports.errors import Finding, Unreadable
from carsi_tracker.imports.xlsx.package import Attributes, Handler, damaged, too_much_text
from carsi_tracker.imports.xlsx.values import NAMESPACES, Values

MOST_CELLS = 2_000_000
MOST_COLUMNS = 200
MOST_ROWS = 1_048_576
MOST_MERGED = 100_000
MOST_TEXT = 100_000_000
LONGEST_CELL = 32_767
_ROWS_A_BLOCK = 1_000
_TEXT_A_BLOCK = 1_000_000
_RANGE = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
_TRUE = frozenset({"1", "true"})
_DIGITS = "0123456789"
_TEXTS = frozenset({"v", "t"})
_NO_SIZE = re.compile(r"0+(?:\.0*)?", re.ASCII)

_NAMES = ("row", "c", "v", "f", "is", "t", "rPh", "mergeCell", "col")
ELEMENTS = {f"{namespace} {name}": name for namespace in NAMESPACES for name in _NAMES}


@dataclass
class Contents:
    """What a sheet holds: its filled rows, packed, and what the rows alone don't show.

    Rows count from 1, columns from 0; `merged` are (first row, last row, first column, last).
    """

    blocks: list[bytes] = field(default_factory=list)
    last_row: int = 0
    width: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    def __iter__(self) -> Iterator[tuple[int, list[Any]]]:
        """Yield the number and the cells of each row that is filled."""
        for block in self.blocks:
            yield from marshal.loads(zlib.decompress(block))  # noqa: S302 (packed here, in memory)


class FirstRow(Exception):
    """The first filled row, where no more is wanted."""


class Reader(Handler):
    """Takes the elements of a sheet in, and packs its rows.

    Cells without an address stand beside the one before them, and rows without a number under the
    row before them, as the standard says. `first_only` ends it by FirstRow.
    """

    def __init__(self, values: Values, *, first_only: bool = False) -> None:
        super().__init__()
        self.contents = Contents()
        self._values = values
        self._first_only = first_only
        self._columns: dict[str, int] = {}
        self._rows: list[tuple[int, list[Any]]] = []
        self._row: list[Any] = []
        self._number = self._next = self._cells = self._text = self._text_of_block = 0
        self._hidden = self._formula = self._inside = self._pronounced = self._within = False
        self._cell: Attributes | None = None
        self._saved: list[str] | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        self.elements += 1
        self.depth += 1
        element = ELEMENTS.get(name)
        if element == "c":
            if not self._within:
                raise damaged()
            self._cell, self._saved, self._formula = attributes, None, False
        elif element in _TEXTS:
            self._begin_text(element)
        elif element == "row":
            self._begin_row(attributes)
        elif element == "f":
            self._formula = True
        elif element == "rPh":
            self._pronounced = True
        elif element is not None:
            self._begin_other(element, attributes)

    def text(self, text: str) -> None:
        """Take a stretch of text."""
        if self._inside and self._saved is not None:
            self._saved.append(text)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        self.depth -= 1
        element = ELEMENTS.get(name)
        if element in _TEXTS:
            self._inside = False
        elif element == "c":
            self._end_cell()
        elif element == "row":
            self._end_row()
        elif element == "rPh":
            self._pronounced = False

    def _begin_other(self, element: str, attributes: Attributes) -> None:
        if element == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif element == "is" and self._saved is not None:
            raise damaged()
        elif element == "col" and _hidden(attributes, "width"):
            first, last = int(attributes["min"]) - 1, int(attributes["max"]) - 1
            if len(self.contents.hidden_columns) < MOST_COLUMNS:
                self.contents.hidden_columns.append((first, last))

    def _begin_text(self, element: str) -> None:
        self._inside = self._cell is not None and not self._pronounced
        if self._saved is None:
            self._saved = []
        elif element == "v":
            raise damaged()  # a second value: which of them is meant?

    def _begin_row(self, attributes: Attributes) -> None:
        number = int(attributes.get("r") or self._number + 1)
        if number > MOST_ROWS:
            raise Unreadable(Finding(_("There are more than %d rows. Split the file.") % MOST_ROWS))
        if number <= self._number:
            raise damaged()
        self._number, self._next, self._row = number, 0, []
        self._hidden = _hidden(attributes, "ht")
        self._within = True

    def _end_cell(self) -> None:
        attributes, self._cell = self._cell, None
        if attributes is None:
            raise damaged()
        if address := attributes.get("r"):
            self._next = self._column(address)
        cell = self._values.read(attributes, self._saved, formula=self._formula)
        index = self._next
        self._next += 1
        self._cells += 1
        if cell == "":
            return
        if index >= MOST_COLUMNS or self._cells > MOST_CELLS:
            raise self._too_many(index)
        if isinstance(cell, str):
            self._weigh(cell)
        row = self._row
        if index == len(row):
            row.append(cell)
        elif index > len(row):
            row += [""] * (index - len(row))
            row.append(cell)
        elif row[index] == "":
            row[index] = cell
        else:
            raise damaged()

    def _column(self, address: str) -> int:
        """Return the column of an address, from 0, which has to be in the row that is read."""
        letters = address.rstrip(_DIGITS)
        if address[len(letters) :] != str(self._number):
            raise damaged()
        if letters not in self._columns:
            self._columns[letters] = column(letters)
        return self._columns[letters]

    def _too_many(self, index: int) -> Unreadable:
        if index >= MOST_COLUMNS:
            message = _("A cell far from the others is filled: the sheet has more than %d columns.")
            return Unreadable(Finding(message % MOST_COLUMNS, row=self._number))
        return Unreadable(Finding(_("The sheet has more than %d cells. Split it.") % MOST_CELLS))

    def _weigh(self, text: str) -> None:
        self._text += len(text)
        self._text_of_block += len(text)
        if len(text) > LONGEST_CELL:
            message = _("The cell has more than %d characters.") % LONGEST_CELL
            raise Unreadable(Finding(message, row=self._number))
        if self._text > MOST_TEXT:
            raise too_much_text()

    def _end_row(self) -> None:
        self._within = False
        if not self._row:
            return
        self._rows.append((self._number, self._row))
        contents = self.contents
        contents.last_row = self._number
        contents.width = max(contents.width, len(self._row))
        if self._hidden:
            contents.hidden_rows.append(self._number)
        if len(self._rows) >= _ROWS_A_BLOCK or self._text_of_block > _TEXT_A_BLOCK:
            self.pack()
        if self._first_only:
            self.pack()
            raise FirstRow
        self._row = []

    def pack(self) -> None:
        """Put the rows away that were read."""
        if self._rows:
            self.contents.blocks.append(zlib.compress(marshal.dumps(self._rows), 1))
        self._rows, self._text_of_block = [], 0

    def _merge(self, ref: str) -> None:
        found = _RANGE.fullmatch(ref)
        if not found:
            return
        if len(self.contents.merged) >= MOST_MERGED:
            message = _("The sheet has more than %d merged ranges. Unmerge them.") % MOST_MERGED
            raise Unreadable(Finding(message))
        first, last = column(found[1]), min(column(found[3]), MOST_COLUMNS - 1)
        if first < MOST_COLUMNS:
            self.contents.merged.append((int(found[2]), int(found[4]), first, last))


def _hidden(attributes: Attributes, size: str) -> bool:
    return attributes.get("hidden") in _TRUE or bool(_NO_SIZE.fullmatch(attributes.get(size, "")))


def column(letters: str) -> int:
    """Return the number of a column from 0."""
    index = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise damaged()
        index = index * 26 + ord(letter) - ord("A") + 1
    if not 0 < index <= 16_384:
        raise damaged()
    return index - 1
