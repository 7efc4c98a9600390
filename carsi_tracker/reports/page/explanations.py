"""What a page says beside a figure: what it is of, what it leaves out, what comes later."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.certainty import REGIONAL
from carsi_tracker.figures.query import MEASURES, NONE, Query
from carsi_tracker.figures.selection import entries
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Document, Stage
from carsi_tracker.reports.page import filters
from carsi_tracker.reports.page.links import Linked, linked, linked_in, linked_sum
from carsi_tracker.reports.page.public_page import PublicRequest

UNSTATED: dict[str, tuple[str, Promise, Promise]] = {
    "area": (
        "not-attributed",
        gettext_lazy("All areas:"),
        gettext_lazy("area not specified:"),
    ),
    "country": (
        REGIONAL,
        gettext_lazy("All countries and the region:"),
        gettext_lazy("regional, not divided among countries:"),
    ),
    "goal": (
        NONE,
        gettext_lazy("All goals:"),
        gettext_lazy("goal not specified:"),
    ),
    "partner": (
        NONE,
        gettext_lazy("All partners:"),
        gettext_lazy("partner not specified:"),
    ),
}
"""For each filter whose value a document may not state: the code of that, and how it is said."""

DOCUMENTS_NAMED = 3

STAGES_OF_DOLLARS: dict[str, Promise] = {
    Stage.APPROPRIATED: pgettext_lazy("so many dollars", "appropriated"),
    Stage.COMMITTED: pgettext_lazy("so many dollars", "committed"),
    Stage.OBLIGATED: pgettext_lazy("so many dollars", "obligated"),
    Stage.DISBURSED: pgettext_lazy("so many dollars", "disbursed"),
}
"""How a stage is said after an amount; Spanish says it in the plural."""


@dataclass(frozen=True)
class Unstated:
    """The whole that a filter shows a part of, and how much of it could be anything.

    `documents` are those that say so; none where they are more than DOCUMENTS_NAMED.
    """

    whole_in_words: str | Promise
    whole: Linked
    part_in_words: str | Promise
    part: Linked
    documents: list[Document]
    scope: str


@dataclass(frozen=True)
class Later:
    """What the same filter finds after the day of the page: U.S. dollars, and from which day."""

    sum: Linked
    entries: int
    first: date


def stage_in_words(query: Query) -> str:
    """Return the stage or measure that is summed; "" where several stages are shown."""
    if query.filters.measure:
        return str(filters.MEASURE_NAMES[query.filters.measure])
    return str(STAGES_OF_DOLLARS[query.filters.stage]) if query.filters.stage else ""


def scope_in_words(public: PublicRequest, *, without: tuple[str, ...] = ()) -> str:
    """Return the filters in words, without stage and measure and what else is left out."""
    return " · ".join(
        str(filters.FILTERS[name].said) % filters.in_words(public.words, name, value)
        for name, value in public.query.filters.given.items()
        if name not in ("stage", "measure", *without)
    )


def sums_of_all(query: Query) -> list[tuple[str, Linked]]:
    """Return the sum of each stage that has entries, and each balance of two such stages."""
    totals = aggregates.totals(query)
    measures = (name for name, stages in MEASURES.items() if totals.stages.keys() >= {*stages})
    return [
        (filters.name_of_balance(name), linked_in(totals, name, query))
        for name in (*totals.stages, *measures)
    ]


def figure_today(query: Query) -> Linked | None:
    """Return the same figure as of today, if known, where the page shows an earlier day."""
    if not query.dated or query.day == today():
        return None
    found = linked_sum(query.as_of_today())
    return found if found.known else None


def later(query: Query) -> Later | None:
    """Return what comes after the day of the page; None where nothing does."""
    found = aggregates.later(query, today()) if query.dated else None
    if found is None:
        return None
    added, first = found
    start = max(query.day + timedelta(days=1), query.filters.date_from or query.day)
    asks = query.where(date_from=start).as_of_today()
    return Later(linked(added, asks), added.entries, first)


def unstated(public: PublicRequest) -> list[Unstated]:
    """Return, for each filter that documents may be silent about, how much they are silent on."""
    query, found = public.query, []
    for name, (code, whole_in_words, part_in_words) in UNSTATED.items():
        if getattr(query.filters, name) in (None, code):
            continue
        whole = query.where(**{name: None})
        if not (query.filters.stage or query.filters.measure):
            whole = whole.where(stage=Stage.COMMITTED)
        asks = whole.where(**{name: code})
        part = linked_sum(asks)
        if part.amount:
            found.append(
                Unstated(
                    whole_in_words,
                    linked_sum(whole),
                    part_in_words,
                    part,
                    documents_of(asks),
                    scope_in_words(public, without=(name,)),
                )
            )
    return found


def documents_of(query: Query) -> list[Document]:
    """Return the documents behind a sum by day; none where they are more than can be named."""
    cited = Document.objects.filter(pk__in=entries(query).values("document"))
    found = list(cited.order_by("published_on", "pk")[: DOCUMENTS_NAMED + 1])
    return found if len(found) <= DOCUMENTS_NAMED else []
