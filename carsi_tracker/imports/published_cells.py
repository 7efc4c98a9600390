"""The cells of a file of published totals."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from carsi_tracker.imports.cells import (
    Cell,
    code_text,
    read_amount,
    read_day,
    read_text,
    read_year,
    shown,
)
from carsi_tracker.imports.codes import AcceptedCodes, Code, Codes
from carsi_tracker.imports.errors import Finding
from carsi_tracker.imports.placeholders import refuse_error, why
from carsi_tracker.imports.table import Format, Row
from carsi_tracker.ledger.models import PublishedFigure
from carsi_tracker.ledger.refusals import Refused

TEXTS = ("locator", "quote", "wider", "wider_es", "explanation", "explanation_es")
REFERENCES = ("document", "account", "area", "country", "agency")
AMOUNTS = {"amount_usd": "amount", "tolerance_usd": "tolerance"}
COLUMNS = (
    "key", "document", "locator", "quote", "measure", "account", "year", "area", "country",
    "agency", "date_from", "as_of", "relation", "amount_usd", "tolerance_usd", "wider",
    "wider_es", "explanation", "explanation_es",
)  # fmt: skip
NEEDED = frozenset(("key", "document", "measure", "as_of", "relation", "amount_usd"))
"""The columns whose cells may not be empty."""
PUBLISHED = Format(
    COLUMNS,
    COLUMNS,
    frozenset(("agency", *TEXTS)),
    frozenset(
        ("publisher", "our_usd", "our_bound", "our_entries", "difference_usd", "verdict", "retired")
    ),
)
"""The columns of `fixtures/ledger/published_figures.csv`; the download of the page has more."""
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FIELDS: list[Any] = [*PublishedFigure._meta.concrete_fields]
LONGEST: dict[str, int] = {each.name: each.max_length or 0 for each in _FIELDS}
OF_COMMITMENTS = ("area", "country", "agency")
NOT_OF_COMMITMENTS = ("appropriated", "available")
IN_BOTH_LANGUAGES = ("wider", "explanation")


@dataclass(frozen=True)
class FigureRow:
    """A row of the file: what it says by column, and what stands there now; None where it is new.

    Both are written as files write them.
    """

    number: int
    values: dict[str, Any]
    before: dict[str, str] | None

    @property
    def key(self) -> str:
        """The key of the published total."""
        return str(self.values["key"])

    @cached_property
    def changed(self) -> list[tuple[str, str, str]]:
        """Return the columns that it changes, each with what stands there and what will."""
        before = self.before or dict.fromkeys(COLUMNS, "")
        after = {name: as_written(self.values[name]) for name in COLUMNS}
        return [(name, before[name], now) for name, now in after.items() if before[name] != now]


class FigureReader:
    """Reads rows, and gathers what is wrong with them."""

    def __init__(self, sheet: str, figures: QuerySet[PublishedFigure]) -> None:
        codes = AcceptedCodes().columns
        self._codes = {name: codes[name] for name in REFERENCES}
        self._codes["measure"] = Codes(Code(each) for each in PublishedFigure.Measure.values)
        self._codes["relation"] = Codes(Code(each) for each in PublishedFigure.Relation.values)
        there = figures.select_related(*REFERENCES)
        self._there = {figure.key: _as_columns(figure) for figure in there}
        self._rows: dict[str, int] = {}
        self._sheet = sheet
        self.faults: list[Finding] = []

    def row(self, row: Row) -> FigureRow:
        """Read a row; its faults are noted."""
        known = len(self.faults)
        self.faults += row.faults
        values = {name: self._cell(name, row) for name in COLUMNS}
        faulty = {fault.column for fault in self.faults[known:]}
        before = self._there.get(values["key"] or "")
        for name, message in self._together(values, before):
            if name not in faulty:
                value = as_written(values[name])
                self.faults.append(Finding(message, self._sheet, row.number, name, value))
        if values["key"]:
            self._rows.setdefault(values["key"], row.number)
        return FigureRow(row.number, values, before)

    def _cell(self, name: str, row: Row) -> Any:
        cell = row.cells.get(name)
        try:
            if cell is not None:
                return self._read(name, cell)
            if name in NEEDED and not row.faults:
                message = _("This cell is empty. Every row needs it.")
                self.faults.append(Finding(message, self._sheet, row.number, name))
        except ValidationError as error:
            place = (self._sheet, row.number, name)
            self.faults.append(Finding(why(cell, error), *place, shown(cell)))
        if name in TEXTS:
            return ""
        return Decimal(0) if name == "tolerance_usd" else None

    def _read(self, name: str, cell: Cell) -> Any:
        refuse_error(cell)
        if name in self._codes:
            code = self._codes[name][code_text(cell)]
            return code if name in REFERENCES else code.text
        if name in TEXTS:
            return read_text(cell, LONGEST[name])
        return READERS[name](cell)

    def _together(
        self, values: dict[str, Any], before: dict[str, str] | None
    ) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with cells that are sound by themselves, each at its column."""
        if number := self._rows.get(values["key"] or ""):
            yield "key", _("Row %d has the same key.") % number
        yield from contradictions(values)
        for name in REFERENCES:
            code = values[name]
            if code and code.retired and (before or {}).get(name) != code.text:
                yield name, _("“%s” is retired. Choose another for new entries.") % code.text


