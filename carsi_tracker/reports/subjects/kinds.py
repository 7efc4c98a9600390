"""What the public has a page about: areas, countries, goals and appropriations."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Sums
from carsi_tracker.figures.query import NONE, Query
from carsi_tracker.ledger.models import Appropriation, Basis
from carsi_tracker.reports.balances.sums import OF_COMMITMENTS, STAGES
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.content import content
from carsi_tracker.reports.page.filters import name_of_balance
from carsi_tracker.reports.page.links import Linked, linked_in, page_path
from carsi_tracker.reports.page.public_page import PublicRequest

UNSTATED_AREA = "not-attributed"

TEXTS = content("subjects")


@dataclass(frozen=True)
class Subject:
    """Something that has a page: `key` is as breakdowns know it, `code` as its address does.

    `filters` choose its entries. Without a code it has no page: what states no goal.
    """

    key: str | int | None
    code: str
    name: str
    filters: tuple[tuple[str, str], ...]
    scope: str | Promise = ""

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
    """

    page: str
    list: str
    title: Promise
    intro: Promise
    all: Promise
    subjects: Callable[[PublicRequest], Iterable[Subject]]
    stages: tuple[str, ...]
    by: tuple[str, ...]


@dataclass(frozen=True)
class BreakdownRow:
    """A subject's sums by stage, each linked to its entries; `href` is the subject's page."""

    name: str
    href: str | None
    figures: tuple[Linked, ...]


@dataclass(frozen=True)
class Breakdown:
    """Sums by stage of the parts of something, and of the whole; `name` tells breakdowns apart."""

    name: str
    title: str | Promise
    heads: tuple[str, ...]
    rows: tuple[BreakdownRow, ...]
    total: BreakdownRow


def breakdown(public: PublicRequest, kind: SubjectKind, query: Query) -> Breakdown:
    """Break a query down by the subjects of a kind that have entries.

    Where everything is asked, subjects without entries are in it, too.
    """
    found = aggregates.breakdown(query, kind.page)
    everything = query == query.everywhere()
    rows = []
    for subject in kind.subjects(public):
        if everything or subject.key in found:
            sums = found.get(subject.key, Sums())
            asks = query.where(**dict(subject.filters))
            figures = figures_of(sums, kind.stages, asks)
            rows.append(BreakdownRow(subject.name, address(kind, subject, query), figures))
    total = figures_of(aggregates.totals(query), kind.stages, query)
    return Breakdown(
        kind.page,
        kind.title,
        heads(kind.stages),
        tuple(rows),
        BreakdownRow(str(kind.all), None, total),
    )


def breakdown_by_basis(query: Query) -> Breakdown:
    """Break a query down by how directly documents state its amounts."""
    found = aggregates.breakdown(query, "basis")
    rows = (
        BreakdownRow(
            str(basis.label), None, figures_of(found[basis], STAGES, query.where(basis=basis))
        )
        for basis in Basis
        if basis in found
    )
    total = figures_of(aggregates.totals(query), STAGES, query)
    return Breakdown(
        "basis", _("Evidence"), heads(STAGES), tuple(rows), BreakdownRow(str(_("All")), None, total)
    )


def heads(stages: Iterable[str]) -> tuple[str, ...]:
    """Return the names of stages as columns are headed."""
    return tuple(name_of_balance(stage) for stage in stages)


def figures_of(sums: Sums, stages: Iterable[str], query: Query) -> tuple[Linked, ...]:
    """Return the sums of stages, each linked to its entries."""
    return tuple(linked_in(sums, stage, query) for stage in stages)


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
    for each in posted.select_related("account"):
        year, account = str(each.fiscal_year), each.account.code
        yield Subject(
            each.pk,
            each.slug,
            f"{each}: {each.account}",
            (("account", account), ("year", year)),
        )


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
        ),
    )
}
