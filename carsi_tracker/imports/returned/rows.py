"""The rows of a file that comes back: which entry each is, and what of it differs."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from carsi_tracker.imports import spelling
from carsi_tracker.imports.cells import EXCEL_DAYS, EXCEL_EPOCH, Broken, Cell, written
from carsi_tracker.imports.codes import Cells, Code
from carsi_tracker.imports.errors import Finding
from carsi_tracker.imports.placeholders import why
from carsi_tracker.imports.returned.held import Held, Key
from carsi_tracker.imports.table import AMOUNTS, Format, Row
from carsi_tracker.ledger.columns import NAMES, OF_LINE
from carsi_tracker.ledger.dates import Order, parse_day

KEY = ("version", "line")
RETURNED = Format(
    (*NAMES, *KEY),
    ("amount_usd", *KEY),
    AMOUNTS.escaped,
    AMOUNTS.not_read - {*KEY},
    others_pass=True,
)
"""A download of entries that comes back; columns that were added to it are passed over."""

_MAY_BE_EMPTY = frozenset({"locator", "note", "quote"})
_NOT_OF_COMMITMENT = ("fiscal_year", "account")


@dataclass(frozen=True)
class Edited:
    """A row of a file that is an entry: what the file has instead, by the columns that differ."""

    row: Row
    entry: Held
    values: dict[str, Any]

    @property
    def amount(self) -> Decimal:
        """The amount in the file."""
        amount: Decimal = self.values.get("amount_usd", self.entry.amount_usd)
        return amount


class Matching:
    """Tells rows that are entries from new ones, and notes `faults` while it does."""

    def __init__(
        self, held: Mapping[Key, Held], cells: Cells, sheet: str, columns: Collection[str]
    ) -> None:
        """Match rows of a table that has `columns`: one that was deleted changes nothing."""
        self._held, self._cells, self._sheet = held, cells, sheet
        self._columns = columns
        self.faults: list[Finding] = []
        self.found: dict[Key, int] = {}
        self._only_by: dict[Order, list[Row]] = {order: [] for order in Order}

    def refuse_mixed_dates(self) -> None:
        """Refuse dates that are those of the download only by an order that others don't have.

        One may have been changed to what the other order makes of it: it is asked for.
        """
        rows = min(self._only_by.values(), key=len)
        message = _(
            "This date is that of the download only if the %(one)s comes first, and others only if "
            "the %(other)s does. Say what comes first, or write it as year-month-day."
        )
        day_first = rows is self._only_by[Order.DAY_FIRST]
        words = [_("day"), _("month")] if day_first else [_("month"), _("day")]
        for row in rows if all(self._only_by.values()) else ():
            text = message % dict(zip(("one", "other"), words, strict=True))
            self._fault(row, "effective_date", text, "two_readings")

    def read(self, row: Row) -> Edited | Row | None:
        """Return the entry that a row is, with what differs; a new row; or None for a fault."""
        before = len(self.faults)
        key = self._key(row)
        if key is None:
            cells = {name: cell for name, cell in row.cells.items() if name not in KEY}
            return None if len(self.faults) > before else Row(row.number, cells, row.faults)
        if key not in self._held:
            message = _(
                "The download did not hold line %(line)s of version %(version)s. If the row is "
                "new, clear version and line."
            )
            self._fault(row, "line", message % {"version": key[0], "line": key[1]})
            return None
        if key in self.found:
            message = _(
                "Row %(row)d has the same version and line. If this row is new, clear version "
                "and line in it; if it is a copy, remove it."
            )
            self._fault(row, "line", message % {"row": self.found[key]})
            return None
        self.found[key] = row.number
        self.faults += row.faults
        return Edited(row, self._held[key], self._differing(row, self._held[key]))

    def _key(self, row: Row) -> Key | None:
        version, line = (row.cells.get(name, "") for name in KEY)
        if version == line == "":
            return None
        numbers = [_whole(cell) for cell in (version, line)]
        for name, number in zip(KEY, numbers, strict=True):
            if number is None:
                message = _(
                    "Version and line say which entry the row is: both are as in the download, or "
                    "both are empty in a new row."
                )
                self._fault(row, name, message)
                return None
        return numbers[0] or 0, numbers[1] or 0

    def _differing(self, row: Row, entry: Held) -> dict[str, Any]:
        of_entry = ("reference", *OF_LINE) if entry.reference else (*_NOT_OF_COMMITMENT, *OF_LINE)
        values = {}
        for name in of_entry:
            cell = row.cells.get(name, "")
            before = getattr(entry, name)
            if name == "effective_date" and self._cells.order is None:
                self._note_order(row, before)
            if name not in self._columns or same(name, cell, before, self._cells.order):
                continue
            if cell == "" and name not in _MAY_BE_EMPTY:
                self._fault(row, name, _("This cell is empty. Every row needs it."))
                continue
            try:
                value = self._cells.read(name, cell) if cell != "" else ""
            except ValidationError as error:
                self._fault(row, name, why(cell, error), error.code)
                continue
            value = value.text if isinstance(value, Code) else value
            if value != before:
                values[name] = value
        return values

    def _note_order(self, row: Row, before: date) -> None:
        text = written_whole(row.cells.get("effective_date", ""))
        by = [order for order in Order if before in _read_days(text, [order])]
        if len(by) == 1:
            self._only_by[by[0]].append(row)

    def _fault(self, row: Row, column: str, message: str, code: str | None = None) -> None:
        value = written(row.cells.get(column, ""))
        self.faults.append(Finding(message, self._sheet, row.number, column, value, code))


def same(name: str, cell: Cell, before: Any, order: Order | None = None) -> bool:
    """Say whether a cell can be read as what the entry has, whatever a spreadsheet made of it.

    So dates may be day numbers or, where no `order` is said, have two readings, and texts other
    spaces around them.
    """
    if isinstance(cell, Broken):
        return False
    if name == "effective_date":
        return before in _days(cell, order)
    if isinstance(before, Decimal):
        return isinstance(cell, Decimal) and cell == before
    text = " ".join(spelling.strip(written_whole(cell)).split())
    return text == " ".join(str(before).split())


def written_whole(cell: Cell) -> str:
    """Write a cell, however long it is."""
    return cell if isinstance(cell, str) else written(cell)


def _days(cell: Cell, order: Order | None) -> Iterator[date]:
    if isinstance(cell, date):
        yield date(cell.year, cell.month, cell.day)
        return
    text = written_whole(cell).strip()
    if text.isdecimal() and int(text[:9]) in EXCEL_DAYS:
        yield EXCEL_EPOCH + timedelta(days=int(text))
    yield from _read_days(text, [order] if order else [None, *Order])


def _read_days(text: str, orders: Iterable[Order | None]) -> Iterator[date]:
    for order in orders:
        try:
            yield parse_day(text, order)
        except ValidationError:
            continue


def _whole(cell: Cell) -> int | None:
    text = spelling.strip(written_whole(cell)).removesuffix(".0")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else None
