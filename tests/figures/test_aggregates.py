"""The sums of the sourced ledger, on any day and in any version."""

from datetime import date

import pytest

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Sums
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.running_totals import DIMENSIONS
from carsi_tracker.figures.selection import entries
from carsi_tracker.figures.versions import newest
from carsi_tracker.reports.page.parameters import read
from tests import sourced

pytestmark = pytest.mark.usefixtures("sourced")

DAYS = ("2008-06-30", "2009-09-29", "2009-09-30", "2009-12-31", "")


def ask(**address: str) -> Query:
    head, revision = newest()
    return read(address, head, revision)


@pytest.mark.parametrize(
    "day",
    [
        "2008-02-29", "2008-06-29", "2008-06-30", "2009-03-10", "2009-03-11", "2009-09-29",
        "2009-09-30", "2009-10-01", "",
    ],
)  # fmt: skip
def test_totals_through_a_day_are_those_of_the_files(day: str) -> None:
    on = date.fromisoformat(day) if day else date.max
    stages = ("appropriated", "committed", "obligated", "disbursed")
    count = sum(1 for _ in sourced.entries(on=on))
    expected = {stage: total for stage in stages if (total := sourced.total(stage, on=on))}
    totals = aggregates.totals(ask(as_of=day))
    assert {stage: sum_.amount for stage, sum_ in totals.stages.items()} == expected
    assert totals.entries == count


def test_totals_in_an_older_version_are_those_it_had() -> None:
    totals = aggregates.totals(ask(version="12"))
    assert (totals.committed, totals.obligated, totals.disbursed) == tuple(
        sourced.total(stage, until=12) for stage in ("committed", "obligated", "disbursed")
    )


@pytest.mark.parametrize(
    ("area", "country"),
    [
        ("law-enforcement", "PA"),
        ("community", "GT"),
        ("community", "regional"),
        ("not-attributed", "CR"),
    ],
)
def test_a_cell_of_the_matrix_is_the_sum_of_its_entries_on_every_day(
    area: str, country: str
) -> None:
    for day in ("", "2009-09-29", "2009-09-30"):
        on = date.fromisoformat(day) if day else date.max
        expected = sourced.total("committed", on=on, area=area, country=country)
        query = ask(stage="committed", as_of=day)
        cell = aggregates.matrix(query).get((area, country), aggregates.Sums()).of("committed")
        behind = entries(query.where(area=area, country=country))
        assert cell.amount == expected
        assert cell.amount == sum(entry.amount for entry in behind)
        assert cell.entries == len(behind)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_breakdown_adds_up_to_the_totals(dimension: str, day: str) -> None:
    query = ask(as_of=day)
    parts = aggregates.breakdown(query, dimension).values()
    assert sum(parts, Sums()) == aggregates.totals(query)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("measure", ["available", "unobligated", "unliquidated"])
def test_a_measure_is_the_difference_of_two_stages(measure: str, day: str) -> None:
    assert aggregates.total(ask(measure=measure, as_of=day)).amount == getattr(
        aggregates.totals(ask(as_of=day)), measure
    )


@pytest.mark.parametrize("day", DAYS)
def test_commitments_add_up_to_the_totals(day: str) -> None:
    query = ask(as_of=day)
    rows = list(aggregates.summed_commitments(query))
    totals = aggregates.totals(query)
    for stage in ("committed", "obligated", "disbursed"):
        assert sum(getattr(row, stage) for row in rows) == getattr(totals, stage)


def test_commitments_of_a_filter_are_those_behind_its_figure() -> None:
    query = ask(area="community", country="GT", as_of="2009-09-30")
    assert [row.reference for row in aggregates.summed_commitments(query)] == ["CARSI-08-ESF-06"]
    unstated = aggregates.summed_commitments(ask(partner="none", account="NADR"))
    assert unstated.count() == 8


def test_two_commitments_are_back_at_zero_and_still_there() -> None:
    rows = aggregates.summed_commitments(ask())
    assert rows.count() == sourced.COMMITMENTS
    assert set(rows.filter(committed=0).values_list("reference", flat=True)) == {
        "CARSI-08-ESF-02",
        "CARSI-08-INCLE-08",
    }


def test_goals_add_up_as_the_sources_say() -> None:
    found = aggregates.breakdown(ask(stage="committed"), "goal")
    assert {str(goal or ""): totals.committed for goal, totals in found.items()} == sourced.by(
        "goal"
    )


def test_an_answer_is_computed_once(django_assert_num_queries: object) -> None:
    aggregates.totals(ask())
    query = ask()
    with django_assert_num_queries(0):  # type: ignore[operator]
        aggregates.totals(query)
