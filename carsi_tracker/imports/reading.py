"""The cells of a file, read by their columns."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from carsi_tracker.imports.cells import (
    Broken,
    Cell,
    code_text,
    has_two_readings,
    read_amount,
    read_day,
    read_reference,
    read_text,
    read_year,
    shown,
)
from carsi_tracker.imports.codes import Code
from carsi_tracker.imports.commitments import OF_LEDGER, Commitments
from carsi_tracker.imports.placeholders import refuse_error, refuse_placeholder
from carsi_tracker.imports.spelling import LONGEST_CODE
from carsi_tracker.imports.table import Row
from carsi_tracker.ledger.columns import BY_NAME, COLUMNS, Column, Kind
from carsi_tracker.ledger.dates import Order

REPEATED = {
    column.name
    for column in COLUMNS
    if column.kind in {Kind.REFERENCE, Kind.CODE, Kind.ORGANIZATION, Kind.DAY}
}
"""The columns whose cells say the same few things again and again: each is read once."""

_WHOLE_NUMBER = re.compile(r"([0-9]+)\.0")


class Cells:
    """Reads the cells of a file by their columns; `order` is of dates in numbers."""

    def __init__(self, commitments: Commitments, order: Order | None) -> None:
        self._commitments = commitments
        self._codes = commitments.vocabulary.columns
        self._order = order
        self._read_before: dict[tuple[str, str], Any] = {}

    def read(self, name: str, cell: Cell) -> Any:
        """Read a cell, or take what was read of the same one before; raises ValidationError."""
        if name not in REPEATED or not isinstance(cell, str):
            return self._read(name, cell)
        if (name, cell) not in self._read_before:
            self._read_before[name, cell] = self._read(name, cell)
        return self._read_before[name, cell]

    def references(self, rows: Iterable[Row]) -> Iterator[str]:
        """Yield the references of rows, where they can be read."""
        for row in rows:
            if cell := row.cells.get("reference"):
                try:
                    yield self.read("reference", cell)
                except ValidationError:
                    continue

    def by_order(self) -> tuple[str, date] | None:
        """Return the first date in numbers that was read by the order chosen, if any was."""
        days = (
            (shown(cell), day)
            for (name, cell), day in self._read_before.items()
            if name == "effective_date" and has_two_readings(cell)
        )
        return next(days, None) if self._order else None

    def _read(self, name: str, cell: Cell) -> Any:
        column = BY_NAME[name]
        if isinstance(cell, Broken):
            raise ValidationError(cell.message, "broken")
        if isinstance(cell, str):
            refuse_error(cell)
        if name in self._codes:
            return self._code(column, cell)
        match column.kind:
            case Kind.AMOUNT:
                return read_amount(cell)
            case Kind.DAY:
                return read_day(cell, self._order)
            case Kind.TEXT:
                return _text(column, cell)
            case Kind.YEAR:
                return read_year(cell)
        return read_reference(cell)

    def _code(self, column: Column, cell: Cell) -> Code:
        text = code_text(cell)
        if len(text) > LONGEST_CODE:
            raise ValidationError(_("“%s” is too long for a code.") % shown(text), "too_long")
        if column.name == "goal" and (whole := _WHOLE_NUMBER.fullmatch(text)):
            text = whole[1]
        codes = self._codes[column.name]
        if codes.get(text) is None:
            refuse_placeholder(column.name, text)
            if column.name == "partner":
                name = " ".join(read_text(cell, column.longest).split())
                return self._commitments.new_partners.take(name)
        return codes[text]


def _text(column: Column, cell: Cell) -> str:
    text = read_text(cell, column.longest)
    if column.name in OF_LEDGER:
        refuse_placeholder(column.name, text)
    return text
