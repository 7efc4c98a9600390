"""Rows of cells to amounts of commitments, every fault named at its cell."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

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
from carsi_tracker.imports.codes import Code, NewCodes, Vocabulary
from carsi_tracker.imports.commitments import OF_LEDGER, Commitments, describe, disagreement
from carsi_tracker.imports.errors import Finding, Unreadable
from carsi_tracker.imports.placeholders import refuse_error, refuse_placeholder, why
from carsi_tracker.imports.spelling import LONGEST_CODE
from carsi_tracker.imports.table import Row, Table
from carsi_tracker.ledger.columns import (
    BY_NAME,
    COLUMNS,
    NAMES,
    Column,
    Kind,
    Needed,
)
from carsi_tracker.ledger.dates import Order
from carsi_tracker.ledger.models import Stage

CHUNK = 2000
MOST_FAULTS = 10_000
MOST_NEW = 2_000
"""Commitments that a file may introduce; the database takes milliseconds for each."""
OF_LINE = [name for name in NAMES if name != "reference" and name not in OF_LEDGER]
REPEATED = {
    column.name
    for column in COLUMNS
    if column.kind in {Kind.REFERENCE, Kind.CODE, Kind.ORGANIZATION, Kind.DAY}
}
"""The columns whose cells say the same few things again and again: each is read once."""

_ALWAYS = [column.name for column in COLUMNS if column.needed is Needed.ALWAYS]
_POSITION = {column.name: position for position, column in enumerate(COLUMNS)}
_WHOLE_NUMBER = re.compile(r"([0-9]+)\.0")


class Amount(NamedTuple):
    """An amount of a file in U.S. dollars; an appropriated one has no reference.

    `waits_for` is the batch that introduces the commitment, where it is another one, not posted.
    """

    row: int
    reference: str | None
    appropriation_id: int | None
    stage: str
    amount: Decimal
    effective_date: date
    document_id: int
    locator: str
    basis: str
    note: str
    quote: str
    waits_for: int | None


class Interpreter:
    """Reads the rows of a table; `faults` grows while it does.

    `order` is of dates in numbers; `asks_order` says that a date was met that needs it, or another
    one, and `by_order` has the first that was read by it, as it stands and as a day.
    """

    def __init__(
        self, table: Table, own_batch: int | None = None, order: Order | None = None
    ) -> None:
        self._table = table
        self._order = order
        self.asks_order = False
        self.by_order: tuple[str, date] | None = None
        self.vocabulary = Vocabulary()
        self.commitments = Commitments(self.vocabulary, own_batch)
        self.faults: list[Finding] = []
        self.new_partners = NewCodes(self.vocabulary.columns["partner"])
        self.row_count = 0
        self._described: set[tuple[Any, ...]] = set()
        self._read_before: dict[tuple[str, str], Any] = {}

    def chunks(self) -> Iterator[list[Amount]]:
        """Yield the sound amounts of up to CHUNK rows at a time; raises Unreadable."""
        rows = iter(self._table)
        while chunk := list(islice(rows, CHUNK)):
            self.row_count += len(chunk)
            self.commitments.look_up(self._references(chunk))
            yield [amount for row in chunk if (amount := self._unless_too_many(row))]
        self.faults += self.commitments.missing(self._table.sheet)
        self.faults.sort(key=lambda fault: (fault.row or 0, _POSITION.get(fault.column, 0)))

    def _unless_too_many(self, row: Row) -> Amount | None:
        """Read a row; raises Unreadable, with the faults so far, where they are too many."""
        if len(self.commitments.new) > MOST_NEW:
            message = _("The file introduces more than %d commitments. Split it.") % MOST_NEW
            raise Unreadable(Finding(message, self._table.sheet, row.number))
        if len(self.faults) < MOST_FAULTS:
            return self._amount(row)
        message = _("There are %d faults and more; what follows was not read.") % MOST_FAULTS
        raise Unreadable(*self.faults, Finding(message, self._table.sheet, row.number))

    def _references(self, rows: Iterable[Row]) -> Iterator[str]:
        for row in rows:
            if cell := row.cells.get("reference"):
                try:
                    yield self._read_once("reference", cell)
                except ValidationError:
                    continue

    def _amount(self, row: Row) -> Amount | None:
        before = len(self.faults)
        self.faults += row.faults
        if not row.cells:
            return None
        faulty = {fault.column for fault in row.faults}
        values = {name: self._value(row, name) for name in OF_LINE}
        for name in _ALWAYS:
            if name not in row.cells and name not in faulty:
                self._fault(row, name, _("The cell is empty; it is needed in every row."))
        appropriation_id = reference = waits_for = None
        if values["stage"] and values["stage"].text == Stage.APPROPRIATED:
            appropriation_id = self._appropriation(row)
        elif "reference" in row.cells:
            reference, waits_for = self._commitment(row)
        elif values["stage"] and "reference" not in faulty:
            message = _("The cell is empty; every amount but an appropriated one has a commitment.")
            self._fault(row, "reference", message)
        if len(self.faults) > before:
            return None
        return Amount(
            row.number,
            reference,
            appropriation_id,
            values["stage"].text,
            values["amount_usd"],
            values["effective_date"],
            values["document"].pk,
            values["locator"] or "",
            values["basis"].text,
            values["note"] or "",
            values["quote"] or "",
            waits_for,
        )

    def _appropriation(self, row: Row) -> int | None:
        for name in row.cells:
            if name not in OF_LINE and name not in {"fiscal_year", "account"}:
                message = _("An appropriated amount has no commitment: leave this cell empty.")
                self._fault(row, name, message)
        for name in ("fiscal_year", "account"):
            if name not in row.cells:
                message = _("The cell is empty; an appropriated amount needs it.")
                self._fault(row, name, message)
        year, account = self._value(row, "fiscal_year"), self._value(row, "account")
        if not year or not account:
            return None
        try:
            return self.vocabulary.appropriation(year, account.text)
        except ValidationError as error:
            self._fault(row, "account", error.messages[0])
            return None

    def _commitment(self, row: Row) -> tuple[str | None, int | None]:
        cell = row.cells["reference"]
        try:
            reference = self._read_once("reference", cell)
        except ValidationError as error:
            other = self.commitments.looks_like(shown(cell))
            meant = f" {_('Probably meant: %s.') % other}" if other else ""
            self._fault(row, "reference", f"{why(cell, error)}{meant}")
            return None, None
        described = (reference, *map(row.cells.get, OF_LEDGER))
        known = self.commitments.known(reference)
        if described not in self._described:
            before = len(self.faults)
            self._describe(row, reference)
            if len(self.faults) == before:
                self._described.add(described)
        return reference, known.batch_id if known else None

    def _describe(self, row: Row, reference: str) -> None:
        known, new = self.commitments.known(reference), None
        if known is None:
            try:
                new = self.commitments.introduce(reference, row.number)
            except ValidationError as error:
                self._fault(row, "reference", error.messages[0])
                return
            new.named |= row.cells.keys() | {fault.column for fault in row.faults}
        for name in OF_LEDGER:
            if name not in row.cells:
                continue
            value = self._value(row, name)
            if value in {None, ""}:
                continue
            if known:
                message = disagreement(known, name, value)
            elif new:
                message = describe(new, name, value, row.number)
            if message:
                self._fault(row, name, message)

    def _value(self, row: Row, name: str) -> Any:
        """Return the value of a cell; None where it is empty or has a fault, which is noted."""
        cell = row.cells.get(name)
        if cell is None:
            return None
        try:
            return self._read_once(name, cell)
        except ValidationError as error:
            self._fault(row, name, why(cell, error))
            return None

    def _read_once(self, name: str, cell: Cell) -> Any:
        """Read a cell, or take what was read of the same one before; raises ValidationError."""
        if name not in REPEATED or not isinstance(cell, str):
            return self._read(name, cell)
        if (name, cell) not in self._read_before:
            self._read_before[name, cell] = self._read(name, cell)
        return self._read_before[name, cell]

    def _read(self, name: str, cell: Cell) -> Any:
        column = BY_NAME[name]
        if isinstance(cell, Broken):
            raise ValidationError(cell.message, "broken")
        if isinstance(cell, str):
            refuse_error(cell)
        if name in self.vocabulary.columns:
            return self._code(column, cell)
        match column.kind:
            case Kind.AMOUNT:
                return read_amount(cell)
            case Kind.DAY:
                return self._day(cell)
            case Kind.TEXT:
                return self._text(column, cell)
            case Kind.YEAR:
                return read_year(cell)
        return read_reference(cell)

    def _code(self, column: Column, cell: Cell) -> Code:
        text = code_text(cell)
        if len(text) > LONGEST_CODE:
            raise ValidationError(_("“%s” is too long for a code.") % shown(text), "too_long")
        if column.name == "goal" and (whole := _WHOLE_NUMBER.fullmatch(text)):
            text = whole[1]
        codes = self.vocabulary.columns[column.name]
        if codes.get(text) is None:
            refuse_placeholder(column.name, text)
            if column.name == "partner":
                name = " ".join(read_text(cell, column.longest).split())
                return self.new_partners.take(name)
        return codes[text]

    def _text(self, column: Column, cell: Cell) -> str:
        text = read_text(cell, column.longest)
        if column.name in OF_LEDGER:
            refuse_placeholder(column.name, text)
        return text

    def _day(self, cell: Cell) -> date:
        try:
            day = read_day(cell, self._order)
            if self._order and not self.by_order and has_two_readings(cell):
                self.by_order = shown(cell), day
        except ValidationError as error:
            self.asks_order |= error.code in {"two_readings", "other_order"}
            raise
        return day

    def _fault(self, row: Row, column: str, message: str) -> None:
        value = shown(row.cells.get(column, ""))
        self.faults.append(Finding(message, self._table.sheet, row.number, column, value))
