"""Typed amounts: text that can be read in one way only, as Decimal U.S. dollars."""

import re
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from carsi_tracker.ledger.money import LIMIT

LONGEST = 40
SIGN = "[-‐‑‒–−﹣－]"  # noqa: RUF001
SPACE = "[ \u00a0\u2000-\u200a\u202f\u205f\u3000]"
CURRENCY = rf"(?:(?:U\.?S\.?{SPACE}?)?\$|(?i:USD)(?:{SPACE}?\$)?)"
TYPED = re.compile(
    rf"(?P<sign>{SIGN})?{SPACE}*(?P<before>{CURRENCY})?{SPACE}*"
    rf"(?P<open>\()?{SPACE}*(?P<within>{CURRENCY})?{SPACE}*(?P<inner>{SIGN})?{SPACE}*"
    rf"(?P<number>(?:[0-9.,]|{SPACE})*?){SPACE}*(?P<close>\))?{SPACE}*(?P<after>(?i:USD)|US\$)?"
)
SPACES = re.compile(rf"{SPACE}{{2,}}")
CENTS = r"(?P<cents>[0-9]{1,2})"
NUMBERS = [
    re.compile(pattern)
    for pattern in (
        rf"(?P<whole>[0-9]+)(?:[.,]{CENTS})?",
        rf"(?P<whole>[1-9][0-9]{{0,2}}(?:{SPACE}[0-9]{{3}})+)(?:[.,]{CENTS})?",
        rf"(?P<whole>[1-9][0-9]{{0,2}}(?:,[0-9]{{3}})+)(?:\.{CENTS})?",
        rf"(?P<whole>[1-9][0-9]{{0,2}}(?:\.[0-9]{{3}})+),{CENTS}",
        r"(?P<whole>[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,})",
        rf"(?P<whole>)\.{CENTS}",
    )
]
THOUSANDS_OR_DECIMALS = re.compile(r"([1-9][0-9]{0,2})\.([0-9]{3})")
FRACTION_OF_A_CENT = re.compile(
    r"(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)\.[0-9]{3,}|[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]{3,}"
)


def parse_amount(text: str) -> Decimal:
    """Read a typed amount: `250,000.00`, `$250,000`, `1.250.000,50`, `(7,500.00)`, `$ (7,500.00)`.

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
        amount = _number(typed["number"], negative=bool(signs), text=text)
    if amount == 0:
        raise ValidationError(_("An amount is not zero."), "zero")
    if amount >= LIMIT:
        raise ValidationError(_("“%s” is a trillion dollars or more.") % text, "too_large")
    return -amount if signs else amount


def _said_twice(typed: re.Match[str]) -> bool:
    """Say whether an amount has more than one sign, or names its currency more than once."""
    signs = sum(bool(typed[part]) for part in ("open", "sign", "inner"))
    return signs > 1 or sum(bool(typed[part]) for part in ("before", "within", "after")) > 1


def _number(number: str, *, negative: bool, text: str) -> Decimal:
    for pattern in NUMBERS:
        if found := pattern.fullmatch(number):
            parts = found.groupdict()
            whole = re.sub(r"[^0-9]", "", parts["whole"]) or "0"
            return Decimal(f"{whole}.{parts.get('cents') or '':0<2}")
    if found := THOUSANDS_OR_DECIMALS.fullmatch(number):
        raise _two_readings(text, "-" if negative else "", *found.groups())
    if FRACTION_OF_A_CENT.fullmatch(number):
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
