"""What is asked of the ledger (scope, day, version), to and from an address."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Self
from urllib.parse import urlencode

from django.db import OperationalError, connection
from django.db.models import Case, DecimalField, F, Q, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext as _

from carsi_tracker.figures.vocabulary import vocabulary
from carsi_tracker.ledger.days import WASHINGTON, today
from carsi_tracker.ledger.models import Entry, Posting

NONE = "none"
MEASURES = {
    "available": ("appropriated", "committed"),
    "unobligated": ("committed", "obligated"),
    "unliquidated": ("obligated", "disbursed"),
}
LOOKUPS = {
    "area": "commitment__area__code",
    "country": "commitment__country__code",
    "goal": "commitment__goal__number",
    "account": "appropriation__account__code",
    "year": "appropriation__fiscal_year",
    "agency": "commitment__agency__code",
    "partner": "commitment__partner__code",
    "commitment": "commitment__reference",
    "stage": "stage",
    "basis": "basis",
    "document": "document__key",
    "posted_in": "posting_id",
}
"""What each filter compares, seen from an entry."""


class BadQuestion(Exception):
    """An address asks what can't be answered.

    `parameter` and `value` are as found; `accepted` says in words what would be accepted.
    """

    def __init__(self, parameter: str, value: str, accepted: str) -> None:
        super().__init__(parameter, value, accepted)
        self.parameter, self.value, self.accepted = parameter, value, accepted


@dataclass(frozen=True)
class Version:
    """A version of the ledger, by number and checksum; number 0 is the empty ledger."""

    number: int
    checksum: str

    def __str__(self) -> str:
        return f"{self.number}-{self.checksum[:8]}"


@dataclass(frozen=True)
class Scope:
    """Which entries: codes as the ledger holds them, or `none` where a thing can be empty."""

    area: str | None = None
    country: str | None = None
    goal: str | None = None
    account: str | None = None
    year: str | None = None
    agency: str | None = None
    partner: str | None = None
    commitment: str | None = None
    stage: str | None = None
    measure: str | None = None
    basis: str | None = None
    document: str | None = None
    posted_in: str | None = None

    @property
    def chosen(self) -> dict[str, str]:
        """The filters that are set, in a fixed order."""
        named = ((filter_.name, getattr(self, filter_.name)) for filter_ in fields(self))
        return {name: value for name, value in named if value is not None}


@dataclass(frozen=True)
class Question:
    """Which sums, over which entries, through which day, in which version.

    `dated` and `pinned` say whether the address names the day and the version; links then carry
    them on. They make no difference to the answer.
    """

    version: Version
    day: date
    scope: Scope = field(default_factory=Scope)
    dated: bool = field(default=False, compare=False)
    pinned: bool = field(default=False, compare=False)

    def where(self, **filters: object) -> Self:
        """Ask the same of other entries: each filter is set, or dropped by None."""
        texts = {name: None if value is None else str(value) for name, value in filters.items()}
        return replace(self, scope=replace(self.scope, **texts))

    def everywhere(self) -> Self:
        """Ask the same of all entries."""
        return replace(self, scope=Scope())

    def through(self, day: date) -> Self:
        """Ask the same as of another day."""
        return replace(self, day=day, dated=True)

    def permanent(self) -> Self:
        """Ask the same for ever: with day and version named."""
        return replace(self, dated=True, pinned=True)

    def query(self, **more: object) -> str:
        """Write the question as the query of an address, with what else is given; "" if none."""
        parts: dict[str, object] = dict(self.scope.chosen)
        if self.dated:
            parts["as_of"] = self.day.isoformat()
        if self.pinned:
            parts["version"] = self.version
        parts |= {name: value for name, value in more.items() if value is not None}
        return f"?{urlencode(parts)}" if parts else ""


def entries(question: Question) -> QuerySet[Entry]:
    """Return the entries that a question is about, in the order of the ledger.

    Each has `counted`: its amount, negative where a measure subtracts it.
    """
    query = Entry.objects.filter(
        posting_id__lte=question.version.number, effective_date__lte=question.day
    )
    counted = Case(default=F("amount"), output_field=DecimalField())
    for name, value in question.scope.chosen.items():
        if name == "measure":
            plus, minus = MEASURES[value]
            query = query.filter(stage__in=(plus, minus))
            counted = Case(
                When(stage=plus, then=F("amount")),
                default=-F("amount"),
                output_field=DecimalField(),
            )
        else:
            query = query.filter(_matches(name, value))
    return query.annotate(counted=counted).order_by("posting_id", "line")


def _matches(name: str, value: str) -> Q:
    if value == NONE:
        column = LOOKUPS[name].rpartition("__")[0]
        return Q(commitment__isnull=False, **{f"{column}__isnull": True})
    return Q(**{LOOKUPS[name]: value})


def newest() -> tuple[Version, int]:
    """Return the newest version, and the revision of the texts that pages show.

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
            "select h.version, h.checksum, t.revision from ledger_head h, ledger_texts t"
        )
        number, checksum, revision = cursor.fetchone()
    return Version(number, checksum), revision


