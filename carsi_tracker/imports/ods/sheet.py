"""The rows of OpenDocument sheets, read as a stream (ODF 1.3, part 3, 9)."""

import re
from typing import Any

from carsi_tracker.imports import sheets
from carsi_tracker.imports.archive import MOST_LISTED, Attributes, damaged
from carsi_tracker.imports.kept import position
from carsi_tracker.imports.ods.values import TABLE, TEXT, read
from carsi_tracker.imports.sheets import Contents, Sheet, SheetReader, too_many_rows

_STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
_STYLED, _SHEET_STYLE = f"{_STYLE} style", f"{_STYLE} table-properties"
_SHEET, _ROW, _COLUMN = f"{TABLE} table", f"{TABLE} table-row", f"{TABLE} table-column"
_CELLS = frozenset({f"{TABLE} table-cell", f"{TABLE} covered-table-cell"})
_GROUPS = frozenset(
    f"{TABLE} table-{name}"
    for name in (
        "rows", "header-rows", "row-group", "columns", "header-columns", "column-group",
    )
)  # fmt: skip
_PARAGRAPHS = frozenset({f"{TEXT} p", f"{TEXT} h"})
_NOT_SHOWN = frozenset({f"{TEXT} note", f"{TEXT} ruby-text"})
_SPACE, _TAB, _BREAK = f"{TEXT} s", f"{TEXT} tab", f"{TEXT} line-break"
_ROWS_REPEATED, _COLUMNS_REPEATED = (f"{TABLE} number-{of}-repeated" for of in ("rows", "columns"))
_ROWS_SPANNED, _COLUMNS_SPANNED = (f"{TABLE} number-{of}-spanned" for of in ("rows", "columns"))
_BLANKS = re.compile(r"[ \t\r\n]+")
_MOST_SPACES = 1_000
_HIDDEN = frozenset({"collapse", "filter"})


