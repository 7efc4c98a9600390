"""How templates write figures."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Protocol

from django import template

from carsi_tracker.figures.aggregates import Amount, Sums
from carsi_tracker.figures.bounds import Limits
from carsi_tracker.ledger import days, money
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.edition import with_edition
from carsi_tracker.reports.page.marks import marked, marked_plainly
from carsi_tracker.reports.page.shortened import in_prose

register = template.Library()
register.filter("query_string", as_query_string)
register.filter("with_edition", with_edition)


class OfLimits(Protocol):
    """A sum that may hold limits, in U.S. dollars."""

    @property
    def amount(self) -> Decimal:
        """The sum."""

    @property
    def limits(self) -> Limits:
        """What of it is a limit."""


Written = Decimal | OfLimits


@register.filter
def dollars(sum_: Written) -> str:
    """Write an amount in whole dollars, with cents where it has some: $123,109,500."""
    return _marked(sum_, money.whole_dollars)


@register.filter
def figure(sum_: Written) -> str:
    """Write an amount as tables do: 123,109,500."""
    return _marked(sum_, money.figure)


@register.filter
def signed(sum_: Written) -> str:
    """Write a change with its sign: +1,250,000."""
    return _marked(sum_, money.signed)


@register.filter("in_prose")
def written_in_prose(sum_: Written) -> str:
    """Write an amount in millions: $165 million."""
    return _marked(sum_, in_prose)


@register.filter
def in_text(sum_: OfLimits, how: str) -> str:
    """Write a sum where there is text alone: `how` is dollars, signed or prose."""
    write = {"dollars": money.whole_dollars, "signed": money.signed, "prose": in_prose}[how]
    return marked_plainly(write(sum_.amount), sum_.limits)


@register.filter
def of(sums: Sums, name: str) -> Amount:
    """Return the sum of a stage or measure."""
    return sums.of(name)


def _marked(sum_: Written, write: Callable[[Decimal], str]) -> str:
    if isinstance(sum_, Decimal):
        return write(sum_)
    return marked(write(sum_.amount), sum_.limits)


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
