"""Queries as addresses ask them, and the newest version, which they are about by default."""

import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import OperationalError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from carsi_tracker.figures.query import (
    BadQuery,
    Filters,
    Query,
    Version,
    Words,
    as_written,
)
from carsi_tracker.figures.vocabulary import vocabulary
from carsi_tracker.ledger.amounts import parse_amount
from carsi_tracker.ledger.days import WASHINGTON, today
from carsi_tracker.ledger.models import Posting

UNREADABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")
"""Control characters, and what stands for bytes that are no character."""
MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T+]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?", re.ASCII
)
"""A day, or a moment; addresses write a space as a plus sign."""
LONGEST = 200
"""Characters that the value of a filter may have."""
MOST_WORDS = 40
"""Words that are looked for together."""


def newest() -> tuple[Version, int]:
    """Return the newest version, and the revision of the texts that pages show.

    The revision tells also by which transaction it was written, because its count alone comes again
    where one was rolled back, or a backup restored.

    Stands in for Django's health check of the connection, which would be a second round trip on
    each page: a connection that PostgreSQL has closed is opened again.
    """
    connection.health_check_done = True  # type: ignore[attr-defined]  # the stubs lack it
    try:
        return _newest()
    except OperationalError:
        if connection.in_atomic_block:
            raise
        connection.close()
        return _newest()


def _newest() -> tuple[Version, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select h.version, h.checksum, t.revision * 4294967296 + t.xmin::text::bigint"
            " from ledger_head h, ledger_texts t"
        )
        number, checksum, revision = cursor.fetchone()
    return Version(number, checksum), revision


def read(address: Mapping[str, str], head: Version, texts_revision: int) -> Query:
    """Read a query from the parameters of an address.

    `head` is the newest version. A `version` without checksum, or `known_on`, gives a query
    that is pinned to the version they mean. Raises BadQuery.
    """
    for name, value in address.items():
        if UNREADABLE.search(name + value):
            raise BadQuery(name, value, _("text without control characters"))
    version = _version(address, head)
    day = read_day("as_of", address.get("as_of", ""))
    filters = _scope(address, version or head, texts_revision)
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
    accepted = _("a day as YYYY-MM-DD, not after today (%(today)s)") % {"today": today()}
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        raise BadQuery(name, text, accepted) from None
    if day.isoformat() != text or day > today():
        raise BadQuery(name, text, accepted)
    return day


def _version(address: Mapping[str, str], head: Version) -> Version | None:
    text, known_on = address.get("version", ""), address.get("known_on", "")
    if text and known_on:
        raise BadQuery("known_on", known_on, _("either a version or a moment, not both"))
    if known_on:
        return _known_on(known_on)
    return read_version("version", text, head) if text else None


def read_version(name: str, text: str, head: Version) -> Version:
    """Read the version that a parameter names, by number and the start of its checksum or bare."""
    accepted = _("a version from 1 to %(last)d, with the start of its checksum, such as %(head)s")
    accepted %= {"last": head.number, "head": head}
    number, hyphen, start = text.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise BadQuery(name, text, accepted)
    checksum = (
        Posting.objects.filter(version=int(number), version__lte=head.number)
        .values_list("checksum", flat=True)
        .first()
    )
    sound = not hyphen or (len(start) >= 8 and str(checksum).startswith(start))
    if checksum is None or not sound:
        raise BadQuery(name, text, accepted)
    return Version(int(number), checksum)


def _known_on(text: str) -> Version:
    accepted = _("a day (YYYY-MM-DD) or a moment (YYYY-MM-DDTHH:MM:SSZ) from the first version on")
    try:
        moment = _end_of_moment(text)
    except ValueError:
        raise BadQuery("known_on", text, accepted) from None
    found = (
        Posting.objects.filter(posted_at__lte=moment)
        .order_by("-version")
        .values_list("version", "checksum")
        .first()
    )
    if found is None:
        raise BadQuery("known_on", text, accepted)
    return Version(*found)


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


def _scope(address: Mapping[str, str], version: Version, texts_revision: int) -> Filters:
    words = vocabulary(version.number, version.checksum, texts_revision)
    chosen: dict[str, Any] = {}
    for filter_ in fields(Filters):
        name = filter_.name
        value = address.get(name, "").strip()
        _require_short(name, value)
        if not value:
            continue
        if name == "text":
            chosen[name] = read_words(name, value, texts_revision)
        elif name.startswith("amount_"):
            chosen[name] = _amount(name, value)
        elif name.startswith("date_"):
            chosen[name] = read_day(name, value)
        else:
            chosen[name] = _code(name, value, words.codes.get(name), version)
    if "stage" in chosen and "measure" in chosen:
        raise BadQuery("measure", chosen["measure"], _("either a stage or a measure, not both"))
    filters = Filters(**chosen)
    _require_order("amount_from", filters.amount_from, "amount_to", filters.amount_to)
    _require_order("date_from", filters.date_from, "date_to", filters.date_to)
    return filters


def read_words(name: str, text: str, texts_revision: int) -> Words:
    """Read words that are looked for. Raises BadQuery for too many or too long ones."""
    _require_short(name, text)
    words = Words(" ".join(text.split()), texts_revision)
    if len(words.folded) > MOST_WORDS:
        raise BadQuery(name, text, _("at most %d words") % MOST_WORDS)
    return words


def _require_short(name: str, text: str) -> None:
    if len(text) > LONGEST:
        raise BadQuery(name, f"{text[:LONGEST]}…", _("at most %d characters") % LONGEST)


def _amount(name: str, text: str) -> Decimal:
    try:
        return parse_amount(text)
    except ValidationError as refused:
        if refused.code == "zero":
            return Decimal("0.00")
        raise BadQuery(name, text, because=refused.messages[0]) from None


def _require_order(lower: str, start: Any, upper: str, end: Any) -> None:
    if start is not None and end is not None and start > end:
        accepted = _("at most what %(upper)s says, %(end)s") % {
            "upper": upper, "end": as_written(end),
        }  # fmt: skip
        raise BadQuery(lower, as_written(start), accepted)


def _code(name: str, value: str, codes: Mapping[str, str] | None, version: Version) -> str:
    if codes is None:
        if value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= version.number:
            return str(int(value))
        raise BadQuery(name, value, _("a version from 1 to %d") % version.number)
    code = codes.get(value.casefold())
    if code is None:
        shown = list(codes.values())
        more = " …" if len(shown) > 12 else ""
        raise BadQuery(name, value, ", ".join(shown[:12]) + more)
    return code
