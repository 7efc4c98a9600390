"""Rows of cells to amounts of commitments, every fault named at its cell."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from carsi_tracker.imports.cells import shown
from carsi_tracker.imports.codes import AcceptedCodes, Cells
from carsi_tracker.imports.commitments import OF_LEDGER, Commitments, describe, disagreement
from carsi_tracker.imports.errors import Finding, Unreadable
from carsi_tracker.imports.placeholders import why
from carsi_tracker.imports.table import Row, Table
from carsi_tracker.ledger.amounts import IN_DOLLARS, AmountStyle
from carsi_tracker.ledger.columns import COLUMNS, OF_LINE, Needed
from carsi_tracker.ledger.dates import Order
from carsi_tracker.ledger.models import Stage

CHUNK = 2000
MOST_FAULTS = 10_000
MOST_NEW = 2_000
"""Commitments that a file may introduce; the database takes milliseconds for each."""

_ALWAYS = {column.name for column in COLUMNS if column.needed is Needed.ALWAYS}
_POSITION = {column.name: position for position, column in enumerate(COLUMNS)}


class LineAmount(NamedTuple):
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


@dataclass(frozen=True)
class Interpreted:
    """What was read of a table: its faults in their order, and what its rows name.

    `by_order` is the first date in numbers that was read by the order chosen, as it stands and as
    a day.
    """

    row_count: int
    faults: list[Finding]
    commitments: Commitments
    by_order: tuple[str, date] | None


def interpret(
    table: Table,
    own_batch: int | None,
    order: Order | None,
    take: Callable[[list[LineAmount]], None],
    progress: Callable[[int], None],
    *,
    amounts: AmountStyle = IN_DOLLARS,
) -> Interpreted:
    """Read a table, and give its amounts to `take`, some thousands at once, while none has faults.

    `progress` is told how many rows were read. Raises Unreadable, with the faults so far, where
    they are too many.
    """
    commitments = Commitments(AcceptedCodes(), own_batch)
    cells = Cells(commitments.vocabulary, commitments.new_partners, order, amounts)
    faults: list[Finding] = []
    rows, row_count = iter(table), 0
    while chunk := list(islice(rows, CHUNK)):
        row_count += len(chunk)
        commitments.look_up(_references(chunk, cells))
        found = []
        for row in chunk:
            _refuse_too_many(row, table.sheet, faults, commitments)
            read = read_row(row, table.sheet, cells, commitments)
            if isinstance(read, LineAmount):
                found.append(read)
            else:
                faults += read
        progress(row_count)
        if not faults:
            take(found)
    faults += commitments.missing(table.sheet)
    faults.sort(key=lambda fault: (fault.row or 0, _POSITION.get(fault.column, 0)))
    return Interpreted(row_count, faults, commitments, cells.by_order())


def _references(rows: Iterable[Row], cells: Cells) -> Iterator[str]:
    for row in rows:
        if cell := row.cells.get("reference"):
            try:
                yield cells.read("reference", cell)
            except ValidationError:
                continue


def _refuse_too_many(row: Row, sheet: str, faults: list[Finding], commitments: Commitments) -> None:
    if len(commitments.new) > MOST_NEW:
        message = _("The file contains more than %d new commitments. Split it.") % MOST_NEW
        raise Unreadable(Finding(message, sheet, row.number))
    if len(faults) >= MOST_FAULTS:
        message = _("There are more than %d errors. The rest was not read.") % MOST_FAULTS
        raise Unreadable(*faults, Finding(message, sheet, row.number))


def read_row(
    row: Row, sheet: str, cells: Cells, commitments: Commitments
) -> LineAmount | list[Finding]:
    """Return the amount of a row, or what is wrong with it."""
    return _Reading(row, sheet, cells, commitments).amount() if row.cells else row.faults


class _Reading:
    """A row while it is read, and what was found wrong with it."""

    def __init__(self, row: Row, sheet: str, cells: Cells, commitments: Commitments) -> None:
        self._row, self._sheet, self._cells = row, sheet, cells
        self._commitments = commitments
        self._faults = [*row.faults]

    def amount(self) -> LineAmount | list[Finding]:
        """Return the amount, or all faults."""
        row = self._row
        values = {name: self._value(name) for name in OF_LINE}
        appropriation_id = reference = waits_for = None
        stage = values["stage"]
        if stage and stage.text == Stage.APPROPRIATED:
            appropriation_id = self._appropriation()
        elif "reference" in row.cells:
            reference, waits_for = self._commitment()
        elif stage:
            message = _("Enter a reference, unless the stage is appropriated.")
            self._fault("reference", message)
        if self._faults:
            return self._faults
        values |= {
            "stage": stage.text,
            "document": values["document"].pk,
            "basis": values["basis"].text,
        }
        said = [values[name] or "" for name in OF_LINE]
        return LineAmount._make([row.number, reference, appropriation_id, *said, waits_for])

    def _appropriation(self) -> int | None:
        for name in self._row.cells:
            if name not in OF_LINE and name not in {"fiscal_year", "account"}:
                message = _("An appropriated amount has no commitment: leave this cell empty.")
                self._fault(name, message)
        for name in ("fiscal_year", "account"):
            if name not in self._row.cells:
                self._fault(name, _("This cell is empty. An appropriated amount needs it."))
        year, account = self._value("fiscal_year"), self._value("account")
        if not year or not account:
            return None
        try:
            return self._commitments.vocabulary.appropriation(year, account.text)
        except ValidationError as error:
            self._fault("account", error.messages[0])
            return None

    def _commitment(self) -> tuple[str | None, int | None]:
        cells, commitments = self._row.cells, self._commitments
        cell = cells["reference"]
        try:
            reference = self._cells.read("reference", cell)
        except ValidationError as error:
            other = commitments.looks_like(shown(cell))
            meant = (_("Probably meant: %s.") % other,) if other else ()
            self._fault("reference", " ".join((why(cell, error), *meant)))
            return None, None
        described = (reference, *map(cells.get, OF_LEDGER))
        if described not in commitments.described:
            before = len(self._faults)
            self._describe(reference)
            if len(self._faults) == before:
                commitments.described.add(described)
        known = commitments.known(reference)
        return reference, known.batch_id if known else None

    def _describe(self, reference: str) -> None:
        row, known, new = self._row, self._commitments.known(reference), None
        if known is None:
            try:
                new = self._commitments.introduce(reference, row.number)
            except ValidationError as error:
                self._fault("reference", error.messages[0])
                return
            new.named |= row.cells.keys()
        for name in OF_LEDGER:
            value = self._value(name)
            if value in {None, ""}:
                continue
            if known:
                message = disagreement(known, name, value)
            elif new:
                message = describe(new, name, value, row.number)
            if message:
                self._fault(name, message)

    def _value(self, name: str) -> Any:
        """Return the value of a cell; None where it is empty or has a fault, which is noted."""
        cell = self._row.cells.get(name)
        if cell is None:
            if name in _ALWAYS:
                self._fault(name, _("This cell is empty. Every row needs it."))
            return None
        try:
            return self._cells.read(name, cell)
        except ValidationError as error:
            self._fault(name, why(cell, error), error.code)
            return None

    def _fault(self, column: str, message: str, code: str | None = None) -> None:
        value = shown(self._row.cells.get(column, ""))
        row = self._row.number
        self._faults.append(Finding(message, self._sheet, row, column, value, code))
