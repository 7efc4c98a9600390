"""The filters of a page: what is chosen, and what can be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.figures import aggregates, matching
from carsi_tracker.figures.query import NONE, Version, Words
from carsi_tracker.figures.vocabulary import Vocabulary, vocabulary
from carsi_tracker.ledger.days import day_in_words
from carsi_tracker.ledger.folding import folded
from carsi_tracker.ledger.models import Basis, Stage
from carsi_tracker.ledger.money import whole_dollars
from carsi_tracker.reports.page.address import written
from carsi_tracker.reports.page.public_page import PublicRequest

OFFERED, TYPED = "offered", "typed"


@dataclass(frozen=True)
class Filter:
    """A filter as pages show it: its codes offered as a choice, or its value typed, or neither.

    `things` are those of the vocabulary that its codes name; `said` is how an end of a range
    stands in a sentence, without its label.
    """

    label: Promise
    shown: str = ""
    things: str = ""
    said: str | Promise = "%s"


FILTERS = {
    "area": Filter(gettext_lazy("Programming area"), OFFERED, "areas"),
    "country": Filter(gettext_lazy("Country"), OFFERED, "countries"),
    "goal": Filter(gettext_lazy("Goal"), OFFERED, "goals"),
    "account": Filter(gettext_lazy("Account"), OFFERED, "accounts"),
    "year": Filter(gettext_lazy("Fiscal year"), OFFERED),
    "agency": Filter(gettext_lazy("Agency"), OFFERED, "organizations"),
    "partner": Filter(gettext_lazy("Partner"), OFFERED, "organizations"),
    "commitment": Filter(gettext_lazy("Commitment")),
    "stage": Filter(gettext_lazy("Stage"), OFFERED),
    "measure": Filter(gettext_lazy("Balance")),
    "basis": Filter(gettext_lazy("Evidence"), OFFERED),
    "document": Filter(gettext_lazy("Document"), OFFERED),
    "posted_in": Filter(gettext_lazy("Posted in version")),
    "posted_from": Filter(gettext_lazy("Posted from version")),
    "text": Filter(gettext_lazy("Words"), TYPED),
    "amount_from": Filter(gettext_lazy("Amount from"), TYPED, said=gettext_lazy("amounts from %s")),
    "amount_to": Filter(gettext_lazy("Amount up to"), TYPED, said=gettext_lazy("amounts up to %s")),
    "date_from": Filter(gettext_lazy("Date from"), TYPED, said=gettext_lazy("dates from %s")),
    "date_to": Filter(gettext_lazy("Date up to"), TYPED, said=gettext_lazy("dates up to %s")),
}
MEASURES: dict[str, Promise] = {
    "available": gettext_lazy("No commitment found (appropriated less committed)"),
    "unobligated": gettext_lazy("Committed, no obligation found (committed less obligated)"),
    "unliquidated": gettext_lazy("Obligated, no payment found (obligated less disbursed)"),
    "unobligated-balance": gettext_lazy(
        "GAO’s “unobligated balance” (appropriated less obligated)"
    ),
    "undisbursed": gettext_lazy("Appropriated, no payment found (appropriated less disbursed)"),
}
MEASURE_NAMES: dict[str, Promise] = {
    "available": gettext_lazy("no commitment found"),
    "unobligated": gettext_lazy("committed, no obligation found"),
    "unliquidated": gettext_lazy("obligated, no payment found"),
    "unobligated-balance": gettext_lazy("GAO’s “unobligated balance”, at most"),
    "undisbursed": gettext_lazy("appropriated, no payment found"),
}
KEPT = 128
"""How many lists of options a process keeps: those of a filter, in a version and a language."""


@dataclass(frozen=True)
class Chip:
    """A chosen filter in words, and the page without it."""

    label: str
    value: str
    href: str


@dataclass(frozen=True)
class Select:
    """A filter that can be chosen: its options, and the code that is chosen.

    An option is a code, its name, and the language of a name that may not be in the page's.
    """

    name: str
    label: str
    options: tuple[tuple[str, str, str], ...]
    chosen: str | None

    @property
    def html(self) -> SafeString:
        """The options: built here, since there can be hundreds."""
        return format_html_join(
            "",
            '<option value="{}"{}{}>{}</option>',
            (
                (
                    code,
                    format_html(' lang="{}"', language) if language else "",
                    SafeString(" selected") if code == self.chosen else "",
                    name,
                )
                for code, name, language in self.options
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
    typed = {name: chosen.get(name, "") for name in _shown(TYPED)}
    hidden = public.address.carried(*_shown(OFFERED), "measure", *typed)
    return Form(chips(path, public), selects(public), hidden, typed)


def chips(path: str, public: PublicRequest) -> list[Chip]:
    """Return the chosen filters, each with the address of the page without it."""
    return [
        Chip(
            str(FILTERS[name].label),
            in_words(public.words, name, value),
            path + public.address.asking(public.query.where(**{name: None})).query_string(),
        )
        for name, value in public.query.filters.given.items()
    ]


def without_each_filter(path: str, public: PublicRequest) -> list[Loosened]:
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
                str(FILTERS["text"].label),
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
            _("Stage or balance") if name == "stage" else str(FILTERS[name].label),
            _options(name, query.version, public.label_revision, get_language()),
            getattr(query.filters, name) or (query.filters.measure if name == "stage" else None),
        )
        for name in _shown(OFFERED)
    ]


def _shown(how: str) -> list[str]:
    return [name for name, filter_ in FILTERS.items() if filter_.shown == how]


@remembered(KEPT)
def _options(
    name: str,
    version: Version,
    label_revision: int,
    language: str | None,  # noqa: ARG001 (the names are in this language)
) -> tuple[tuple[str, str, str], ...]:
    """Return the options of a filter; a balance is offered beside the stages."""
    words = vocabulary(version.number, version.checksum, label_revision)
    if name == "document":
        titled = ((key, each.shown_title, each.shown_in) for key, each in words.documents.items())
        return tuple(sorted(titled, key=lambda option: folded(option[1])))
    names = (name, "measure") if name == "stage" else (name,)
    return tuple(
        (code, _name_of(words, each, code), "")
        for each in names
        for code in words.codes[each].values()
    )


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
        return _("not specified")
    if name == "stage":
        return str(Stage(code).label)
    if name == "basis":
        return str(Basis(code).label)
    if name == "measure":
        return str(MEASURES[code])
    if name == "document":
        return words.documents[code].shown_title
    things = FILTERS[name].things
    for thing in getattr(words, things) if things else ():
        if code == str(thing.number if name == "goal" else thing.code):
            return f"{code}: {thing}" if name == "account" else str(thing)
    return code


def name_of_balance(name: str) -> str:
    """Return the name of a stage or measure as a label: Committed, No commitment found."""
    label = str(MEASURE_NAMES[name]) if name in MEASURE_NAMES else str(Stage(name).label)
    return label[:1].upper() + label[1:]
