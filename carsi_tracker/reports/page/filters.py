"""The filters of a page: what is chosen, and what can be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.figures import aggregates, matching
from carsi_tracker.figures.query import NONE, Version, Words
from carsi_tracker.figures.vocabulary import Vocabulary, vocabulary
from carsi_tracker.ledger.days import day_in_words
from carsi_tracker.ledger.models import Basis, Stage
from carsi_tracker.ledger.money import whole_dollars
from carsi_tracker.reports.page.address import written
from carsi_tracker.reports.page.public_page import PublicRequest

LABELS: dict[str, Promise] = {
    "area": gettext_lazy("Programming area"),
    "country": gettext_lazy("Country"),
    "goal": gettext_lazy("Goal"),
    "account": gettext_lazy("Account"),
    "year": gettext_lazy("Fiscal year"),
    "agency": gettext_lazy("Agency"),
    "partner": gettext_lazy("Partner"),
    "commitment": gettext_lazy("Commitment"),
    "stage": gettext_lazy("Stage"),
    "measure": gettext_lazy("Balance"),
    "basis": gettext_lazy("Basis"),
    "document": gettext_lazy("Document"),
    "posted_in": gettext_lazy("Posted in version"),
    "posted_from": gettext_lazy("Posted from version"),
    "text": gettext_lazy("Words"),
    "amount_from": gettext_lazy("Amount from"),
    "amount_to": gettext_lazy("Amount up to"),
    "date_from": gettext_lazy("Date from"),
    "date_to": gettext_lazy("Date up to"),
}
MEASURES: dict[str, Promise] = {
    "available": gettext_lazy("No commitment found (appropriated less committed)"),
    "unobligated": gettext_lazy("Committed, no obligation found (committed less obligated)"),
    "unliquidated": gettext_lazy("Obligated, no payment found (obligated less disbursed)"),
}
MEASURE_NAMES: dict[str, Promise] = {
    "available": gettext_lazy("no commitment found"),
    "unobligated": gettext_lazy("committed, no obligation found"),
    "unliquidated": gettext_lazy("obligated, no payment found"),
}
KEPT = 128
"""How many lists of options a process keeps: those of a filter, in a version and a language."""
OFFERED = (
    "area", "country", "goal", "account", "year", "agency", "partner", "stage", "basis", "document"
)  # fmt: skip
TYPED = ("text", "amount_from", "amount_to", "date_from", "date_to")


@dataclass(frozen=True)
class Chip:
    """A chosen filter in words, and the page without it."""

    label: str
    value: str
    href: str


@dataclass(frozen=True)
class Select:
    """A filter that can be chosen: its options as (code, name), and the code that is chosen."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str | None

    @property
    def html(self) -> SafeString:
        """The options: built here, since there can be hundreds."""
        return format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (code, SafeString(" selected") if code == self.chosen else "", name)
                for code, name in self.options
            ),
        )


@dataclass(frozen=True)
class Form:
    """The filters of a page: what is chosen, what can be, what is carried on unseen.

    `typed` is what stands in the fields that are typed in, by name.
    """

    chips: list[Chip]
    selects: list[Select]
    hidden: Mapping[str, str]
    typed: Mapping[str, str]


@dataclass(frozen=True)
class Loosened:
    """A filter, and how many entries there are without it, or with its words spelled otherwise."""

    chip: Chip
    entries: int
    spelled: bool = False


def form(path: str, public: PublicRequest) -> Form:
    """Return the filters of a page that lists entries, or what has them."""
    chosen = written(public.query.filters)
    typed = {name: chosen.get(name, "") for name in TYPED}
    hidden = public.address.carried(*OFFERED, *TYPED)
    return Form(chips(path, public), selects(public), hidden, typed)


def chips(path: str, public: PublicRequest) -> list[Chip]:
    """Return the chosen filters, each with the address of the page without it."""
    return [
        Chip(
            str(LABELS[name]),
            in_words(public.words, name, value),
            path + public.address.asking(public.query.where(**{name: None})).query_string(),
        )
        for name, value in public.query.filters.given.items()
    ]


def loosened(path: str, public: PublicRequest) -> list[Loosened]:
    """Return what may be changed where nothing is found: other spellings, each filter."""
    query = public.query
    without = [
        Loosened(chip, aggregates.totals(query.where(**{name: None})).entries)
        for name, chip in zip(query.filters.given, chips(path, public), strict=True)
    ]
    return _spelled_otherwise(path, public) + without


def _spelled_otherwise(path: str, public: PublicRequest) -> list[Loosened]:
    query, words = public.query, public.query.filters.text
    found = matching.other_spellings(query, words) if words else []
    return [
        Loosened(
            Chip(
                str(LABELS["text"]),
                in_words(public.words, "text", other.text),
                path + public.address.asking(query.where(text=other.text)).query_string(),
            ),
            other.entries,
            spelled=True,
        )
        for other in found
    ]


def selects(public: PublicRequest) -> list[Select]:
    """Return the filters that a page offers, with all options of its version."""
    query = public.query
    return [
        Select(
            name,
            str(LABELS[name]),
            _options(name, query.version, public.texts_revision, get_language()),
            getattr(query.filters, name),
        )
        for name in OFFERED
    ]


@remembered(KEPT)
def _options(
    name: str,
    version: Version,
    texts_revision: int,
    language: str | None,  # noqa: ARG001 (the names are in this language)
) -> tuple[tuple[str, str], ...]:
    words = vocabulary(version.number, version.checksum, texts_revision)
    return tuple((code, _name_of(words, name, code)) for code in words.codes[name].values())


def in_words(words: Vocabulary, name: str, value: object) -> str:
    """Return the value of a filter as a page shows it."""
    if isinstance(value, Decimal):
        return whole_dollars(value)
    if isinstance(value, date):
        return day_in_words(value)
    if isinstance(value, Words):
        return _("“%s”") % value
    return _name_of(words, name, str(value))


def _name_of(words: Vocabulary, name: str, code: str) -> str:
    """Return the name of a code; the code itself where it has no other."""
    if code == NONE:
        return _("not stated")
    if name == "stage":
        return str(Stage(code).label)
    if name == "basis":
        return str(Basis(code).label)
    if name == "measure":
        return str(MEASURES[code])
    named: dict[str, Iterable[object]] = {
        "area": words.areas,
        "country": words.countries,
        "account": words.accounts,
        "agency": words.organizations,
        "partner": words.organizations,
    }
    for thing in named.get(name, ()):
        if getattr(thing, "code", None) == code:
            return f"{code}: {thing}" if name == "account" else str(thing)
    if name == "goal":
        return next(str(goal) for goal in words.goals if str(goal.number) == code)
    return code


def name_of_balance(name: str) -> str:
    """Return the name of a stage or measure as a label: Committed, No commitment found."""
    label = str(MEASURE_NAMES[name]) if name in MEASURE_NAMES else str(Stage(name).label)
    return label[:1].upper() + label[1:]
