"""What each pasted row is: a line, a heading, a subtotal, a footnote, or a row without amounts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from carsi_tracker.imports.pasting.arithmetic import Sum, SummedRow, Wrong, possible_sums, sums
from carsi_tracker.imports.pasting.figures import FOOTNOTE, YEAR, Figure, figure
from carsi_tracker.imports.pasting.grid import MOST_ROWS, PastedGrid
from carsi_tracker.imports.pasting.roles import Role
from carsi_tracker.imports.pasting.vocabulary import plain
from carsi_tracker.ledger.amounts import AmountStyle
from carsi_tracker.ledger.columns import BY_NAME
from carsi_tracker.ledger.headings import heading

TOTAL = re.compile(
    r"(?:grand |gran |sub|sub-|sub )?total(?:es|s)?\b.*|sumas?\b.*|.*\b(?:sub)?total(?:es)?:?"
)
IDENTIFYING = frozenset({"reference", "title", "stage", "effective_date", "document", "country"})
"""The columns that a subtotal leaves empty, where its words don't say what it is."""


class RowKind(StrEnum):
    """What a row is."""

    LINE = "line"
    HEADING = "heading"
    SUM = "sum"
    NOTHING = "nothing"
    FOOTNOTE = "footnote"


@dataclass(frozen=True)
class SeenRow:
    """What a row is, and why: the rows it is the sum of, or its mark and text as a footnote.

    `heads` where it has headings of the import.
    """

    kind: RowKind
    parts: tuple[int, ...] = ()
    mark: str = ""
    text: str = ""
    heads: bool = False


@dataclass(frozen=True)
class PasteOutline:
    """The rows by what they are, the amounts in them by row and column, and wrong totals.

    `possible` are lines that are the sum of others, though nothing calls them totals.
    """

    rows: dict[int, SeenRow]
    figures: dict[tuple[int, int], Figure]
    wrong: list[Wrong] = field(default_factory=list)
    possible: list[Sum] = field(default_factory=list)

    @property
    def proposed(self) -> frozenset[int]:
        """The rows that are proposed to be left out."""
        return frozenset(row for row, seen in self.rows.items() if seen.kind is not RowKind.LINE)

    def amount(self, row: int, index: int) -> Decimal | None:
        """Return the amount of a cell, if it holds one."""
        found = self.figures.get((row, index))
        return found.amount if found else None


def outline(grid: PastedGrid, roles: Sequence[Role], written: AmountStyle) -> PasteOutline:
    """Say what each row is; a row that can't be told is a line."""
    columns = [index for index, role in enumerate(roles) if role.is_amount]
    figures = {
        (row, index): figure(cells[index], written)
        for row, cells in grid.rows.items()
        for index in columns
    }
    first = _first_line(grid, figures, columns)
    above = {grid.rows[row] for row in grid.rows if row < first}
    rows: dict[int, SeenRow] = {}
    for row, cells in grid.rows.items():
        of_row = [figures[row, index] for index in columns]
        heads = has_headings(cells)
        above_all = heads or row < first or cells in above
        rows[row] = SeenRow(RowKind.HEADING, heads=heads) if above_all else _seen(cells, of_row)
    named = [index for index, role in enumerate(roles) if role.name in IDENTIFYING]
    entries = _entries(grid, rows, figures, columns, named)
    entries = entries if len(entries) <= MOST_ROWS else []
    found, wrong = sums(entries)
    rows |= {made.row: SeenRow(RowKind.SUM, made.parts) for made in found}
    wrong = [_at_column(error, columns) for error in wrong]
    return PasteOutline(rows, figures, wrong, possible_sums(entries, found))


def headings(grid: PastedGrid, seen: PasteOutline) -> list[int]:
    """Return the rows above the first line."""
    rows: list[int] = []
    for row in grid.rows:
        if seen.rows[row].kind is not RowKind.HEADING:
            break
        rows.append(row)
    return rows


def has_headings(cells: Sequence[str]) -> bool:
    """Say whether a row has headings of the import."""
    return sum(heading(cell) in BY_NAME for cell in cells) > 1


def says_total(cells: Sequence[str]) -> bool:
    """Say whether a row's words say that it is a total."""
    return any(TOTAL.fullmatch(plain(cell)) for cell in cells)


def _at_column(error: Wrong, columns: list[int]) -> Wrong:
    return Wrong(error.row, columns[error.column], error.says, error.adds_up_to)


def _first_line(
    grid: PastedGrid, figures: dict[tuple[int, int], Figure], columns: list[int]
) -> int:
    """Return the first row with an amount that is no year in a heading."""
    for row, cells in grid.rows.items():
        if any(
            (figures[row, index].amount is not None or figures[row, index].two_readings)
            and not YEAR.fullmatch(cells[index].strip())
            for index in columns
        ):
            return row
    return 0


def _seen(cells: Sequence[str], figures: Sequence[Figure]) -> SeenRow:
    filled = [cell.strip() for cell in cells if cell.strip()]
    if len(filled) == 1 and (found := FOOTNOTE.fullmatch(filled[0])):
        return SeenRow(RowKind.FOOTNOTE, mark=found["mark"], text=found["text"])
    if (
        len(filled) == 2
        and FOOTNOTE.fullmatch(" ".join(filled))
        and all(one.nothing for one in figures)
    ):
        return SeenRow(RowKind.FOOTNOTE, mark=filled[0], text=filled[1])
    if any(not one.nothing for one in figures):
        return SeenRow(RowKind.LINE)
    return SeenRow(RowKind.NOTHING if any(one.text for one in figures) else RowKind.HEADING)


def _entries(
    grid: PastedGrid,
    rows: dict[int, SeenRow],
    figures: dict[tuple[int, int], Figure],
    columns: list[int],
    named: list[int],
) -> list[SummedRow]:
    """Return the rows with amounts, for their arithmetic."""
    entries: list[SummedRow] = []
    begins = False
    for row, cells in grid.rows.items():
        if rows[row].kind is RowKind.LINE:
            entries.append(
                SummedRow(
                    row,
                    tuple(figures[row, index].amount for index in columns),
                    says_total([cell for at, cell in enumerate(cells) if at not in columns]),
                    frozenset(index for index in named if cells[index].strip()),
                    begins,
                )
            )
            begins = False
        elif rows[row].kind is RowKind.HEADING:
            begins = True
    return entries
