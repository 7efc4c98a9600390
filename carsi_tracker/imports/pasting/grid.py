"""Pasted text as a grid of numbered cells, before anyone says what its columns hold."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from django.utils.translation import gettext as _

from carsi_tracker.imports.cells import Broken, Cell, is_blank
from carsi_tracker.imports.csv_text import TextRows, pasted_rows
from carsi_tracker.imports.errors import Finding, Unreadable
from carsi_tracker.imports.quoting import LINE_END

MOST_COLUMNS = 60
MOST_ROWS = 300
"""Of a paste that asks; rows with the headings of the import go in by the thousand."""


class Breaks(StrEnum):
    """How a cell between quotes that holds line breaks is read."""

    SEMICOLON = "semicolon"
    BLANK = "blank"
    ROWS = "rows"


BETWEEN = {Breaks.SEMICOLON: "; ", Breaks.BLANK: " "}


@dataclass(frozen=True)
class PastedGrid:
    """The rows that aren't blank, by their numbers, from 1; all are as wide as the widest.

    `broken` is the first cell with line breaks as it was pasted, where there is one, and `breaks`
    how such cells were read.
    """

    rows: dict[int, tuple[str, ...]] = field(default_factory=dict)
    width: int = 0
    broken: str = ""
    breaks: Breaks | None = None

    def with_cells(self, cells: dict[tuple[int, int], str]) -> "PastedGrid":
        """Return the grid with other texts, by row and column."""
        rows = {number: list(row) for number, row in self.rows.items()}
        for (number, index), text in cells.items():
            if number in rows and index < self.width:
                rows[number][index] = text
        return replace(self, rows={number: tuple(row) for number, row in rows.items()})


def cut(text: str, breaks: Breaks | None = None) -> PastedGrid:
    """Cut pasted text into cells; raises Unreadable for nothing at all, and for too wide a row.

    A cell with line breaks becomes one line; where the quotes hold tabs as well, they are taken
    for text, and the lines for rows, unless `breaks` says otherwise, or the tabs are those of cells
    without which rows would be wider than the first.
    """
    rows = pasted_rows(text)
    found = [(number, list(cells)) for number, cells in rows]
    broken = [cell for _number, cells in found for cell in cells if _is_broken(cell)]
    if broken and breaks is None:
        in_rows = any(_holds_rows(cell, rows) for cell in broken) and not _only_tabs(found)
        breaks = Breaks.ROWS if in_rows else Breaks.SEMICOLON
    if broken and breaks is Breaks.ROWS:
        found = list(enumerate(_as_rows(rows), start=1))
    return _grid(found, broken, breaks)


def _is_broken(cell: Cell) -> bool:
    return isinstance(cell, Broken)


def _holds_rows(cell: Cell, rows: TextRows) -> bool:
    text = cell.text if isinstance(cell, Broken) else ""
    return rows.delimiter in text or text.startswith('"')


def _only_tabs(found: list[tuple[int, list[Cell]]]) -> bool:
    """Say whether cells hold tabs and no line breaks, and rows are no wider than the first."""
    widths = [len(cells) for _number, cells in found]
    texts = [cell.text for _number, cells in found for cell in cells if isinstance(cell, Broken)]
    return max(widths) <= widths[0] and not any(LINE_END.search(text) for text in texts)


def _as_rows(rows: TextRows) -> Iterable[list[Cell]]:
    lines = io.StringIO("\n".join(LINE_END.split(rows.text)), newline="")
    for row in csv.reader(lines, delimiter=rows.delimiter, quoting=csv.QUOTE_NONE):
        yield list(row)


def _grid(
    found: list[tuple[int, list[Cell]]], broken: list[Cell], breaks: Breaks | None
) -> PastedGrid:
    between = BETWEEN.get(breaks or Breaks.SEMICOLON, "; ")
    rows: dict[int, list[str]] = {}
    for number, cells in found:
        texts = [_in_one_line(cell, between) for cell in cells]
        while texts and is_blank(texts[-1]):
            texts.pop()
        if texts:
            rows[number] = texts
    if not rows:
        raise Unreadable(Finding(_("There is nothing in it.")))
    width = max(map(len, rows.values()))
    if width > MOST_COLUMNS:
        widest = next(number for number, texts in rows.items() if len(texts) == width)
        message = _("The row has %(width)d columns; at most %(most)d are read. Copy fewer.")
        values = {"width": width, "most": MOST_COLUMNS}
        raise Unreadable(Finding(message % values, row=widest))
    whole = {number: (*texts, *[""] * (width - len(texts))) for number, texts in rows.items()}
    first = next((cell.text for cell in broken if isinstance(cell, Broken)), "")
    return PastedGrid(whole, width, first, breaks if broken else None)


def _in_one_line(cell: Cell, between: str) -> str:
    """Return the text of a cell; its lines are put together `between`, blank ones left out."""
    text = cell.text if isinstance(cell, Broken) else str(cell)
    if not LINE_END.search(text):
        return text.replace("\t", " ")
    lines = (line.strip() for line in LINE_END.split(text.strip()))
    return between.join(line for line in lines if line)
