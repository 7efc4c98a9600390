"""A sheet of a workbook while it is read: its rows, packed, within bounds."""

import marshal
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from carsi_tracker.imports.archive import Handler, too_much_text
from carsi_tracker.imports.errors import Finding, Unreadable

MOST_CELLS = 2_000_000
MOST_COLUMNS = 200
MOST_ROWS = 1_048_576
MOST_MERGED = 100_000
MOST_TEXT = 100_000_000
LONGEST_CELL = 32_767
_ROWS_A_BLOCK = 1_000
_TEXT_A_BLOCK = 1_000_000


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


@dataclass(frozen=True)
class Sheet:
    """A sheet of rows: whether it is shown, its first filled row, and what reads it whole."""

    name: str
    visible: bool
    first_row: list[Any] | None
    read: Callable[[], Contents]


class SheetReader(Handler):
    """Takes the elements of a sheet in, and packs its rows."""

    def __init__(self) -> None:
        super().__init__()
        self.contents = Contents()
        self._rows: list[tuple[int, list[Any]]] = []
        self._row: list[Any] = []
        self._number = self._cells = self._text = self._text_of_block = 0
        self._hidden = False

    def pack(self) -> None:
        """Put the rows away that were read."""
        if self._rows:
            self.contents.blocks.append(zlib.compress(marshal.dumps(self._rows), 1))
        self._rows, self._text_of_block = [], 0

    def _keep(self, row: list[Any]) -> None:
        """Keep a row that is filled, under its number."""
        self._rows.append((self._number, row))
        contents = self.contents
        contents.last_row = self._number
        contents.width = max(contents.width, len(row))
        if self._hidden:
            contents.hidden_rows.append(self._number)
        if len(self._rows) >= _ROWS_A_BLOCK or self._text_of_block > _TEXT_A_BLOCK:
            self.pack()

    def _weigh(self, text: str) -> None:
        self._text += len(text)
        self._text_of_block += len(text)
        if len(text) > LONGEST_CELL:
            message = _("The cell has more than %d characters.") % LONGEST_CELL
            raise Unreadable(Finding(message, row=self._number))
        if self._text > MOST_TEXT:
            raise too_much_text()

    def _too_many(self, index: int) -> Unreadable:
        if index >= MOST_COLUMNS:
            message = _("A cell far from the others is filled: the sheet has more than %d columns.")
            return Unreadable(Finding(message % MOST_COLUMNS, row=self._number))
        return Unreadable(Finding(_("The sheet has more than %d cells. Split it.") % MOST_CELLS))

    def _merge(self, first_row: int, last_row: int, first: int, last: int) -> None:
        if len(self.contents.merged) >= MOST_MERGED:
            message = _("The sheet has more than %d merged ranges. Unmerge them.") % MOST_MERGED
            raise Unreadable(Finding(message))
        if first < MOST_COLUMNS:
            area = first_row, last_row, first, min(last, MOST_COLUMNS - 1)
            self.contents.merged.append(area)


def too_many_rows() -> Unreadable:
    """Return the refusal of a sheet that is longer than sheets are."""
    return Unreadable(Finding(_("There are more than %d rows. Split the file.") % MOST_ROWS))
