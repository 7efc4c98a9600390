"""Typed days: ISO dates, and numeric dates that can be read in one way only."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from carsi_tracker.ledger.days import day_in_words

YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")


def parse_day(text: str) -> date:
    """Read a typed day, such as `2009-03-13` or `13/3/2009`.

    Raises ValidationError, whose message quotes the text, for text with two readings (naming
    both), for a day that doesn't exist and for anything else.
    """
    stripped = text.strip()
    if found := YEAR_FIRST.fullmatch(stripped):
        year, _separator, month, day = found.groups()
        readings = _days([(year, month, day)])
    elif found := YEAR_LAST.fullmatch(stripped):
        first, _separator, second, year = found.groups()
        readings = _days([(year, first, second), (year, second, first)])
    else:
        raise ValidationError(
            _("“%s” is not a date. Write it as year-month-day, such as 2009-03-13.") % text,
            "not_a_date",
        )
    if not readings:
        raise ValidationError(_("“%s”: there is no such day.") % text, "no_such_day")
    if len(readings) > 1:
        raise ValidationError(
            _(
                "“%(text)s” can be read as %(one)s or as %(other)s. "
                "Write it as year-month-day, such as 2009-03-13."
            )
            % {"text": text, "one": day_in_words(readings[0]), "other": day_in_words(readings[1])},
            "two_readings",
        )
    return readings[0]


def _days(written: list[tuple[str, str, str]]) -> list[date]:
    days = []
    for year, month, day in written:
        try:
            days.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return sorted(set(days))