def contradictions(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what the values of a published total say against each other, each at its column."""
    first, last = said.get("date_from"), said.get("as_of")
    if first and last and first > last:
        yield "date_from", _("It begins after the day that it goes through.")
    yield from what_laws_lack(said)
    for name in IN_BOTH_LANGUAGES:
        if said.get(f"{name}_es") and not said.get(name):
            yield name, _("What is written in Spanish is written in English too.")


def what_laws_lack(asked: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield area, country and agency where they are asked of what is appropriated."""
    if asked.get("measure") in NOT_OF_COMMITMENTS:
        for name in OF_COMMITMENTS:
            if asked.get(name):
                yield name, _("What is appropriated has none. Leave it empty.")


def as_written(value: Any) -> str:
    """Write a value as files do."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, Code):
        return value.text
    return "" if value is None else str(value)


def _as_columns(figure: PublishedFigure) -> dict[str, str]:
    """Write a published total by the columns of its file."""
    keys = {"document": figure.document.key}
    keys |= {name: of.code if (of := getattr(figure, name)) else "" for name in REFERENCES[1:]}
    return {
        name: keys[name] if name in keys else as_written(getattr(figure, AMOUNTS.get(name, name)))
        for name in COLUMNS
    }


def _read_key(cell: Cell) -> str:
    key = code_text(cell)
    if not KEY.fullmatch(key) or len(key) > LONGEST["key"]:
        message = _(
            "“%(text)s” is not a key. Use a-z, 0-9 and hyphens, at most %(longest)d characters."
        )
        raise ValidationError(message % {"text": shown(key), "longest": LONGEST["key"]}, "key")
    if key == "none":
        raise ValidationError(str(Refused("code_but_none")), "key")
    return key


def _read_day(cell: Cell) -> date:
    try:
        return read_day(cell)
    except ValidationError as error:
        if error.code == "too_early":
            raise ValidationError(str(Refused("published_period")), error.code) from error
        raise


def _read_year(cell: Cell) -> int:
    year = read_year(cell)
    if not 1990 <= year <= 2100:
        raise ValidationError(str(Refused("fiscal_year_in_range")), "year")
    return year


def read_amount_or_zero(cell: Cell) -> Decimal:
    """Return an amount in U.S. dollars, or zero; raises ValidationError."""
    try:
        return read_amount(cell)
    except ValidationError as error:
        if error.code == "zero":
            return Decimal(0)
        raise


def _read_total(cell: Cell) -> Decimal:
    amount = read_amount_or_zero(cell)
    if amount < 0:
        raise ValidationError(str(Refused("published_amount")), "negative")
    return amount


READERS: dict[str, Callable[[Cell], Any]] = {
    "key": _read_key,
    "year": _read_year,
    "date_from": _read_day,
    "as_of": _read_day,
    "amount_usd": _read_total,
    "tolerance_usd": _read_total,
}
