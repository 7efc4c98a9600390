"""Days as the ledger counts them, in Washington, and in words."""

from datetime import date
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from carsi_tracker.caching.remembered import remembered

WASHINGTON = ZoneInfo("America/New_York")


def today() -> date:
    """Return the day in Washington."""
    return timezone.localdate(timezone=WASHINGTON)


def fiscal_year(day: date) -> int:
    """Return the U.S. fiscal year of a day: it ends on 30 September of the year it is named by."""
    return day.year + (day.month >= 10)


def end_of_fiscal_year(year: int) -> date:
    """Return the last day of a U.S. fiscal year."""
    return date(year, 9, 30)


def day_in_words(day: date) -> str:
    """Write a day as prose does, in the active language: 13 March 2009."""
    return _written(day, _("j F Y"), get_language())


def short_day(day: date) -> str:
    """Write a day as tables do, in the active language: 13 Mar 2009."""
    return _written(day, _("j M Y"), get_language()).replace(" ", "\N{NO-BREAK SPACE}")


@remembered(4096)
def _written(day: date, form: str, language: str | None) -> str:  # noqa: ARG001 (that is spoken)
    return formats.date_format(day, form)
