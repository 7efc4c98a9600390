"""Sums carry what commitments that are limits contribute to them, on every day, to every part."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.bounds import EXACT, Limits, Mark
from carsi_tracker.figures.comparison import Comparison, changes
from carsi_tracker.figures.published import compared, published_figures
from carsi_tracker.figures.query import MEASURES, Query
from carsi_tracker.figures.running_totals import DIMENSIONS
from carsi_tracker.figures.selection import entries
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Commitment, Entry
from carsi_tracker.reports.page.parameters import read
from tests import factories

pytestmark = pytest.mark.usefixtures("sourced")

ADDRESSES: list[dict[str, str]] = [
    {}, {"stage": "committed"}, {"stage": "obligated"}, {"measure": "available"},
    {"measure": "unobligated"}, {"measure": "unliquidated"}, {"country": "GT"},
    {"document": "spend-plan-2008"}, {"basis": "inferred"}, {"version": "12"},
    {"area": "law-enforcement", "date_from": "2009-01-01"},
]  # fmt: skip


def correct(**marked: Any) -> None:
    """Mark commitments as an analyst does: those whose number leaves the rest asked for."""
    with posting.acting(factories.analyst(), "As the source has it"):
        for number, commitment in enumerate(Commitment.objects.order_by("reference")):
            bound = ("at-most", "at-least", "", "")[number % 4]
            Commitment.objects.filter(pk=commitment.pk).update(
                bound=bound, bound_note="It says so." if bound else "", bound_note_es="", **marked
            )


def contributed(rows: list[Entry], measure: str | None) -> Limits:
    """What the entries of limits add up to, by reading each."""
    sign = -1 if measure and MEASURES[measure][1] == "committed" else 1
    found = {"at-most": Decimal(0), "at-least": Decimal(0), "": Decimal(0)}
    for row in rows:
        if row.stage == "committed" and row.commitment:
            found[row.commitment.bound] += sign * row.amount
    return Limits(found["at-most"], found["at-least"])


def rows_of(query: Query) -> list[Entry]:
    return list(entries(query).select_related("commitment"))


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_sum_carries_what_its_entries_of_limits_add_up_to_on_every_day(
    address: dict[str, str],
) -> None:
    correct()
    asked = read(address, *newest())
    rows = rows_of(asked)
    for day in {row.effective_date + timedelta(days=step) for row in rows for step in (-1, 0)}:
        by_day = [row for row in rows if row.effective_date <= day]
        found = aggregates.total(asked.through(day)).limits
        assert found == contributed(by_day, asked.filters.measure)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_the_limits_of_the_parts_add_up_to_those_of_the_whole(dimension: str) -> None:
    correct()
    query = read({"as_of": "2009-09-30"}, *newest())
    parts = aggregates.breakdown(query, dimension).values()
    whole = aggregates.totals(query)
    assert whole.of("committed").limits.mark is Mark.BOTH
    for name in ("committed", "available", "unobligated"):
        added = sum((part.of(name).limits for part in parts), EXACT)
        assert added == whole.of(name).limits
    if dimension in {"area", "country", "goal", "appropriation", "commitment"}:
        marks = {part.of("committed").limits.mark for part in parts}
        assert marks & set(Mark)


def test_the_limits_of_some_commitments_are_those_that_all_of_them_have() -> None:
    correct()
    query = read({}, *newest())
    everything = aggregates.breakdown(query, "commitment")
    some = [str(reference) for reference in everything if reference][::3]
    found = aggregates.breakdown_of(query, "commitment", some)
    assert found == {reference: everything[reference] for reference in some}


def test_what_is_left_after_at_most_so_much_is_at_least_so_much() -> None:
    query = read({"account": "FMF", "year": "2009"}, *newest())
    sums = aggregates.totals(query)
    assert sums.of("committed").limits.mark is Mark.AT_MOST
    assert sums.of("available").limits.mark is Mark.AT_LEAST
    assert sums.of("unobligated").limits.mark is Mark.AT_MOST
    for name in ("appropriated", "obligated", "disbursed", "unliquidated"):
        assert sums.of(name).limits.mark is None
    assert (sums.of("committed") + sums.of("available")).limits.mark is None


def test_a_limit_that_was_taken_back_marks_nothing() -> None:
    assert Limits(Decimal(5)).mark is Mark.AT_MOST
    assert (Limits(Decimal(5)) - Limits(Decimal(5))).mark is None
    query = read({"as_of": "2011-09-29"}, *newest())
    before = aggregates.totals(query.where(account="FMF", year="2009")).of("committed")
    assert before.limits.mark is None


@pytest.mark.parametrize("address", [{}, {"version": "16"}, {"document": "pl-111-8"}])
def test_a_corrected_mark_shows_at_once_in_every_answer(
    address: dict[str, str], django_assert_num_queries: Any
) -> None:
    def answers() -> tuple[Any, ...]:
        query = read(address, *newest())
        return (
            aggregates.total(query), aggregates.matrix(query),
            aggregates.breakdown(query, "commitment"),
            aggregates.breakdown_of(query, "document", ["pl-111-8"]),
        )  # fmt: skip

    before = answers()
    correct()
    after = answers()
    assert [one == other for one, other in zip(before, after, strict=True)].count(True) <= 1
    query = read(address, *newest())
    with django_assert_num_queries(0):
        aggregates.total(query)
        aggregates.matrix(query)


def test_many_limits_are_asked_for_by_as_many_queries_as_few(
    django_assert_num_queries: Any,
) -> None:
    query = read({"country": "GT"}, *newest())
    with django_assert_num_queries(3):  # whether there are any, sums, and what limits contribute
        aggregates.matrix(query)
    correct()
    query = read({"country": "HN"}, *newest())
    with django_assert_num_queries(3):
        aggregates.matrix(query)


def test_without_any_limit_none_are_asked_for(django_assert_num_queries: Any) -> None:
    with posting.acting(factories.analyst(), "None is one"):
        Commitment.objects.update(bound="", bound_note="", bound_note_es="")
    query = read({"country": "GT"}, *newest())
    with django_assert_num_queries(2):
        aggregates.matrix(query)


def test_a_change_carries_the_limits_of_what_was_added() -> None:
    correct()
    later = read({}, *newest())
    comparison = Comparison(later.through(date(2009, 3, 1)), later)
    change = changes(comparison)[()]["committed"].change
    assert change.limits == contributed(rows_of(comparison.between), None)


def test_our_figure_beside_a_published_total_carries_its_limits() -> None:
    correct()
    for measure in ("available", "unobligated", "unliquidated"):
        factories.published_figure(measure=measure)
    query = read({}, *newest())
    for comparison in compared(published_figures(), query):
        asks = comparison.query
        assert comparison.ours.sum_.limits == aggregates.total(asks).limits, comparison.figure.key
