"""What is found in a file: faults, which refuse it, and warnings, which don't."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from carsi_tracker.imports.labels import label
from carsi_tracker.ledger.columns import NAMES

LINES_APART = 10_000_000
"""Where one row gives several lines, the later ones are numbered by so much more."""


def row_as_sent(number: int) -> int:
    """Return the row, as its sender counts, of a line by its number."""
    return number % LINES_APART


@dataclass(frozen=True)
class Finding:
    """A sentence about a file, a row or a cell.

    `row` counts as a spreadsheet does, from 1; `column` is the heading or, where there is none,
    the letters of a spreadsheet's column; `value` is what stands in the cell; `code` tells faults
    of different kinds apart, where that is of use.
    """

    message: str
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    code: str | None = None

    @property
    def place(self) -> str:
        """Where it is, in words; empty where it is about the whole file."""
        parts = []
        if self.sheet:
            parts.append(_("sheet “%s”") % self.sheet)
        if self.row:
            parts.append(_("row %d") % row_as_sent(self.row))
        if self.column:
            parts.append(_("column %s") % self.column)
        return ", ".join(parts)

    @property
    def column_in_words(self) -> str:
        """What pages call a column of the import; empty for other headings."""
        return label(self.column) if self.column in NAMES else ""


class Unreadable(Exception):
    """A file that has no rows to read; `findings` say why."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__(*findings)
        self.findings = list(findings)


def letters(index: int) -> str:
    """Return the letters of a spreadsheet's column, counted from 0."""
    name = ""
    while index >= 0:
        index, digit = divmod(index, 26)
        name, index = chr(ord("A") + digit) + name, index - 1
    return name
