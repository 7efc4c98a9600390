"""Queries as the parameters of an address ask them."""

import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from carsi_tracker.figures.query import Filters, Query, Version, Words
from carsi_tracker.figures.vocabulary import vocabulary
from carsi_tracker.ledger.amounts import parse_amount
from carsi_tracker.ledger.days import WASHINGTON, today
from carsi_tracker.ledger.models import Posting
from carsi_tracker.reports.page.address import Address, as_written

UNREADABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")
"""Control characters, and what stands for bytes that are no character."""
MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T+]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?)?",
    re.ASCII,
)
"""A day, or a moment; addresses write a space as a plus sign."""
NUMBERED = re.compile(r"(?:versi[oó]n )?(\d{1,9}(?:-[0-9a-f]+)?)", re.IGNORECASE | re.ASCII)
"""A version by its number, as pages print it in both languages."""
LONGEST = 200
"""Characters that the value of a filter may have."""
MOST_WORDS = 40
"""Words that are looked for together."""


class BadAddress(Exception):
    """An address asks what can't be answered.

    `parameter` and `value` are as found; `accepted` says in words what would be accepted, or
    `because` says in sentences why it isn't.
    """

    def __init__(self, parameter: str, value: str, accepted: str = "", because: str = "") -> None:
        super().__init__(parameter, value, accepted, because)
        self.parameter, self.value, self.accepted = parameter, value, accepted
        self.because = because


def read(address: Mapping[str, str], head: Version, label_revision: int) -> Query:
    """Read a query from the parameters of an address.

    `head` is the newest version. A `version` without checksum, or `known_on`, gives a query
    that is pinned to the version they mean. Raises BadAddress.
    """
    for name, value in address.items():
        if UNREADABLE.search(name + value):
            raise BadAddress(name, value, _("text without control characters"))
    version = _version(address, head)
    day = read_day("as_of", address.get("as_of", ""))
    filters = _scope(address, version or head, label_revision)
    return Query(
        version=version or head,
        day=day or today(),
        filters=filters,
        dated=day is not None,
        pinned=version is not None,
    )


def read_day(name: str, text: str) -> date | None:
    """Read the day that a parameter names, up to today; None where it is empty."""
    if not text:
        return None
    accepted = _("a date (YYYY-MM-DD) no later than today, %(today)s") % {"today": today()}
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        raise BadAddress(name, text, accepted) from None
    if day.isoformat() != text or day > today():
        raise BadAddress(name, text, accepted)
    return day


def _version(address: Mapping[str, str], head: Version) -> Version | None:
    text, known_on = address.get("version", ""), address.get("known_on", "")
    if text and known_on:
        raise BadAddress("known_on", known_on, _("either a version or a moment, not both"))
    if known_on:
        return _known_on(known_on.strip(), head)
    return read_version("version", text, head) if text else None


def read_version(name: str, text: str, head: Version) -> Version:
    """Read the version that a parameter names, by number and the start of its checksum or bare."""
    accepted = _("a version from 1 to %(last)d and the start of its checksum, such as %(head)s")
    accepted %= {"last": head.number, "head": head}
    number, hyphen, start = text.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise BadAddress(name, text, accepted)
    checksum = head.checksum if int(number) == head.number else _checksum_of(int(number), head)
    sound = not hyphen or (len(start) >= 8 and str(checksum).startswith(start))
    if checksum is None or not sound:
        raise BadAddress(name, text, accepted)
    return Version(int(number), checksum, head.label_revision)


def _checksum_of(number: int, head: Version) -> str | None:
    """Return the checksum of an older version; None where there is none."""
    return (
        Posting.objects.filter(version=number, version__lt=head.number)
        .values_list("checksum", flat=True)
        .first()
    )


def _known_on(text: str, head: Version) -> Version:
    """Read a version by its number, or the version of a moment."""
    if numbered := NUMBERED.fullmatch(text):
        return read_version("known_on", numbered[1], head)
    accepted = _(
        "a version (such as 3), a date (YYYY-MM-DD) or a time (YYYY-MM-DDTHH:MM:SSZ) no earlier "
        "than the first version"
    )
    try:
        moment = _end_of_moment(text)
    except ValueError:
        raise BadAddress("known_on", text, accepted) from None
    found = (
        Posting.objects.filter(posted_at__lte=moment)
        .order_by("-version")
        .values_list("version", "checksum")
        .first()
    )
    if found is None:
        raise BadAddress("known_on", text, accepted)
    return Version(*found, head.label_revision)


