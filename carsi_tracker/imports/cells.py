"""One cell of a file or of pasted text, to a value; a ValidationError says what is accepted."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from carsi_tracker.imports import spelling
from carsi_tracker.ledger.amounts import IN_DOLLARS, AmountStyle, parse_amount
from carsi_tracker.ledger.dates import Order, parse_day
from carsi_tracker.ledger.days import day_in_words, today
from carsi_tracker.ledger.money import CENT
from carsi_tracker.ledger.refusals import Refused
from carsi_tracker.ledger.text import check, is_empty, odd_made_visible

UNDECODED = re.compile(r"[\ud800-\udfff]")
REFERENCE = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")
YEAR = re.compile(r"(?:FY ?)?([0-9]{4})(?:\.0)?", re.IGNORECASE)
WIDE = Context(prec=400)
FIRST_DAY = date(1990, 1, 1)
EXCEL_EPOCH = date(1899, 12, 30)
EXCEL_DAYS = range(32874, 73051)
"""The days from 1990 to 2099, as Excel counts them."""

LONGEST_SHOWN = 120

Number = Decimal
"""What a number cell of a workbook holds."""
_AS_SHOWN = Context(prec=15)
_LARGEST_EXPONENT = 308
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")


@dataclass(frozen=True)
class Broken:
    """A cell without a value to read: what stands there, and why it can't be read.

    `unsure` where it isn't sure which cells its text belongs to: then nobody may leave it unread.
    """

    text: str
    message: str
    unsure: bool = False


Cell = str | Number | bool | date | datetime | time | timedelta | Broken


def number(text: str) -> Number:
    """Return a number as a spreadsheet shows it: fifteen digits; raises ValueError for others."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    value = _AS_SHOWN.create_decimal(text).normalize()
    if value and abs(value.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError(text)
    return value or Number(0)


def written(value: object) -> str:
    """Write a cell as it was found: whole numbers without decimals, undecodable bytes escaped."""
    if isinstance(value, Number):
        text = f"{value:f}" if -5 <= value.adjusted() < 15 else f"{value:e}"
    elif isinstance(value, str):
        start = value[: LONGEST_SHOWN + 1]
        text = start.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    elif isinstance(value, Broken):
        return written(value.text)
    else:
        text = str(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def shown(value: object) -> str:
    """Write a cell for its reader, with codes for what nobody sees."""
    return odd_made_visible(written(value))


def is_blank(cell: Cell) -> bool:
    """Say whether a cell holds nothing that shows."""
    if not isinstance(cell, str):
        return False
    return not cell or (not "!" <= cell[0] <= "~" and is_empty(cell))


def read_amount(cell: Cell, amounts: AmountStyle = IN_DOLLARS) -> Decimal:
    """Return a signed amount in U.S. dollars; a number cell counts to fifteen digits.

    `amounts` says how text is written.
    """
    if isinstance(cell, str):
        return parse_amount(_decoded(cell).strip(spelling.SPACES), amounts)
    if not isinstance(cell, Number):
        raise ValidationError(_("“%s” is not an amount.") % shown(cell), "not_an_amount")
    amount = cell
    if amount != amount.quantize(CENT, context=WIDE):
        raise ValidationError(
            _("“%s” has fractions of a cent; write at most two decimals.") % shown(cell), "sub_cent"
        )
    return parse_amount(f"{amount:.2f}")


def read_day(cell: Cell, order: Order | None = None) -> date:
    """Return a day from 1990 up to today in Washington; `order` is of dates in numbers."""
    day = _day(cell, order)
    if day < FIRST_DAY:
        raise ValidationError(str(Refused("effective_date_in_range")), "too_early")
    if day > (now := today()):
        days = {"date": day.isoformat(), "today": now.isoformat()}
        raise ValidationError(str(Refused("date_not_come", days)), "not_come")
    return day


def has_two_readings(cell: Cell) -> bool:
    """Say whether a cell is a date in numbers that only an order makes one day."""
    try:
        _day(cell, None)
    except ValidationError as error:
        return error.code == "two_readings"
    return False


def _day(cell: Cell, order: Order | None) -> date:
    if isinstance(cell, datetime):
        if cell.time() != time():
            raise ValidationError(
                _("“%s” has a time of day. Write only the date.") % cell, "not_a_date"
            )
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = written(cell)
    if text.isdecimal() and int(text[:9]) in EXCEL_DAYS:
        excel = day_in_words(EXCEL_EPOCH + timedelta(days=int(text)))
        raise ValidationError(
            _(
                "“%(text)s” is not a date. Excel counts %(day)s as day %(text)s: if that is meant, "
                "write it as year-month-day, such as 2009-03-13, or format the cell as a date."
            )
            % {"text": text, "day": excel},
            "not_a_date",
        )
    return parse_day(text.strip(spelling.SPACES), order)


def read_text(cell: Cell, longest: int | None = None) -> str:
    """Return one line of plain text."""
    text = code_text(cell)
    if not text.isascii():
        _refuse_garbled(text)
    check(text)
    if longest and len(text) > longest:
        raise ValidationError(
            _("The text has %(length)d characters; at most %(longest)d are accepted.")
            % {"length": len(text), "longest": longest},
            "too_long",
        )
    return text


def _refuse_garbled(text: str) -> None:
    """Refuse letters that were replaced, and UTF-8 read as Windows-1252 ("Ã³" for "ó")."""
    if "\N{REPLACEMENT CHARACTER}" in text:
        raise ValidationError(_lost(text), "garbled")
    try:
        before = text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return
    meant = _("Probably meant: %s.") % before
    raise ValidationError(f"{_lost(text)} {meant}", "garbled")


def _lost(text: str) -> str:
    return _("“%s” has letters that were lost when the file was saved.") % text


def read_reference(cell: Cell) -> str:
    """Return the reference of a commitment, in capitals."""
    reference = code_text(cell).upper()
    if not reference.isascii() or not REFERENCE.fullmatch(reference):
        raise ValidationError(
            _("“%s” is not a reference: use A-Z, 0-9 and single hyphens.") % shown(cell),
            "reference",
        )
    if len(reference) > 40:
        raise ValidationError(_("A reference has at most 40 characters."), "too_long")
    return reference


def read_year(cell: Cell) -> int:
    """Return a fiscal year."""
    found = YEAR.fullmatch(code_text(cell))
    if not found:
        raise ValidationError(
            _("“%s” is not a fiscal year. Write four digits, such as 2008.") % shown(cell), "year"
        )
    return int(found[1])


def code_text(cell: Cell) -> str:
    """Return the text of a cell without the spaces around it; a number as a spreadsheet shows it.

    Raises ValidationError for a date, a time or a truth value, which nobody writes as text: a
    spreadsheet made them of what was typed.
    """
    if isinstance(cell, str):
        return spelling.strip(_decoded(cell))
    if isinstance(cell, Number):
        return shown(cell)
    raise ValidationError(
        _("The spreadsheet changed what you typed to “%s”. Format the cell as text and retype it.")
        % shown(cell),
        "not_text",
    )


def _decoded(text: str) -> str:
    if UNDECODED.search(text):
        raise ValidationError(
            _(
                "“%s” is not UTF-8. Save the file as “CSV UTF-8”, or upload the workbook (.xlsx) "
                "itself."
            )
            % shown(text),
            "not_utf8",
        )
    return text
