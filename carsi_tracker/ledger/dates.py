"""Typed days: ISO dates, dates with the month's name, and numeric dates with one reading."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from carsi_tracker.ledger.days import day_in_words


class Order(StrEnum):
    """What comes first in dates of numbers that end in the year."""

    MONTH_FIRST = "month-first"
    DAY_FIRST = "day-first"


LONGEST = 60
HYPHENS = dict.fromkeys(map(ord, "‐‑‒–−"), "-")  # noqa: RUF001
YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")
SHORT_YEAR = re.compile(r"[0-9]{1,2}([-/.])[0-9]{1,2}\1[0-9]{2}")
TIME = re.compile(
    r"(?P<day>.*[0-9])(?:t| +)(?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)"
    r"(?P<half> ?[ap]\.? ?m\.?)?(?P<zone> ?(?:z|utc|gmt|[-+][0-9]{2}:?[0-9]{2}))?"
)
MIDNIGHT = re.compile(r"00?(?::00){1,2}(?:\.0+)?")

MONTHS = (
    "january jan enero ene",
    "february feb febrero",
    "march mar marzo",
    "april apr abril abr",
    "may mayo",
    "june jun junio",
    "july jul julio",
    "august aug agosto ago",
    "september sept sep septiembre setiembre set",
    "october oct octubre",
    "november nov noviembre",
    "december dec diciembre dic",
)
NUMBER_OF = {name: at for at, names in enumerate(MONTHS, start=1) for name in names.split()}
WEEKDAYS = (
    "monday mon lunes lun",
    "tuesday tue tues martes",
    "wednesday wed miercoles mie",
    "thursday thu thur thurs jueves jue",
    "friday fri viernes vie",
    "saturday sat sabado sab",
    "sunday sun domingo dom",
)
WEEKDAY_OF = {name: at for at, names in enumerate(WEEKDAYS) for name in names.split()}

_AROUND = re.compile(r"(?<=[0-9a-z]) ?[-/] ?(?=[0-9a-z])|(?<=[0-9]) ?\. ?(?=[0-9])| (?=,)")
"""A separator of a date, with the spaces that some people type around it."""
_MONTH = rf"(?P<month>{'|'.join(sorted(NUMBER_OF, key=len, reverse=True))})\.?"
_DAY = r"(?P<day>[0-9]{1,2}|primero)\.?(?:st|nd|rd|th|ro|er|[oº°])?\.?"
_YEAR = r"(?P<year>[0-9]{4})"
_TO_MONTH = r"(?: |-|/| of | de |-de-)?"
_TO_YEAR = r"(?:, ?| |-|/| of | de | del | del ano |-de-|-del-)?"
NAMED = [
    re.compile(pattern)
    for pattern in (
        rf"(?:the |el )?{_DAY}{_TO_MONTH}{_MONTH}{_TO_YEAR}{_YEAR}",
        rf"{_MONTH}[ -]{_DAY}(?:, ?| |-| of | de | del ){_YEAR}",
        rf"{_YEAR}[ -/]{_MONTH}[ -/]{_DAY}",
    )
]
WEEKDAY = re.compile(rf"(?P<weekday>{'|'.join(WEEKDAY_OF)})\.?,? (?P<rest>.+)")
SHORT_NAMED = re.compile(rf"[0-9]{{1,2}}[ -]{_MONTH}[ -][0-9]{{2}}")


def parse_day(text: str, order: Order | None = None) -> date:
    """Read a typed day, such as `2009-03-13`, `13/3/2009`, `13-Mar-2009` or `13 de marzo de 2009`.

    `order` says what comes first in numeric dates; without it, one with two readings is refused.
    A midnight after the day, as spreadsheets write it, is no part of it. Raises ValidationError,
    whose message quotes the text, for text with two readings (naming both), for a day that
    doesn't exist and for anything else.
    """
    plain = _plain(text) if len(text) <= LONGEST else ""
    if with_time := TIME.fullmatch(plain):
        if not _is_midnight(with_time):
            raise ValidationError(
                _("“%s” has a time of day. Write only the date.") % text, "not_a_date"
            )
        plain = with_time["day"]
    if found := YEAR_FIRST.fullmatch(plain):
        year, _separator, month, day = found.groups()
        return _one(text, [(year, month, day)])
    if found := YEAR_LAST.fullmatch(plain):
        first, _separator, second, year = found.groups()
        return _in_order(text, order, year, first, second)
    if named := _named(text, plain):
        return named
    raise _not_a_date(text, plain)


def _plain(text: str) -> str:
    """Return text in small letters without accents, with plain hyphens and single spaces."""
    small = unicodedata.normalize("NFD", text.casefold()).translate(HYPHENS)
    words = " ".join("".join(mark for mark in small if not "\u0300" <= mark <= "\u036f").split())
    return _AROUND.sub(lambda found: found[0].strip(), words)


def _is_midnight(written: re.Match[str]) -> bool:
    time, half = written["time"], (written["half"] or "").strip()
    if written["zone"]:
        return False
    if half:
        return half[0] == "a" and bool(MIDNIGHT.fullmatch(re.sub(r"^12", "00", time)))
    return bool(MIDNIGHT.fullmatch(time))


def _in_order(text: str, order: Order | None, year: str, first: str, second: str) -> date:
    month_first, day_first = (year, first, second), (year, second, first)
    if order is None:
        return _one(text, [month_first, day_first])
    try:
        return _one(text, [month_first if order is Order.MONTH_FIRST else day_first])
    except ValidationError:
        if not _days([month_first, day_first]):
            raise
        message = (
            _("“%s” is no date with the month first, as was chosen for all rows.")
            if order is Order.MONTH_FIRST
            else _("“%s” is no date with the day first, as was chosen for all rows.")
        )
        raise ValidationError(message % text, "other_order") from None


def _one(text: str, written: list[tuple[str | int, str | int, str | int]]) -> date:
    readings = _days(written)
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


def _named(text: str, plain: str) -> date | None:
    """Read a date with the name of its month; None where it isn't one."""
    weekday = WEEKDAY.fullmatch(plain)
    for found in _matches(weekday["rest"] if weekday else plain):
        number = "1" if found["day"] == "primero" else found["day"]
        day = _one(text, [(found["year"], NUMBER_OF[found["month"]], number)])
        if weekday and day.weekday() != WEEKDAY_OF[weekday["weekday"]]:
            raise ValidationError(
                _("“%s”: that day has another day of the week.") % text, "other_weekday"
            )
        return day
    return None


def _matches(plain: str) -> Iterator[re.Match[str]]:
    return (found for pattern in NAMED if (found := pattern.fullmatch(plain)))


def _not_a_date(text: str, plain: str) -> ValidationError:
    if SHORT_YEAR.fullmatch(plain) or SHORT_NAMED.fullmatch(plain):
        message = _("“%s”: write the year in four digits, such as 2009-03-13.")
    else:
        message = _("“%s” is not a date. Enter a date such as 2009-03-13.")
    return ValidationError(message % text[:LONGEST], "not_a_date")


def _days(written: list[tuple[str | int, str | int, str | int]]) -> list[date]:
    days = []
    for year, month, day in written:
        try:
            days.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return sorted(set(days))