def _end_of_moment(text: str) -> datetime:
    """Read a moment; a bare day means its end in Washington, an unmarked time Washington's."""
    text = text.replace(" ", "+")
    if not MOMENT.fullmatch(text):
        raise ValueError(text)
    if len(text) == 10:
        day = date.fromisoformat(text)
        if day > today():
            raise ValueError(text)
        return datetime.combine(day, time.max, WASHINGTON)
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=WASHINGTON)
    if moment > timezone.now():
        raise ValueError(text)
    return moment


def _scope(address: Mapping[str, str], version: Version, label_revision: int) -> Filters:
    words = vocabulary(version.number, version.checksum, label_revision)
    chosen: dict[str, Any] = {}
    for filter_ in fields(Filters):
        name = filter_.name
        value = address.get(name, "").strip()
        _require_short(name, value)
        if not value:
            continue
        if name == "stage" and value.casefold() in words.codes["measure"]:
            name = "measure"  # forms offer balances beside the stages
        if name in chosen or (name == "measure" and "stage" in chosen):
            raise BadAddress(name, value, _("either a stage or a measure, not both"))
        if name == "text":
            chosen[name] = read_words(name, value, label_revision)
        elif name.startswith("amount_"):
            chosen[name] = _amount(name, value)
        elif name.startswith("date_"):
            chosen[name] = read_day(name, value)
        else:
            chosen[name] = _code(name, value, words.codes.get(name), version)
    filters = Filters(**chosen)
    _require_order("amount_from", filters.amount_from, "amount_to", filters.amount_to)
    _require_order("date_from", filters.date_from, "date_to", filters.date_to)
    return filters


def read_words(name: str, text: str, label_revision: int) -> Words:
    """Read words that are looked for. Raises BadAddress for too many or too long ones."""
    _require_short(name, text)
    words = Words(" ".join(text.split()), label_revision)
    if len(words.folded) > MOST_WORDS:
        raise BadAddress(name, text, _("at most %d words") % MOST_WORDS)
    return words


def _require_short(name: str, text: str) -> None:
    if len(text) > LONGEST:
        raise BadAddress(name, f"{text[:LONGEST]}…", _("at most %d characters") % LONGEST)


def _amount(name: str, text: str) -> Decimal:
    try:
        return parse_amount(text)
    except ValidationError as refused:
        if refused.code == "zero":
            return Decimal("0.00")
        raise BadAddress(name, text, because=refused.messages[0]) from None


def _require_order(lower: str, start: Any, upper: str, end: Any) -> None:
    if start is not None and end is not None and start > end:
        accepted = _("a value no greater than %(upper)s, which is %(end)s") % {
            "upper": upper, "end": as_written(end),
        }  # fmt: skip
        raise BadAddress(lower, as_written(start), accepted)


def _code(name: str, value: str, codes: Mapping[str, str] | None, version: Version) -> str:
    if codes is None:
        if value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= version.number:
            return str(int(value))
        raise BadAddress(name, value, _("a version from 1 to %d") % version.number)
    code = codes.get(value.casefold())
    if code is None:
        shown = list(codes.values())
        more = " …" if len(shown) > 12 else ""
        raise BadAddress(name, value, ", ".join(shown[:12]) + more)
    return code


def read_address(
    parameters: Mapping[str, str],
    query: Query,
    sorts: frozenset[str] = frozenset(),
    own: tuple[str, ...] = (),
) -> Address:
    """Read order, page and the page's own parameters, as they are.

    Raises BadAddress for an order that the table does not have.
    """
    sort = parameters.get("sort") or None
    if sort is not None and sort.removeprefix("-") not in sorts:
        accepted = ", ".join(sorted(sorts)) or _("no sort: this page has no table")
        raise BadAddress("sort", sort, accepted)
    given = tuple((name, parameters[name]) for name in own if parameters.get(name))
    return Address(query, sort, _page(parameters.get("page") or "1"), given)


def _page(text: str) -> int:
    """Return the page's number; 0 for what is none, which no table has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
