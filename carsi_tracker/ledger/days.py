"""Days as the ledger counts them, in Washington, and in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from carsi_tracker.caching.remembered import remembered

WASHINGTON = ZoneInfo("America/New_York")

_kept_at: ContextVar[date | None] = ContextVar("kept_at", default=None)


def today() -> date:
    """Return the day in Washington; where a copy is made of another day, that one."""
    return _kept_at.get() or timezone.localdate(timezone=WASHINGTON)


@contextmanager
def as_on(day: date) -> Iterator[None]:
    """Answer as on a day that has passed: what is made within does not tell when it was made."""
    token = _kept_at.set(day)
    try:
        yield
    finally:
        _kept_at.reset(token)


def fiscal_year(day: date) -> int:
    """Return the U.S. fiscal year of a day: it ends on September 30 of the year it is named by."""
    return day.year + (day.month >= 10)


def end_of_fiscal_year(year: int) -> date:
    """Return the last day of a U.S. fiscal year."""
    return date(year, 9, 30)


def day_in_words(day: date) -> str:
    """Write a day as prose does, in the active language: March 13, 2009."""
    return _written(day, _("F j, Y"), get_language())


def short_day(day: date) -> str:
    """Write a day as tables do, in the active language: Mar 13, 2009."""
    return _written(day, _("M j, Y"), get_language()).replace(" ", "\N{NO-BREAK SPACE}")


def moment_in_words(moment: datetime) -> str:
    """Write a moment in Washington's time: March 13, 2009, 3:02 p.m. Washington time."""
    local = moment.astimezone(WASHINGTON)
    return _("%(day)s, %(time)s Washington time") % {
        "day": day_in_words(local.date()),
        "time": formats.date_format(local, _("g:i a")),
    }


def moment_as_written(moment: datetime) -> str:
    """Write a moment as addresses take it, with its zone and all digits of its second.

    2009-03-13T20:02:00.000001Z, and with the zone's offset in place of Z where it is not UTC.
    """
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


@remembered(4096)
def _written(day: date, form: str, language: str | None) -> str:  # noqa: ARG001 (that is spoken)
    return formats.date_format(day, form)