class OpenDocumentReader(SheetReader):
    """Takes the content of a workbook in, and packs the rows of the sheets that are shown.

    Cells and rows that are repeated are counted before anything is made of them; those that are
    empty cost nothing. What lies in a cell beside its text (comments, drawings) is passed over.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Sheet] = []
        self._hidden_styles: set[str] = set()
        self._style = self._name = ""
        self._visible = self._in_sheet = self._in_row = self._in_paragraph = False
        self._passed_over = self._repeated = self._column = self._index = 0
        self._cell: Attributes | None = None
        self._text_parts: list[str] = []
        self._paragraphs = self._held = 0
        self._spans: list[tuple[int, int, int]] = []

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        self.elements += 1
        self.depth += 1
        if self._passed_over:
            self._passed_over += 1
        elif self._cell is not None:
            self._begin_in_cell(name, attributes)
        elif not self._in_sheet:
            self._begin_outside(name, attributes)
        elif name == _ROW and not self._in_row:
            self._begin_row(attributes)
        elif name in _CELLS and self._in_row:
            self._cell, self._text_parts = attributes, []
            self._paragraphs = self._held = 0
        elif name == _COLUMN:
            self._take_column(attributes)
        elif name not in _GROUPS:
            self._passed_over = 1

    def text(self, text: str) -> None:
        """Take a stretch of text; spaces that follow each other are one, as the standard says."""
        if not self._in_paragraph or self._passed_over:
            return
        words = _BLANKS.sub(" ", text)
        if words.startswith(" ") and self._after_space():
            words = words[1:]
        self._add(words)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        self.depth -= 1
        if self._passed_over:
            self._passed_over -= 1
        elif self._cell is not None:
            if name in _PARAGRAPHS:
                self._in_paragraph = False
            elif name in _CELLS:
                self._end_cell(self._cell)
        elif name == _ROW and self._in_row:
            self._end_row()
        elif name == _SHEET and self._in_sheet:
            self._end_sheet()

    def _begin_outside(self, name: str, attributes: Attributes) -> None:
        if name == _STYLED:
            self._style = attributes.get(f"{_STYLE} name", "")
        elif name == _SHEET_STYLE and attributes.get(f"{TABLE} display") == "false":
            self._hidden_styles.add(self._style)
        elif name == _SHEET:
            style = attributes.get(f"{TABLE} style-name", "")
            self._name = attributes.get(f"{TABLE} name", "")
            self._visible = style not in self._hidden_styles
            self._in_sheet, self._number, self._column = True, 0, 0
            self.contents = Contents()

    def _take_column(self, attributes: Attributes) -> None:
        first = self._column
        self._column += _repeated(attributes, _COLUMNS_REPEATED)
        hidden = self.contents.hidden_columns
        if attributes.get(f"{TABLE} visibility") in _HIDDEN and len(hidden) < sheets.MOST_COLUMNS:
            hidden.append((first, self._column - 1))

    def _begin_row(self, attributes: Attributes) -> None:
        self._in_row, self._row, self._spans, self._index = True, [], [], 0
        self._repeated = _repeated(attributes, _ROWS_REPEATED)
        self._hidden = attributes.get(f"{TABLE} visibility") in _HIDDEN
        self._number += 1

    def _begin_in_cell(self, name: str, attributes: Attributes) -> None:
        if name in _PARAGRAPHS and not self._in_paragraph:
            self._paragraphs += 1
            if self._paragraphs > 1:
                self._add("\n")
            self._in_paragraph = True
        elif not self._in_paragraph or not name.startswith(TEXT) or name in _NOT_SHOWN:
            self._passed_over = 1
        elif name == _SPACE:
            self._add(" " * min(position(attributes.get(f"{TEXT} c", "1")), _MOST_SPACES))
        elif name in {_TAB, _BREAK}:
            self._add("\t" if name == _TAB else "\n")

    def _add(self, text: str) -> None:
        """Take text of a cell in; what is far too long is refused before all of it is held."""
        if not self._visible:
            return
        self._text_parts.append(text)
        self._held += len(text)
        if self._held > sheets.LONGEST_CELL:
            self._weigh("".join(self._text_parts))

    def _after_space(self) -> bool:
        """Say whether a space would be the first of a paragraph, or stand beside another."""
        before = next((part for part in reversed(self._text_parts) if part), "\n")
        return before[-1] in " \t\n"

    def _end_cell(self, attributes: Attributes) -> None:
        self._cell, self._in_paragraph = None, False
        index, count = self._index, _repeated(attributes, _COLUMNS_REPEATED)
        self._index += count
        if not self._visible:
            return
        self._span(index, attributes)
        cell = read(attributes, "".join(self._text_parts) if self._paragraphs else None)
        if cell == "":
            return
        self._cells += count * self._repeated
        if index + count > sheets.MOST_COLUMNS or self._cells > sheets.MOST_CELLS:
            raise self._too_many(index + count - 1)
        if isinstance(cell, str):
            self._weigh(cell)
            self._text += len(cell) * (count * self._repeated - 1)
            self._text_of_block += len(cell) * (count - 1)
        self._row += [""] * (index - len(self._row)) + [cell] * count

    def _span(self, index: int, attributes: Attributes) -> None:
        if _ROWS_SPANNED not in attributes and _COLUMNS_SPANNED not in attributes:
            return
        rows = position(attributes.get(_ROWS_SPANNED, "1"))
        columns = position(attributes.get(_COLUMNS_SPANNED, "1"))
        if (rows > 1 or columns > 1) and len(self._spans) < sheets.MOST_COLUMNS:
            self._spans.append((rows, index, index + max(columns, 1) - 1))

    def _end_row(self) -> None:
        self._in_row = False
        for rows, first, last in self._spans:
            self._merge(self._number, self._number + max(rows, self._repeated) - 1, first, last)
        last = self._number + self._repeated - 1
        if not self._row:
            self._number = last
            return
        if last > sheets.MOST_ROWS:
            raise too_many_rows()
        while self._number < last:
            self._keep([*self._row])
            self._number += 1
        self._keep(self._row)

    def _end_sheet(self) -> None:
        if len(self.found) >= MOST_LISTED:
            raise damaged()
        self.pack()
        self._in_sheet = False
        contents = self.contents
        first: list[Any] | None = next((cells for _number, cells in contents), None)
        self.found.append(Sheet(self._name, self._visible, first, lambda: contents))


def _repeated(attributes: Attributes, of: str) -> int:
    if of not in attributes:
        return 1
    count = position(attributes[of])
    if not count:
        raise damaged()
    return count
