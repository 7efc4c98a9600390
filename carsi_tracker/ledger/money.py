"""Decimal U.S. dollars: how they are stored, rounded, split and written."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from itertools import accumulate, pairwise
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

CENT = Decimal("0.01")
LIMIT = Decimal(10) ** 12
"""Amounts stay under a trillion dollars."""


class DollarsField(models.DecimalField):  # type: ignore[type-arg]
    """Dollars and cents in a plain `numeric` column.

    A column with a scale would round an amount before any constraint could see that it has
    fractions of a cent; the constraint is in `sql/amounts.sql`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"max_digits": 16, "decimal_places": 2}
        super().__init__(*args, **kwargs)

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Return the column's type."""
        return "numeric"

    def deconstruct(self) -> Any:
        """Leave digits and places out of migrations: they are always the same."""
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs


def dollars(amount: Decimal) -> str:
    """Write an amount with cents, as refusals and the desk do: `-$1,250,000.00` with a minus."""
    return _signed(amount, f"${abs(amount):,.2f}")


def whole_dollars(amount: Decimal) -> str:
    """Write an amount as prose does, without cents where it has none: `$123,109,500`."""
    digits = (
        f"{abs(amount):,.0f}" if amount == amount.to_integral_value() else f"{abs(amount):,.2f}"
    )
    return _signed(amount, f"${digits}")


def figure(amount: Decimal) -> str:
    """Write an amount as tables do: no dollar sign, no cents where it has none, a minus sign."""
    return whole_dollars(amount).replace("$", "")


def signed(amount: Decimal) -> str:
    """Write a change as tables do, with its sign: `+1,250,000`."""
    return f"+{figure(amount)}" if amount > 0 else figure(amount)


def signed_dollars(amount: Decimal) -> str:
    """Write a change as prose does, with its sign: `+$1,250,000`."""
    return f"+{whole_dollars(amount)}" if amount > 0 else whole_dollars(amount)


def millions(amount: Decimal) -> Decimal:
    """Return an amount in millions of dollars, to one decimal place."""
    return (amount / 1_000_000).quantize(Decimal("0.1"), ROUND_HALF_EVEN)


def split(whole: Decimal, parts: Sequence[Decimal], unit: Decimal) -> list[Decimal]:
    """Round parts to `unit` so that they add up to `whole` rounded to `unit`.

    The largest remainder method (Hamilton); ties go to the earlier part.
    """
    target = (whole / unit).quantize(Decimal(1), ROUND_HALF_EVEN)
    floors = [(part / unit).to_integral_value(ROUND_DOWN) for part in parts]
    remainders = [part / unit - floor for part, floor in zip(parts, floors, strict=True)]
    missing = int(target - sum(floors))
    step = 1 if missing >= 0 else -1
    order = sorted(range(len(parts)), key=lambda index: (-step * remainders[index], index))
    for index in order[: abs(missing)]:
        floors[index] += step
    return [floor * unit for floor in floors]


def split_in_steps(parts: Sequence[Decimal], unit: Decimal) -> list[Decimal]:
    """Round parts to `unit` so that the first of them, the first two, and so on add up.

    Each of these sums is then what it is itself when rounded.
    """
    reached = [Decimal(0), *accumulate(parts)]
    rounded = [(sum_ / unit).quantize(Decimal(1), ROUND_HALF_EVEN) * unit for sum_ in reached]
    return [after - before for before, after in pairwise(rounded)]


def _signed(amount: Decimal, text: str) -> str:
    return f"−{text}" if amount < 0 else text
