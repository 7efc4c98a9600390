"""The sums of the sourced ledger, on any day and in any version."""

from decimal import Decimal

import pytest

from carsi_tracker.figures import answers
from carsi_tracker.figures.answers import Totals
from carsi_tracker.figures.courses import DIMENSIONS
from carsi_tracker.figures.question import Question
from carsi_tracker.figures.reading import newest, read
from carsi_tracker.figures.selection import entries

pytestmark = pytest.mark.usefixtures("sourced")

DAYS = ("2008-06-30", "2009-09-29", "2009-09-30", "2009-12-31", "")


def ask(**address: str) -> Question:
    head, revision = newest()
    return read(address, head, revision)


@pytest.mark.parametrize(
    ("day", "appropriated", "committed", "obligated", "disbursed", "count"),
    [
        ("2008-02-29", 0, 0, 0, 0, 0),
        ("2008-06-29", 0, 0, 0, 0, 0),
        ("2008-06-30", 60_000_000, 25_000_000, 0, 0, 6),
        ("2009-03-10", 60_000_000, 41_993_500, 8_158_500, 0, 24),
        ("2009-03-11", 165_000_000, 88_993_500, 8_158_500, 0, 29),
        ("2009-09-29", 165_000_000, 94_624_500, 13_789_500, 0, 51),
        ("2009-09-30", 165_000_000, 106_109_500, 20_140_500, 6_351_000, 90),
        ("2009-10-01", 165_000_000, 106_109_500, 20_140_500, 6_351_000, 90),
        ("", 165_000_000, 123_109_500, 30_374_500, 9_835_000, 134),
    ],
)
def test_totals_through_a_day(
    day: str, appropriated: int, committed: int, obligated: int, disbursed: int, count: int
) -> None:
    expected = Totals(
        *(Decimal(amount) for amount in (appropriated, committed, obligated, disbursed)), count
    )
    assert answers.totals(ask(as_of=day)) == expected


def test_totals_in_an_older_version_are_those_it_had() -> None:
    totals = answers.totals(ask(version="12"))
    assert (totals.committed, totals.obligated, totals.disbursed) == (
        122_633_000,
        29_898_000,
        9_835_000,
    )


@pytest.mark.parametrize(
    ("area", "country", "today", "before", "at_the_end_of_fy2009"),
    [
        ("law-enforcement", "PA", 1_650_000, 1_650_000, 1_650_000),
        ("community", "GT", 7_848_000, 0, 1_098_000),
        ("community", "regional", 25_250_000, 37_000_000, 32_000_000),
        ("not-attributed", "CR", 0, 0, 0),
    ],
)
def test_a_cell_of_the_matrix_is_the_sum_of_its_entries_on_every_day(
    area: str, country: str, today: int, before: int, at_the_end_of_fy2009: int
) -> None:
    for day, expected in (
        ("", today),
        ("2009-09-29", before),
        ("2009-09-30", at_the_end_of_fy2009),
    ):
        question = ask(stage="committed", as_of=day)
        cell = answers.matrix(question).get((area, country), answers.Amount())
        behind = entries(question.where(area=area, country=country))
        assert cell.amount == expected
        assert cell.amount == sum(entry.amount for entry in behind)
        assert cell.entries == len(behind)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_breakdown_adds_up_to_the_totals(dimension: str, day: str) -> None:
    question = ask(as_of=day)
    parts = answers.breakdown(question, dimension).values()
    assert sum(parts, Totals()) == answers.totals(question)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("measure", ["available", "unobligated", "unliquidated"])
def test_a_measure_is_the_difference_of_two_stages(measure: str, day: str) -> None:
    assert answers.total(ask(measure=measure, as_of=day)).amount == getattr(
        answers.totals(ask(as_of=day)), measure
    )


@pytest.mark.parametrize("day", DAYS)
def test_commitments_add_up_to_the_totals(day: str) -> None:
    question = ask(as_of=day)
    rows = list(answers.summed_commitments(question))
    totals = answers.totals(question)
    for stage in ("committed", "obligated", "disbursed"):
        assert sum(getattr(row, stage) for row in rows) == getattr(totals, stage)


def test_commitments_of_a_filter_are_those_behind_its_figure() -> None:
    question = ask(area="community", country="GT", as_of="2009-09-30")
    assert [row.reference for row in answers.summed_commitments(question)] == ["CARSI-08-ESF-06"]
    unstated = answers.summed_commitments(ask(partner="none", account="NADR"))
    assert unstated.count() == 8


def test_two_commitments_are_back_at_zero_and_still_there() -> None:
    rows = answers.summed_commitments(ask())
    assert rows.count() == 37
    assert set(rows.filter(committed=0).values_list("reference", flat=True)) == {
        "CARSI-08-ESF-02",
        "CARSI-08-INCLE-08",
    }


def test_goals_add_up_as_the_sources_say() -> None:
    found = answers.breakdown(ask(stage="committed"), "goal")
    assert {goal: totals.committed for goal, totals in found.items()} == {
        1: 6_750_000,
        2: 39_097_000,
        3: 36_655_000,
        5: 699_000,
        None: 39_908_500,
    }


def test_an_answer_is_computed_once(django_assert_num_queries: object) -> None:
    answers.totals(ask())
    question = ask()
    with django_assert_num_queries(0):  # type: ignore[operator]
        answers.totals(question)
