"""What a search found, as rows of a page: each kind of thing, its address, its figure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.figures import answers
from carsi_tracker.figures.answers import Totals
from carsi_tracker.figures.question import Question
from carsi_tracker.figures.selection import entries
from carsi_tracker.figures.texts import Key
from carsi_tracker.ledger.days import short_day
from carsi_tracker.ledger.models import Commitment, Document, Entry, Posting, Stage
from carsi_tracker.reports.freshness import Asked
from carsi_tracker.reports.links import Linked, entries_address, linked


@dataclass(frozen=True)
class Row:
    """A thing that was found; `committed` is what is committed to it, where that is asked."""

    href: str
    name: str
    title: str = ""
    language: str = ""
    committed: Linked | None = None


Rows = Callable[[Asked, Sequence[Any]], list[Row]]


@dataclass(frozen=True)
class Kind:
    """A kind of thing that is found: its name, and how keys become rows."""

    name: Promise
    rows: Rows


def commitments(asked: Asked, keys: Sequence[Any]) -> list[Row]:
    """Return commitments by id, in the given order."""
    question = asked.question.everywhere()
    things = Commitment.objects.in_bulk(keys)
    references = [things[key].reference for key in keys]
    sums = answers.breakdown_of(question.where(stage="committed"), "commitment", references)
    return [
        Row(
            reverse("commitment", args=[things[key].reference]) + question.query(),
            things[key].reference,
            things[key].shown_title,
            things[key].shown_in,
            _committed(question, "commitment", things[key].reference, sums),
        )
        for key in keys
    ]


def documents(asked: Asked, keys: Sequence[Any]) -> list[Row]:
    """Return documents by id, in the given order."""
    things = Document.objects.in_bulk(keys)
    query = asked.question.everywhere().query()
    return [
        Row(
            reverse("document", args=[things[key].key]) + query,
            things[key].key,
            things[key].shown_title,
            things[key].shown_in,
        )
        for key in keys
    ]


def versions(asked: Asked, keys: Sequence[Any]) -> list[Row]:
    """Return versions by number, in the given order."""
    titles = dict(Posting.objects.filter(pk__in=keys).values_list("version", "title"))
    query = asked.question.everywhere().query()
    return [
        Row(reverse("version", args=[key]) + query, _("Version %d") % key, titles[key], "en")
        for key in keys
    ]


def said_by_entries(asked: Asked, question: Question, first: int) -> list[Row]:
    """Return the first entries that a question is about, by day."""
    found = entries(question).select_related("commitment", "appropriation__account", "document")
    query = asked.question.everywhere().query()
    return [
        _entry(entry, query)
        for entry in found.order_by("effective_date", "posting_id", "line")[:first]
    ]


def _entry(entry: Entry, query: str) -> Row:
    of = entry.commitment.reference if entry.commitment else str(entry.appropriation)
    name = f"{short_day(entry.effective_date)}, {of}, {Stage(entry.stage).label}"
    href = reverse("entry", args=[entry.posting_id, entry.line]) + query
    language = entry.document.written_in if entry.quote else "en"
    said = entry.quote or entry.note or entry.locator
    return Row(href, name, said, language, Linked(entry.amount, href))


def _filtered(dimension: str, things: str, *, summed: bool = True) -> Rows:
    """Return how codes of a filter become rows: each leads to the entries with that code."""

    def rows(asked: Asked, keys: Sequence[Any]) -> list[Row]:
        question = asked.question.everywhere()
        key_of = "number" if dimension == "goal" else "code"
        named = {getattr(thing, key_of): str(thing) for thing in getattr(asked.words, things)}
        sums: Mapping[Any, Totals] = {}
        if summed:
            sums = answers.breakdown(question.where(stage="committed"), dimension)
        return [
            Row(
                entries_address(question.where(**{dimension: key})),
                named[key],
                committed=_committed(question, dimension, key, sums) if summed else None,
            )
            for key in keys
        ]

    return rows


def _committed(
    question: Question, dimension: str, key: Key, sums: Mapping[Any, Totals]
) -> Linked | None:
    sum_ = sums.get(key, Totals())
    asks = question.where(**{dimension: key, "stage": "committed"})
    return linked(sum_.committed, sum_.entries, asks)


KINDS = {
    "commitments": Kind(gettext_lazy("Commitments"), commitments),
    "areas": Kind(gettext_lazy("Programming areas"), _filtered("area", "areas")),
    "countries": Kind(gettext_lazy("Countries"), _filtered("country", "countries")),
    "goals": Kind(gettext_lazy("Goals"), _filtered("goal", "goals")),
    "agencies": Kind(gettext_lazy("Agencies"), _filtered("agency", "organizations", summed=False)),
    "partners": Kind(gettext_lazy("Partners"), _filtered("partner", "organizations", summed=False)),
    "documents": Kind(gettext_lazy("Documents"), documents),
    "versions": Kind(gettext_lazy("Versions"), versions),
}
