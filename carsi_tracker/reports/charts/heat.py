"""Shades of amounts, from 0 (nothing) to 5 (the largest)."""

from decimal import Decimal

DARKEST = 5


def heat(amount: Decimal, largest: Decimal) -> int:
    """Return the shade of an amount, by the square root of its share of the largest one."""
    if amount <= 0 or largest <= 0:
        return 0
    share = min(amount / largest, Decimal(1))
    return int((share.sqrt() * DARKEST).to_integral_value("ROUND_CEILING"))
