"""What a search found, as rows of a page: each kind of thing, its address, its figure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import DateField, ExpressionWrapper, F, Value
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Sums
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.selection import entries
from carsi_tracker.ledger.days import short_day
from carsi_tracker.ledger.models import Appropriation, Commitment, Document, Entry, Posting, Stage
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.links import Linked, entries_address, linked, page_path
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.page.written import WrittenText, written

FEW = 20_000
"""As many entries are rather sorted than met by reading through the days."""


@dataclass(frozen=True)
class Result:
    """A thing that was found; `figure` is its sum at a stage, or an entry's amount."""

    href: str
    name: str
    title: str = ""
    language: str = ""
    figure: Linked | None = None
    stage: str = ""


Rows = Callable[[PublicRequest, Sequence[Any]], list[Result]]


@dataclass(frozen=True)
class ResultKind:
    """A kind of thing that is found: its name, and how keys become rows."""

    name: Promise
    rows: Rows


def commitments(public: PublicRequest, keys: Sequence[Any]) -> list[Result]:
    """Return commitments by id, in the given order."""
    query = public.query.everywhere()
    found = Commitment.objects.in_bulk(keys)
    things = [found[key] for key in keys]
    committed = query.where(stage="committed")
    sums = aggregates.breakdown_of(committed, "commitment", [thing.reference for thing in things])
    return [
        _committed(
            Result(
                reverse("commitment", args=[thing.reference]) + as_query_string(query),
                thing.reference,
                thing.shown_title,
                thing.shown_in,
            ),
            committed.where(commitment=thing.reference),
            sums[thing.reference],
        )
        for thing in things
    ]


def documents(public: PublicRequest, keys: Sequence[Any]) -> list[Result]:
    """Return documents by id, in the given order."""
    things = Document.objects.in_bulk(keys)
    query_string = as_query_string(public.query.everywhere())
    return [
        Result(
            reverse("document", args=[things[key].key]) + query_string,
            things[key].key,
            things[key].shown_title,
            things[key].shown_in,
        )
        for key in keys
    ]


def versions(public: PublicRequest, keys: Sequence[Any]) -> list[Result]:
    """Return versions by number, in the given order."""
    postings = Posting.objects.in_bulk(keys)
    query_string = as_query_string(public.query.everywhere())
    return [
        _in_its_language(
            Result(reverse("version", args=[key]) + query_string, _("Version %d") % key),
            written(postings[key].title, postings[key].language, public),
        )
        for key in keys
    ]


def matching_entries(public: PublicRequest, query: Query, first: int) -> list[Result]:
    """Return the first entries that a query is about, by day.

    Many are read by the index of days, from the first day on, until there are enough. Few would be
    sought in all entries so: they are found by what they hold, and sorted.
    """
    # What they name is asked for those that are shown: joins led the planner through all versions.
    found = entries(query).prefetch_related(
        "commitment", "appropriation__account", "document", "posting"
    )
    day: Any = F("effective_date")
    if aggregates.totals(query).entries > FEW:
        found = found.filter(effective_date__gte=aggregates.span(query).first)
    else:
        day = ExpressionWrapper(day + Value(0), DateField())  # which no index has
    return [_entry(entry, public) for entry in found.order_by(day, "posting_id", "line")[:first]]


def _entry(entry: Entry, public: PublicRequest) -> Result:
    of = entry.commitment.reference if entry.commitment else str(entry.appropriation)
    name = f"{short_day(entry.effective_date)}, {of}, {Stage(entry.stage).label}"
    query_string = as_query_string(public.query.everywhere())
    href = reverse("entry", args=[entry.posting_id, entry.line]) + query_string
    row = Result(href, name, figure=Linked(entry.amount, href))
    if entry.quote:
        return replace(row, title=entry.quote, language=entry.document.language)
    said = entry.note or entry.locator
    return _in_its_language(row, written(said, entry.posting.language, public))


def _in_its_language(row: Result, said: WrittenText) -> Result:
    return replace(row, title=said.text, language=said.language)


def appropriations(public: PublicRequest, keys: Sequence[Any]) -> list[Result]:
    """Return appropriations by id, in the given order."""
    query = public.query.everywhere()
    things = Appropriation.objects.select_related("account").in_bulk(keys)
    sums = aggregates.breakdown(query.where(stage="appropriated"), "appropriation")
    rows = []
    for thing in (things[key] for key in keys):
        sum_ = sums.get(thing.pk, Sums())
        asks = query.where(year=thing.fiscal_year, account=thing.account.code, stage="appropriated")
        rows.append(
            Result(
                page_path("appropriation", thing.slug) + as_query_string(query),
                str(thing),
                thing.account.name,
                figure=linked(sum_.of(Stage.APPROPRIATED), asks),
                stage=str(Stage.APPROPRIATED.label).lower(),
            )
        )
    return rows


def _with_page(dimension: str, things: str, code: str = "code") -> Rows:
    """Return how codes of a dimension become rows that lead to a page of each."""

    def rows(public: PublicRequest, keys: Sequence[Any]) -> list[Result]:
        query = public.query.everywhere()
        named = {getattr(thing, code): str(thing) for thing in getattr(public.words, things)}
        sums = aggregates.breakdown(query.where(stage="committed"), dimension)
        return [
            _committed(
                Result(page_path(dimension, str(key)) + as_query_string(query), named[key]),
                query.where(**{dimension: key, "stage": "committed"}),
                sums.get(key, Sums()),
            )
            for key in keys
        ]

    return rows


def _organizations(role: str) -> Rows:
    """Return how codes of agencies or partners become rows that lead to their entries."""

    def rows(public: PublicRequest, keys: Sequence[Any]) -> list[Result]:
        query = public.query.everywhere()
        named = {
            organization.code: str(organization) for organization in public.words.organizations
        }
        return [
            Result(entries_address(query.where(**{role: key})), str(key), named[key])
            for key in keys
        ]

    return rows


def _committed(row: Result, asks: Query, sums: Sums) -> Result:
    figure = linked(sums.of(Stage.COMMITTED), asks)
    return replace(row, figure=figure, stage=str(Stage.COMMITTED.label).lower())


KINDS = {
    "commitments": ResultKind(gettext_lazy("Commitments"), commitments),
    "areas": ResultKind(gettext_lazy("Programming areas"), _with_page("area", "areas")),
    "countries": ResultKind(gettext_lazy("Countries"), _with_page("country", "countries")),
    "goals": ResultKind(gettext_lazy("Goals"), _with_page("goal", "goals", "number")),
    "appropriations": ResultKind(gettext_lazy("Appropriations"), appropriations),
    "agencies": ResultKind(gettext_lazy("Agencies"), _organizations("agency")),
    "partners": ResultKind(gettext_lazy("Partners"), _organizations("partner")),
    "documents": ResultKind(gettext_lazy("Documents"), documents),
    "versions": ResultKind(gettext_lazy("Versions"), versions),
}
