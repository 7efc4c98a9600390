"""Typed amounts: text that can be read in one way only, as Decimal U.S. dollars."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.ledger.money import CENT, LIMIT

LONGEST = 40
STYLES = 32
"""How many styles are remembered with their patterns: more than tables are written in."""
EXACTLY = Context(prec=60)
SIGN = "[-‐‑‒–−﹣－]"  # noqa: RUF001
SPACE = "[ \u00a0\u2000-\u200a\u202f\u205f\u3000]"
CURRENCY = rf"(?:(?:U\.?S\.?{SPACE}?)?\$|(?i:USD)(?:{SPACE}?\$)?)"
TYPED = re.compile(
    rf"(?P<sign>{SIGN})?{SPACE}*(?P<before>{CURRENCY})?{SPACE}*"
    rf"(?P<open>\()?{SPACE}*(?P<within>{CURRENCY})?{SPACE}*(?P<inner>{SIGN})?{SPACE}*"
    rf"(?P<number>(?:[0-9.,]|{SPACE})*?){SPACE}*(?P<close>\))?{SPACE}*(?P<after>(?i:USD)|US\$)?"
)
SPACES = re.compile(rf"{SPACE}{{2,}}")
WHOLE = r"(?P<whole>[1-9][0-9]{0,2}"
"""How a whole number of groups begins."""
THOUSANDS_OR_DECIMALS = re.compile(r"([1-9][0-9]{0,2})\.([0-9]{3})")


@dataclass(frozen=True)
class AmountStyle:
    """How the amounts of a table are written: what 1 is worth in dollars, and the decimal mark.

    `unit` is 1 or a power of ten; `decimal` is a point or a comma, or empty where nobody says.
    """

    unit: int = 1
    decimal: str = ""

    @property
    def decimals(self) -> int:
        """How many decimals there may be: down to the cent."""
        return len(str(self.unit)) + 1


IN_DOLLARS = AmountStyle()


def parse_amount(text: str, written: AmountStyle = IN_DOLLARS) -> Decimal:
    """Read a typed amount: `250,000.00`, `$250,000`, `1.250.000,50`, `(7,500.00)`, `$ (7,500.00)`.

    `written` may say that 613 is $613,000, and which mark 1.250 has; the amount is in dollars.
    Raises ValidationError, whose message quotes the text and says what is accepted, for text with
    two readings, anything else that is no amount, zero, fractions of a cent, a trillion or more.
    """
    stripped = SPACES.sub(" ", text.strip())
    typed = TYPED.fullmatch(stripped) if len(stripped) <= LONGEST else None
    if typed is None or bool(typed["open"]) != bool(typed["close"]) or _said_twice(typed):
        raise _not_an_amount(text)
    signs = typed["open"] or typed["sign"] or typed["inner"]
    if not typed["number"] and typed["before"] and typed["inner"]:
        amount = Decimal(0)  # as spreadsheets show it in the format of accountants: $ -
    else:
        number = _number(typed["number"], written, negative=bool(signs), text=text)
        amount = (number * written.unit).quantize(CENT, context=EXACTLY)
    if amount == 0:
        raise ValidationError(_("An amount is not zero."), "zero")
    if amount >= LIMIT:
        raise ValidationError(_("“%s” is a trillion dollars or more.") % text, "too_large")
    return -amount if signs else amount


def _said_twice(typed: re.Match[str]) -> bool:
    """Say whether an amount has more than one sign, or names its currency more than once."""
    signs = sum(bool(typed[part]) for part in ("open", "sign", "inner"))
    return signs > 1 or sum(bool(typed[part]) for part in ("before", "within", "after")) > 1


@remembered(STYLES)
def _patterns(written: AmountStyle) -> Sequence[re.Pattern[str]]:
    """Return the numbers of one reading, with their whole part and their decimals."""
    part = rf"(?P<part>[0-9]{{1,{written.decimals}}})"
    spaced, commas, points = (rf"{WHOLE}(?:{mark}[0-9]{{3}})+)" for mark in (SPACE, ",", r"\."))
    if written.decimal:
        mark = re.escape(written.decimal)
        grouped = points if written.decimal == "," else commas
        numbers = [
            rf"{whole}(?:{mark}{part})?" for whole in (r"(?P<whole>[0-9]+)", spaced, grouped)
        ]
        return [re.compile(number) for number in [*numbers, rf"(?P<whole>){mark}{part}"]]
    lone = r"(?P<whole>(?:0|[1-9][0-9]{3,}|[0-9]+(?=[.,](?![0-9]{3}$))))"
    return [
        re.compile(number)
        for number in (
            r"(?P<whole>[0-9]+)",
            rf"{lone}[.,]{part}",
            rf"{spaced}(?:[.,]{part})?",
            rf"{commas}(?:\.{part})?",
            rf"{points},{part}",
            rf"{WHOLE}(?:\.[0-9]{{3}}){{2,}})",
            rf"(?P<whole>)\.{part}",
        )
    ]


def _too_fine(written: AmountStyle) -> re.Pattern[str]:
    """Return the numbers that go below a cent."""
    more = written.decimals + 1
    return re.compile(
        rf"(?:[0-9]*|[1-9][0-9]{{0,2}}(?:,[0-9]{{3}})+)\.[0-9]{{{more},}}"
        rf"|[0-9]+,[0-9]{{{max(more, 4)},}}"
        rf"|[1-9][0-9]{{0,2}}(?:\.[0-9]{{3}})+,[0-9]{{{more},}}"
    )


def _number(number: str, written: AmountStyle, *, negative: bool, text: str) -> Decimal:
    for pattern in _patterns(written):
        if found := pattern.fullmatch(number):
            parts = found.groupdict()
            whole = re.sub(r"[^0-9]", "", parts["whole"]) or "0"
            return Decimal(f"{whole}.{parts.get('part') or '0'}")
    if not written.decimal and (found := THOUSANDS_OR_DECIMALS.fullmatch(number)):
        raise _two_readings(text, "-" if negative else "", *found.groups())
    if _too_fine(written).fullmatch(number):
        raise ValidationError(
            _("“%s” has fractions of a cent; write at most two decimals.") % text, "sub_cent"
        )
    raise _not_an_amount(text)


def _two_readings(text: str, sign: str, left: str, right: str) -> ValidationError:
    readings = {
        "text": text,
        "small": f"{sign}{left}.{right.removesuffix('0')}",
        "large": f"{sign}{left},{right}.00",
    }
    return ValidationError(
        _(
            "“%(text)s” can be read as %(small)s or as %(large)s. "
            "Write thousands with commas, or cents with two decimals."
        )
        % readings,
        "two_readings",
    )


def _not_an_amount(text: str) -> ValidationError:
    if not text.strip():
        return ValidationError(_("An amount is missing."), "required")
    return ValidationError(
        _(
            "“%s” is not an amount. Enter one such as 250000, 250,000.00 or $250,000; for "
            "a reduction, -7,500.00 or (7,500.00)."
        )
        % text[:LONGEST],
        "not_an_amount",
    )
