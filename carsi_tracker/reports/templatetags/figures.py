"""How templates write figures."""

from datetime import UTC, date, datetime
from decimal import Decimal

from django import template

from carsi_tracker.ledger import days, money
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.shortened import in_prose

register = template.Library()
register.filter("query_string", as_query_string)
register.filter("in_prose", in_prose)


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
def in_words(day: date) -> str:
    """Write a day as prose does: March 13, 2009."""
    return days.day_in_words(day)


@register.filter
def short_day(day: date) -> str:
    """Write a day as tables do: Mar 13, 2009."""
    return days.short_day(day)


@register.filter
def moment_in_words(moment: datetime) -> str:
    """Write a moment in Washington's time: March 13, 2009, 3:02 p.m. Washington time."""
    return days.moment_in_words(moment)


@register.filter
def moment_in_utc(moment: datetime) -> str:
    """Write a moment as addresses take it: 2009-03-13T20:02:00.000001Z."""
    return days.moment_as_written(moment.astimezone(UTC))


@register.filter
def moment_in_washington(moment: datetime) -> str:
    """Write a moment as addresses take it: 2009-03-13T15:02:00.000001-05:00."""
    return days.moment_as_written(moment.astimezone(days.WASHINGTON))


@register.filter
def day_in_washington(moment: datetime) -> date:
    """Return the day of a moment, in Washington."""
    return moment.astimezone(days.WASHINGTON).date()
