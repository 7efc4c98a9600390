"""Amounts as charts write them."""

from decimal import Decimal

from django.utils.translation import gettext as _

from carsi_tracker.ledger import money

MILLION = 1_000_000


def in_prose(amount: Decimal) -> str:
    """Write an amount in millions with one decimal, below a million in whole dollars."""
    if abs(amount) < MILLION:
        return money.whole_dollars(amount)
    text = _("$%(amount)s million") % {"amount": f"{money.millions(abs(amount)):,}"}
    return f"−{text}" if amount < 0 else text


def at_axis(amount: Decimal) -> str:
    """Write a round amount as an axis does: $50 million."""
    if amount < MILLION:
        return money.whole_dollars(amount)
    return _("$%(amount)s million") % {"amount": f"{(amount / MILLION).normalize():,f}"}
