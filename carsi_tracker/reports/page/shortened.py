"""Amounts and shares as they are shortened: the same everywhere, and parts add up as shown."""

from decimal import Decimal

from django.utils.translation import gettext as _

from carsi_tracker.ledger import money

MILLION = 1_000_000
TENTH_OF_A_MILLION = Decimal(100_000)
TENTH = Decimal("0.1")
HUNDRED_PERCENT = Decimal(100)


def in_prose(amount: Decimal) -> str:
    """Write an amount in millions with one decimal, or none where it is even: $165 million.

    Below a million it is written in whole dollars.
    """
    if abs(amount) < MILLION:
        return money.whole_dollars(amount)
    millions = money.millions(abs(amount)) if amount % MILLION else abs(amount) // MILLION
    return _signed(amount, _("$%(amount)s million") % {"amount": f"{millions:,}"})


def part_in_prose(amount: Decimal, shown: Decimal) -> str:
    """Write a part of a whole, rounded to add up to it: $11.7 million, $0, less than $0.1 million.

    `shown` is what `amount` is rounded to, both in U.S. dollars.
    """
    if not amount:
        return "$0"
    if not shown:
        return _("less than $0.1 million")
    return _signed(amount, _("$%(amount)s million") % {"amount": _tenths(shown)})


def part_on_map(amount: Decimal, shown: Decimal) -> str:
    """Write the same part as short as a map needs it: $11.7 m."""
    if not amount:
        return "$0"
    if not shown:
        return _("< $0.1 m")
    return _signed(amount, _("$%(amount)s m") % {"amount": _tenths(shown)})


def percent(share: Decimal, shown: Decimal, unit: Decimal) -> str:
    """Write a share, rounded to `unit` so that shares add up: 9.5%, 0%, less than 0.1%."""
    if share and not shown:
        return _("less than %(unit)s%%") % {"unit": unit}
    return f"{shown}%"


def _tenths(shown: Decimal) -> str:
    return f"{abs(shown) / MILLION:,.1f}"


def _signed(amount: Decimal, text: str) -> str:
    return f"−{text}" if amount < 0 else text
