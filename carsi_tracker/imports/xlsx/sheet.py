"""A sheet of a workbook, read row by row (ECMA-376, part 1, 18.3.1)."""

import re

from carsi_tracker.imports import sheets
from carsi_tracker.imports.archive import Attributes, damaged
from carsi_tracker.imports.sheets import SheetReader, too_many_rows
from carsi_tracker.imports.xlsx.values import NAMESPACES, Values

_RANGE = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
_TRUE = frozenset({"1", "true"})
_DIGITS = "0123456789"
_TEXTS = frozenset({"v", "t"})
_NO_SIZE = re.compile(r"0+(?:\.0*)?", re.ASCII)

_NAMES = ("row", "c", "v", "f", "is", "t", "rPh", "mergeCell", "col")
ELEMENTS = {f"{namespace} {name}": name for namespace in NAMESPACES for name in _NAMES}


class FirstRow(Exception):
    """The first filled row, where no more is wanted."""


class Reader(SheetReader):
    """Takes the elements of a sheet in, and packs its rows.

    Cells without an address stand beside the one before them, and rows without a number under the
    row before them, as the standard says. `first_only` ends it by FirstRow.
    """

    def __init__(self, values: Values, *, first_only: bool = False) -> None:
        super().__init__()
        self._values = values
        self._first_only = first_only
        self._columns: dict[str, int] = {}
        self._next = 0
        self._formula = self._inside = self._pronounced = self._within = False
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
            self._merge_range(attributes.get("ref", ""))
        elif element == "is" and self._saved is not None:
            raise damaged()
        elif element == "col" and _hidden(attributes, "width"):
            first, last = int(attributes["min"]) - 1, int(attributes["max"]) - 1
            if len(self.contents.hidden_columns) < sheets.MOST_COLUMNS:
                self.contents.hidden_columns.append((first, last))

    def _begin_text(self, element: str) -> None:
        self._inside = self._cell is not None and not self._pronounced
        if self._saved is None:
            self._saved = []
        elif element == "v":
            raise damaged()  # a second value: which of them is meant?

    def _begin_row(self, attributes: Attributes) -> None:
        number = int(attributes.get("r") or self._number + 1)
        if number > sheets.MOST_ROWS:
            raise too_many_rows()
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
        if index >= sheets.MOST_COLUMNS or self._cells > sheets.MOST_CELLS:
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

    def _end_row(self) -> None:
        self._within = False
        if not self._row:
            return
        self._keep(self._row)
        if self._first_only:
            self.pack()
            raise FirstRow
        self._row = []

    def _merge_range(self, ref: str) -> None:
        found = _RANGE.fullmatch(ref)
        if found:
            first, last = column(found[1]), column(found[3])
            self._merge(int(found[2]), int(found[4]), first, last)


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
