"""What the public has a page about: areas, countries, goals and appropriations."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from carsi_tracker.figures.query import NONE, Query
from carsi_tracker.ledger.days import day_in_words
from carsi_tracker.ledger.models import Appropriation, Document
from carsi_tracker.reports.balances.sums import (
    BALANCES,
    OF_APPROPRIATIONS,
    OF_COMMITMENTS,
    STAGES,
)
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.content import content
from carsi_tracker.reports.page.links import (
    page_path,
)
from carsi_tracker.reports.page.public_page import PublicRequest

UNSTATED_AREA = "not-attributed"

TEXTS = content("subjects")


@dataclass(frozen=True)
class Subject:
    """Something that has a page: `key` is as breakdowns know it, `code` as its address does.

    `filters` choose its entries. Without a code it has no page: what states no goal. `law` is the
    document of an appropriation, `short` its name without that of its account, `treasury` what
    Treasury's words for it are, as (label, text).
    """

    key: str | int | None
    code: str
    name: str
    filters: tuple[tuple[str, str], ...]
    scope: str | Promise = ""
    law: Document | None = None
    short: str = ""
    treasury: tuple[tuple[str | Promise, str], ...] = ()

    def query(self, query: Query) -> Query:
        """Ask about this subject alone."""
        return query.everywhere().where(**dict(self.filters))

    @property
    def query_string(self) -> str:
        """Its filters as the query string of an address."""
        return f"?{urlencode(self.filters)}"


@dataclass(frozen=True)
class SubjectKind:
    """A kind of subject: the name of its page and of the list of all, and what both are called.

    `stages` are those that its entries can have; `by` are the kinds that it is broken down by.
    The list has `columns`, as its file has them, and `first` is the one to read first.
    """

    page: str
    list: str
    title: Promise
    intro: Promise
    all: Promise
    subjects: Callable[[PublicRequest], Iterable[Subject]]
    stages: tuple[str, ...]
    by: tuple[str, ...]
    columns: tuple[str, ...] = BALANCES
    first: str = "committed"

    def subject(self, public: PublicRequest, code: str) -> Subject | None:
        """Return the subject whose page has a code in its address; None where none has."""
        return next((each for each in self.subjects(public) if each.code == code != ""), None)


def address(kind: SubjectKind, subject: Subject, query: Query) -> str | None:
    """Return the address of a subject's page, with the query's day and version."""
    if not subject.code:
        return None
    return page_path(kind.page, subject.code) + as_query_string(query.everywhere())


def _areas(public: PublicRequest) -> Iterable[Subject]:
    for area in public.words.areas:
        scope = TEXTS["scopes"].get(area.code, "")
        yield Subject(area.code, area.code, str(area), (("area", area.code),), scope)


def _countries(public: PublicRequest) -> Iterable[Subject]:
    for country in public.words.countries:
        yield Subject(
            country.code, country.code.lower(), str(country), (("country", country.code),)
        )


def _goals(public: PublicRequest) -> Iterable[Subject]:
    for goal in public.words.goals:
        number = str(goal.number)
        yield Subject(goal.number, number, str(goal), (("goal", number),))
    yield Subject(None, "", str(_("Goal not specified")), (("goal", NONE),))


def _appropriations(public: PublicRequest) -> Iterable[Subject]:
    posted = Appropriation.objects.filter(first_version__lte=public.query.version.number)
    for each in posted.select_related("account", "law"):
        year, account = str(each.fiscal_year), each.account.code
        yield Subject(
            each.pk,
            each.slug,
            f"{each}: {each.account}",
            (("account", account), ("year", year)),
            law=each.law,
            short=str(each),
            treasury=tuple(_treasurys_words(each)),
        )


def _treasurys_words(appropriation: Appropriation) -> Iterable[tuple[Promise, str]]:
    said = (
        (_("Federal account"), appropriation.account.federal_account),
        (_("Treasury account symbol"), appropriation.treasury_account),
        (_("Available until"), _until(appropriation.available_until)),
    )
    return ((label, text) for label, text in said if text)


def _until(written: str) -> str:
    if not written:
        return ""
    if written == "no-year":
        return gettext("no year: without end")
    if written.startswith("FY"):
        return gettext("the end of fiscal year %(year)s") % {"year": written[2:]}
    return day_in_words(date.fromisoformat(written))


KINDS: dict[str, SubjectKind] = {
    kind.page: kind
    for kind in (
        SubjectKind(
            "area",
            "areas",
            _("Programming areas"),
            TEXTS["intros"]["area"],
            _("All areas"),
            _areas,
            OF_COMMITMENTS,
            ("country", "goal"),
        ),
        SubjectKind(
            "country",
            "countries",
            _("Countries"),
            TEXTS["intros"]["country"],
            _("All countries"),
            _countries,
            OF_COMMITMENTS,
            ("area", "goal"),
        ),
        SubjectKind(
            "goal",
            "goals",
            _("Goals"),
            TEXTS["intros"]["goal"],
            _("All goals"),
            _goals,
            OF_COMMITMENTS,
            ("area", "country"),
        ),
        SubjectKind(
            "appropriation",
            "appropriations",
            _("Appropriations"),
            TEXTS["intros"]["appropriation"],
            _("All appropriations"),
            _appropriations,
            STAGES,
            ("area", "country"),
            OF_APPROPRIATIONS,
            "available",
        ),
    )
}
