"""Subtotals and totals among rows of amounts, by their arithmetic: exact, or said to be wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)
Amounts = tuple[Decimal | None, ...]


@dataclass(frozen=True)
class SummedRow:
    """A row of amounts, one a column, None where it has none.

    `says_total` where its words do; `filled` are its other columns; `begins` where a heading
    stands above it.
    """

    row: int
    amounts: Amounts
    says_total: bool = False
    filled: frozenset[int] = frozenset()
    begins: bool = False


@dataclass(frozen=True)
class Sum:
    """A row that is the sum of others, in every column; `parts` are their numbers in order."""

    row: int
    parts: tuple[int, ...]


@dataclass(frozen=True)
class Wrong:
    """A row that says it is a total and isn't: what it says, and what the rows above it give."""

    row: int
    column: int
    says: Decimal
    adds_up_to: Decimal


def added(entries: Sequence[SummedRow], width: int) -> Amounts:
    """Return the sums by column; None where no row has an amount."""
    found: list[Decimal | None] = []
    for column in range(width):
        amounts = [value for entry in entries if (value := entry.amounts[column]) is not None]
        found.append(sum(amounts, ZERO) if amounts else None)
    return tuple(found)


def sums(entries: Sequence[SummedRow]) -> tuple[list[Sum], list[Wrong]]:
    """Return the rows that are sums of rows above or below them, and totals that are wrong.

    A sum takes the place of its parts, so that a total may add subtotals. A row whose words don't
    say that it is a total is one only where it adds at least two rows that say more than itself.
    """
    found: list[Sum] = []
    wrong: list[Wrong] = []
    opened: list[SummedRow] = []
    for at, entry in enumerate(entries):
        if parts := _parts_above(entry, opened):
            found.append(_sum(entry, parts))
            del opened[-len(parts) :]
            opened.append(entry)
        elif parts := _parts_below(entry, entries[at + 1 :]):
            found.append(_sum(entry, parts))
        elif entry.says_total:
            wrong += _errors(entry, opened)
        else:
            opened.append(entry)
    return found, wrong


def possible_sums(entries: Sequence[SummedRow], found: Sequence[Sum]) -> list[Sum]:
    """Return rows that nothing calls a total, but that are the sum of two or more just below them.

    Of those below, sums are passed over: what is left are the lines of all levels.
    """
    known = {one.row for one in found}
    below: list[SummedRow] = []
    possible: list[Sum] = []
    for entry in reversed(entries):
        if entry.row in known or entry.says_total:
            continue
        counts = (count for count in _counts_that_add(entry, below) if count > 1)
        if count := next(counts, 0):
            possible.append(_sum(entry, below[:count]))
        else:
            below.insert(0, entry)
    return possible[::-1]


def _sum(total: SummedRow, parts: Sequence[SummedRow]) -> Sum:
    return Sum(total.row, tuple(part.row for part in parts))


def _parts_above(total: SummedRow, opened: Sequence[SummedRow]) -> Sequence[SummedRow]:
    """Return the rows just above, of those not yet added, that a row is the sum of."""
    holding = [
        count for count in _counts_that_add(total, opened[::-1]) if _may_add(total, opened[-count:])
    ]
    from_heading = [count for count in holding if opened[-count].begins]
    counts = from_heading[:1] or holding[-1:]
    return opened[-counts[0] :] if counts else ()


def _parts_below(total: SummedRow, following: Sequence[SummedRow]) -> Sequence[SummedRow]:
    """Return the rows just below that a row is the sum of, where its words say so."""
    if not total.says_total:
        return ()
    parts = [entry for entry in following if not entry.says_total]
    counts = (count for count in _counts_that_add(total, parts) if count > 1)
    return parts[: next(counts, 0)]


def _counts_that_add(total: SummedRow, parts: Sequence[SummedRow]) -> Iterator[int]:
    """Yield how many of the first parts are together what a row says, in every column."""
    asked = [amount or ZERO for amount in total.amounts]
    so_far = [ZERO for _amount in asked]
    for count, part in enumerate(parts if any(asked) else (), start=1):
        so_far = [
            mine + (amount or ZERO) for mine, amount in zip(so_far, part.amounts, strict=True)
        ]
        if so_far == asked:
            yield count


def _may_add(total: SummedRow, parts: Sequence[SummedRow]) -> bool:
    if total.says_total:
        return bool(parts)
    return len(parts) > 1 and all(total.filled < part.filled for part in parts)


def _errors(total: SummedRow, opened: Sequence[SummedRow]) -> list[Wrong]:
    """Say in which columns a total is not what the rows above add up to: all, or its section's."""
    begins = [at for at, entry in enumerate(opened) if entry.begins]
    ways = [added(opened[at:], len(total.amounts)) for at in {0, *begins[-1:]}]
    near = min(ways, key=lambda amounts: _distance(total.amounts, amounts))
    return [
        Wrong(total.row, column, says or ZERO, adds_up_to or ZERO)
        for column, (says, adds_up_to) in enumerate(zip(total.amounts, near, strict=True))
        if (says or 0) != (adds_up_to or 0)
    ]


def _distance(one: Amounts, other: Amounts) -> Decimal:
    pairs = zip(one, other, strict=True)
    return sum((abs((mine or ZERO) - (theirs or ZERO)) for mine, theirs in pairs), ZERO)