def read(address: Mapping[str, str], head: Version, texts_revision: int) -> Question:
    """Read a question from the parameters of an address.

    `head` is the newest version. A `version` without checksum, or `known_on`, gives a question
    that is pinned to the version they mean. Raises BadQuestion.
    """
    for name, value in address.items():
        if any(ord(character) < 32 or ord(character) == 127 for character in name + value):
            raise BadQuestion(name, value, _("text without control characters"))
    version = _version(address, head)
    day = _day(address.get("as_of", ""))
    scope = _scope(address, version or head, texts_revision)
    return Question(
        version=version or head,
        day=day or today(),
        scope=scope,
        dated=day is not None,
        pinned=version is not None,
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    accepted = _("a day as YYYY-MM-DD, not after today (%(today)s)") % {"today": today()}
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        raise BadQuestion("as_of", text, accepted) from None
    if day.isoformat() != text or day > today():
        raise BadQuestion("as_of", text, accepted)
    return day


def _version(address: Mapping[str, str], head: Version) -> Version | None:
    text, known_on = address.get("version", ""), address.get("known_on", "")
    if text and known_on:
        raise BadQuestion("known_on", known_on, _("either a version or a moment, not both"))
    if known_on:
        return _known_on(known_on)
    if not text:
        return None
    accepted = _("a version from 1 to %(last)d, with the start of its checksum, such as %(head)s")
    accepted %= {"last": head.number, "head": head}
    number, hyphen, start = text.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise BadQuestion("version", text, accepted)
    checksum = (
        Posting.objects.filter(version=int(number), version__lte=head.number)
        .values_list("checksum", flat=True)
        .first()
    )
    sound = not hyphen or (len(start) >= 8 and str(checksum).startswith(start))
    if checksum is None or not sound:
        raise BadQuestion("version", text, accepted)
    return Version(int(number), checksum)


def _known_on(text: str) -> Version:
    accepted = _("a day (YYYY-MM-DD) or a moment (YYYY-MM-DDTHH:MM:SSZ) from the first version on")
    try:
        moment = _end_of_moment(text)
    except (ValueError, OverflowError):
        raise BadQuestion("known_on", text, accepted) from None
    if moment.astimezone(WASHINGTON).date() > today() + timedelta(days=1):
        raise BadQuestion("known_on", text, accepted)
    found = (
        Posting.objects.filter(posted_at__lte=moment)
        .order_by("-version")
        .values_list("version", "checksum")
        .first()
    )
    if found is None:
        raise BadQuestion("known_on", text, accepted)
    return Version(*found)


def _end_of_moment(text: str) -> datetime:
    """Read a moment; a bare day means its end in Washington, an unmarked time Washington's."""
    if len(text) == 10:
        day = date.fromisoformat(text)
        if day > today():
            raise ValueError(text)
        return datetime.combine(day, time.max, WASHINGTON)
    moment = datetime.fromisoformat(text.replace(" ", "+"))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=WASHINGTON)
    if moment > timezone.now():
        raise ValueError(text)
    return moment


def _scope(address: Mapping[str, str], version: Version, texts_revision: int) -> Scope:
    words = vocabulary(version.number, version.checksum, texts_revision)
    chosen: dict[str, str] = {}
    for filter_ in fields(Scope):
        name = filter_.name
        value = address.get(name, "").strip()
        if value:
            chosen[name] = _code(name, value, words.codes.get(name), version)
    if "stage" in chosen and "measure" in chosen:
        raise BadQuestion("measure", chosen["measure"], _("either a stage or a measure, not both"))
    return Scope(**chosen)


def _code(name: str, value: str, codes: Mapping[str, str] | None, version: Version) -> str:
    if codes is None:
        if value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= version.number:
            return str(int(value))
        raise BadQuestion(name, value, _("a version from 1 to %d") % version.number)
    code = codes.get(value.casefold())
    if code is None:
        shown = list(codes.values())
        more = " …" if len(shown) > 12 else ""
        raise BadQuestion(name, value, ", ".join(shown[:12]) + more)
    return code
