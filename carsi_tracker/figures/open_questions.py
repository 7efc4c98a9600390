"""Open questions: the sum that each is about, and the published totals that bear on it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.figures.aggregates import Amount
from carsi_tracker.figures.our_figures import DIMENSIONS, OurFigure, our_figures
from carsi_tracker.figures.published import (
    PublishedComparison,
    all_compared,
    asked_by,
    by_importance,
)
from carsi_tracker.figures.query import Filters, Query, Version
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Entry, OpenQuestion

KEPT = 64
MOST_TOTALS = 2
FARTHEST = 2
"""In how many places the filters of a total may differ from a question on which it bears."""
REFERS_TO = ("account", "area", "country", "agency")


@dataclass(frozen=True)
class AskedQuestion:
    """An open question, the query that it is about, its sum, and published totals nearest to it."""

    question: OpenQuestion
    query: Query
    sum_: Amount
    published: tuple[PublishedComparison, ...]


def open_questions(query: Query) -> list[AskedQuestion]:
    """Return the questions that are open on the day of a query, in the order of the list.

    Where the sum is zero or not known nothing is open.
    """
    compared = all_compared(query)
    return [
        AskedQuestion(
            question,
            query.everywhere().where(**asked_by(question).given),
            sum_,
            nearest(asked_by(question), compared),
        )
        for question, sum_ in _sums(query.everywhere())
        if sum_.amount
    ]


def nearest(
    filters: Filters, compared: Iterable[PublishedComparison]
) -> tuple[PublishedComparison, ...]:
    """Return the published totals about money of a question at the stage that it leaves open.

    That stage is the one which a balance subtracts. Of those that can have money in common, the
    ones whose filters differ in the fewest places; the most important first.
    """
    by_distance = defaultdict(list)
    for each in compared:
        theirs = asked_by(each.figure)
        if theirs.stage != (filters.stages or ("",))[-1]:
            continue
        pairs = [(getattr(filters, name), getattr(theirs, name)) for name in DIMENSIONS]
        distance = sum(ours != others for ours, others in pairs)
        if distance <= FARTHEST and all(None in pair or pair[0] == pair[1] for pair in pairs):
            by_distance[distance].append(each)
    found = by_distance[min(by_distance)] if by_distance else []
    return tuple(by_importance(found)[:MOST_TOTALS])


def public_questions(version: Version) -> QuerySet[OpenQuestion]:
    """Return the questions that the public sees on some day: a version has entries of theirs."""
    found = _answered(Query(version, today()))
    return OpenQuestion.objects.filter(pk__in=[each.pk for each, ours in found if ours.known])


@remembered(KEPT)
def _sums(query: Query) -> Sequence[tuple[OpenQuestion, Amount]]:
    return [(each, ours.sum_) for each, ours in _answered(query)]


def _answered(query: Query) -> Iterable[tuple[OpenQuestion, OurFigure]]:
    questions = OpenQuestion.objects.filter(retired=False).select_related(*REFERS_TO)
    asked = [(query.where(**asked_by(each).given), "") for each in questions]
    rows = Entry.objects.filter(posting_id__lte=query.version.number)
    return zip(questions, our_figures(rows, asked), strict=True)
