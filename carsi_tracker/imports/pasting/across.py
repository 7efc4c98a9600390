"""Which columns of numbers are amounts of their own: not totals of others, shares or codes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from carsi_tracker.imports.pasting.arithmetic import ZERO, SummedRow, sums
from carsi_tracker.imports.pasting.roles import Role
from carsi_tracker.imports.pasting.vocabulary import plain

NO_AMOUNTS = re.compile(
    r"%|\b(?:percent|share|change|difference|variance|increase|decrease|balance|remaining"
    r"|un(?:obligated|disbursed|expended|committed)|request|code|number|porcentaje|por ciento"
    r"|cambio|diferencia|variacion|aumento|disminucion|saldo|solicitado|codigo|clave|numero)"
)
"""What stands over numbers that are no entries: shares, differences, what is left, codes."""
MONEY = re.compile(
    r"\$|\b(?:amount|total|subtotal|usd|dollar|cost|value|budget|fund|award|grant|fy|af|thousand"
    r"|million|monto|importe|valor|costo|presupuesto|fondo|dolar|miles|millon|suma)"
)


@dataclass(frozen=True)
class NumberColumn:
    """A column of numbers: what stands over it, and its amounts in the order of the rows.

    `named` where that is money, or what the ledger knows: a year, an agency.
    """

    index: int
    role: Role
    says_total: bool
    named: bool
    amounts: Sequence[Decimal | None]

    @property
    def stage(self) -> str:
        """The stage that its heading names."""
        return dict(self.role.says).get("stage", "")


@dataclass(frozen=True)
class TotalColumn:
    """A column that adds up others, its `parts`; `wrong` are the rows in which it doesn't."""

    index: int
    parts: tuple[int, ...]
    wrong: tuple[int, ...] = ()


def no_amounts(own: str) -> bool:
    """Say whether a column's own heading says that its numbers are no entries."""
    return bool(NO_AMOUNTS.search(plain(own)))


def names_money(text: str) -> bool:
    """Say whether a heading names money."""
    return bool(MONEY.search(plain(text)))


def totals(columns: Sequence[NumberColumn], rows: Sequence[int], unit: int) -> list[TotalColumn]:
    """Return the columns that say they are totals, and are in every row or in most.

    Those of one stage may add up the other columns of that stage alone. Off by rounding is a wrong
    total, not an amount.
    """
    found: dict[int, TotalColumn] = {}
    stages = {column.stage for column in columns} - {""}
    for group in (columns, *([c for c in columns if c.stage == of] for of in sorted(stages))):
        added, _wrong = sums([SummedRow(c.index, tuple(c.amounts), c.says_total) for c in group])
        for one in added:
            found.setdefault(one.row, TotalColumn(one.row, one.parts))
    for column in columns:
        if column.says_total and column.index not in found:
            found |= _nearly(column, columns, rows, unit)
    return [found[index] for index in sorted(found)]


def without_amounts(columns: Iterable[NumberColumn], added: Iterable[TotalColumn]) -> list[int]:
    """Return the columns whose headings name no money, where those of others do."""
    of_sums = {index for total in added for index in (total.index, *total.parts)}
    silent = {
        column.index for column in columns if not column.named and column.index not in of_sums
    }
    return sorted(silent) if silent < {column.index for column in columns} else []


def _nearly(
    total: NumberColumn, columns: Sequence[NumberColumn], rows: Sequence[int], unit: int
) -> dict[int, TotalColumn]:
    """Return a total that is wrong in some rows, beside the columns that it comes nearest to."""
    tried = [(_rows_off(total, parts, rows), parts) for parts in _ways(total, columns) if parts]
    if not tried:
        return {}
    off, parts = min(tried, key=lambda one: len(one[0]))
    rounded = all(by <= unit * len(parts) for by in off.values())
    if not rounded and 2 * len(off) >= len(rows):
        return {}
    return {total.index: TotalColumn(total.index, tuple(c.index for c in parts), tuple(off))}


def _ways(total: NumberColumn, columns: Sequence[NumberColumn]) -> Iterator[Sequence[NumberColumn]]:
    """Yield what a total may add up: its group, the amounts of its stage, the other totals."""
    before: list[NumberColumn] = []
    for column in columns:
        if column.index == total.index:
            yield before
        before = [] if column.says_total else [*before, column]
    yield [c for c in columns if not c.says_total and total.stage in {"", c.stage}]
    yield [c for c in columns if c.says_total and c.index != total.index]


def _rows_off(
    total: NumberColumn, parts: Sequence[NumberColumn], rows: Sequence[int]
) -> dict[int, Decimal]:
    """Return by how much a total is off, by the rows in which it is."""
    found: dict[int, Decimal] = {}
    for at, row in enumerate(rows):
        by = (total.amounts[at] or ZERO) - sum((c.amounts[at] or ZERO for c in parts), ZERO)
        if by:
            found[row] = abs(by)
    return found
