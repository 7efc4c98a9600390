"""What is left of appropriations."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.remaining import Balance, Remaining, courses, remaining
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import Batch, Commitment, Stage
from tests import factories
from tests.sourced import AVAILABLE

pytestmark = pytest.mark.usefixtures("sourced")


def left(day: str) -> dict[str, Remaining]:
    return {str(row.appropriation): row for row in remaining(date.fromisoformat(day))}


def amounts(row: Remaining) -> tuple[Decimal | None, Decimal, date, Decimal]:
    return row.on_day, row.lowest, row.lowest_day, row.pending


def test_the_lowest_balance_from_a_day_on_stands_beside_the_balance_of_the_day() -> None:
    day, lowest_day = date(2008, 9, 4), date(2009, 9, 25)
    rows = left("2008-09-04")
    assert amounts(rows["INCLE FY2008"]) == (24_800_000, 11_010_500, lowest_day, 0)
    assert amounts(rows["NADR FY2008"]) == (1_365_000, 1_365_000, day, 0)
    assert amounts(rows["FMF FY2008"]) == (0, 0, day, 0)


def test_the_balance_of_a_day_counts_what_happened_on_it() -> None:
    day = date(2026, 11, 25)
    assert amounts(left("2026-11-25")["INCLE FY2008"]) == (11_010_500, 11_010_500, day, 0)
    assert left("2009-03-13")["INCLE FY2008"].on_day == 14_628_500


def test_nothing_is_left_before_the_law() -> None:
    before, after = left("2009-03-10")["INCLE FY2009"], left("2009-03-11")["INCLE FY2009"]
    assert amounts(before) == (None, 0, date(2009, 3, 10), 0)
    assert after.on_day
    assert left("1999-01-01")["ESF FY2008"].on_day is None


def test_every_appropriation_is_listed_in_order_also_one_without_amounts() -> None:
    made = factories.appropriation(fiscal_year=2010)
    rows = remaining(date(2026, 11, 25))
    assert [str(row.appropriation) for row in rows][:3] == [
        "ESF FY2008",
        "FMF FY2008",
        "INCLE FY2008",
    ]
    assert len(rows) == 8
    assert amounts(left("2026-11-25")[str(made)]) == (None, 0, date(2026, 11, 25), 0)


def test_what_is_left_now_adds_up_to_what_is_available() -> None:
    rows = remaining(date(2026, 11, 25))
    assert sum(row.on_day or 0 for row in rows) == AVAILABLE


def test_pending_is_committed_in_drafts_and_submitted_batches_and_not_taken_off() -> None:
    of = left("2026-11-25")["INCLE FY2008"].appropriation
    draft = factories.batch()
    new = factories.commitment(draft, appropriation=of)
    factories.line(draft, new, Stage.COMMITTED, 250_000)
    factories.line(draft, new, Stage.OBLIGATED, 100_000)
    other = factories.batch()
    factories.line(other, factories.commitment(other, appropriation=of), Stage.COMMITTED, 150_000)
    factories.submitted(other)
    row = left("2026-11-25")["INCLE FY2008"]
    assert (row.on_day, row.pending) == (Decimal(11_010_500), Decimal(400_000))


def test_the_queries_do_not_grow_with_the_appropriations() -> None:
    with CaptureQueriesContext(connection) as few:
        remaining(date(2026, 11, 25))
    for _ in range(3):
        factories.appropriation()
    with CaptureQueriesContext(connection) as many:
        remaining(date(2026, 11, 25))
    assert len(few) == len(many) == 2


def course(commitment: Commitment, name: str, day: str) -> tuple[Any, ...]:
    found = courses(commitment, date.fromisoformat(day))[name]
    return tuple(
        (each.posted, each.unposted) for each in (found.on_day, found.lowest, found.latest)
    )


def with_lines(commitment: Commitment, *lines: tuple[str, int, str]) -> Batch:
    batch = factories.batch()
    for stage, amount, day in lines:
        factories.line(batch, commitment, Stage(stage), amount, date.fromisoformat(day))
    return batch


def test_what_is_left_of_a_commitment_is_that_of_the_tightest_day_after() -> None:
    commitment = Commitment.objects.get(reference="CARSI-09-INCLE-01")
    with_lines(
        commitment, ("obligated", 2_400_000, "2010-08-24"), ("obligated", 613_000, "2010-09-30")
    )
    whole = Decimal(35_000_000)
    assert course(commitment, "unobligated", "2010-03-15") == (
        (whole, None), (whole, -3_013_000), (whole, -3_013_000),
    )  # fmt: skip
    assert courses(commitment, date(2010, 3, 15))["unobligated"].lowest == Balance(
        date(2010, 9, 30), whole, Decimal(-3_013_000)
    )
    assert course(commitment, "unliquidated", "2010-03-15") == (
        (None, None), (None, None), (None, 3_013_000),
    )  # fmt: skip


def test_a_balance_is_lowest_on_the_day_itself_where_none_after_is_lower() -> None:
    commitment = Commitment.objects.get(reference="CARSI-09-INCLE-01")
    with_lines(commitment, ("committed", 5, "2011-01-01"))
    found = courses(commitment, date(2010, 3, 15))
    assert found["unobligated"].lowest.day == date(2010, 3, 15)
    assert found["unobligated"].latest.together == 35_000_005
    before = courses(commitment, date(2001, 1, 1))["unobligated"]
    assert before.on_day == before.lowest == Balance(date(2001, 1, 1), None, None)


def test_the_balances_of_a_commitment_and_of_its_appropriation_agree_with_the_sums() -> None:
    for commitment in Commitment.objects.select_related("appropriation"):
        version, _revision = newest()
        day = date(2026, 11, 25)
        sums = aggregates.totals(Query(version, day).where(commitment=commitment.reference))
        for name, found in courses(commitment, day).items():
            if name != "available":
                known = sums.of(name).amount if sums.of(name).known else None
                assert found.latest.posted == known
    rows = {row.appropriation.pk: row.lowest for row in remaining(day)}
    assert courses(commitment, day)["available"].lowest.posted == rows[commitment.appropriation_id]


def test_the_balances_of_a_commitment_are_asked_for_as_often_for_many_lines() -> None:
    commitment = Commitment.objects.get(reference="CARSI-09-INCLE-01")
    with CaptureQueriesContext(connection) as few:
        courses(commitment, date(2010, 3, 15))
    with_lines(commitment, *[("obligated", 5, "2010-08-24")] * 20)
    with CaptureQueriesContext(connection) as many:
        courses(commitment, date(2010, 3, 15))
    assert len(many) == len(few) == 2
