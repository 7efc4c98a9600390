"""How templates write figures."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils import formats
from django.utils.translation import gettext as _

from carsi_tracker.ledger import days, money
from carsi_tracker.reports.page.address import as_query_string

register = template.Library()
register.filter("query_string", as_query_string)


@register.filter
def dollars(amount: Decimal) -> str:
    """Write an amount in whole dollars, with cents where it has some: $123,109,500."""
    return money.whole_dollars(amount)


@register.filter
def figure(amount: Decimal) -> str:
    """Write an amount as tables do: 123,109,500."""
    return money.figure(amount)


@register.filter
def signed(amount: Decimal) -> str:
    """Write a change with its sign: +1,250,000."""
    return money.signed(amount)


@register.filter
def millions(amount: Decimal) -> str:
    """Write an amount in millions with one decimal, alike in both languages: 123.1."""
    return f"{money.millions(amount):,}"


@register.filter
def in_words(day: date) -> str:
    """Write a day as prose does: 13 March 2009."""
    return days.day_in_words(day)


@register.filter
def short_day(day: date) -> str:
    """Write a day as tables do: 13 Mar 2009."""
    return days.short_day(day)


@register.filter
def moment_in_words(moment: datetime) -> str:
    """Write a moment in Washington's time: 13 March 2009, 15:02."""
    return formats.date_format(moment.astimezone(days.WASHINGTON), _("j F Y, H:i"))


@register.filter
def day_in_washington(moment: datetime) -> date:
    """Return the day of a moment, in Washington."""
    return moment.astimezone(days.WASHINGTON).date()
