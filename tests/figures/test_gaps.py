"""Data gaps: their kinds add up, and nothing unknown is zero."""

from datetime import timedelta
from decimal import Decimal

import pytest

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Amount, Sums
from carsi_tracker.figures.gaps import KINDS, Gap, larger_published, largest_first
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.timeline import timeline
from carsi_tracker.figures.versions import newest
from carsi_tracker.reports.page.parameters import read
from tests import factories, sourced


def ask(**address: str) -> Query:
    head, revision = newest()
    return read(address, head, revision)


def sums(**stages: int) -> Sums:
    return Sums({stage: Amount(Decimal(amount), 1) for stage, amount in stages.items()})


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("version", range(1, sourced.VERSION + 1))
def test_kinds_add_up_to_appropriated_less_disbursed_on_every_day(version: int) -> None:
    days = [point.day for point in timeline(ask(version=str(version)))]
    for day in (days[0] - timedelta(days=1), *days):
        query = ask(as_of=day.isoformat(), version=str(version))
        gaps = largest_first(aggregates.breakdown(query, "appropriation"))
        assert bool(gaps) == (day >= days[0])
        assert [gap.whole.amount for gap in gaps] == sorted(
            (gap.whole.amount for gap in gaps), reverse=True
        )
        for gap in (*gaps, Gap(None, aggregates.totals(query))):
            kinds = [sum_.amount for sum_ in gap.kinds.values()]
            assert min(kinds) >= 0
            assert sum(kinds) == gap.sums.appropriated - gap.sums.disbursed == gap.whole.amount
        for kind in KINDS:
            parts = sum((gap.kinds[kind].amount for gap in gaps), Decimal(0))
            assert parts == aggregates.totals(query).of(kind).amount


def test_a_kind_of_which_the_stage_before_has_no_entry_is_not_known() -> None:
    gap = Gap(1, sums(appropriated=500))
    assert {kind: sum_.known for kind, sum_ in gap.kinds.items()} == {
        "available": True,
        "unobligated": False,
        "unliquidated": False,
    }
    assert gap.first == "available"


def test_what_adds_up_to_zero_is_known_and_no_gap() -> None:
    gap = Gap(1, sums(appropriated=500, committed=500, obligated=500, disbursed=500))
    assert all(sum_.known and not sum_.amount for sum_ in gap.kinds.values())
    assert gap.first == ""
    assert gap.whole.known


def test_the_first_kind_is_the_first_that_is_missing() -> None:
    assert Gap(1, sums(appropriated=500, committed=500, obligated=200)).first == "unobligated"
    assert Gap(1, sums(appropriated=5, committed=5, obligated=5)).first == "unliquidated"


def test_what_has_no_appropriation_on_a_day_has_no_gap() -> None:
    found = largest_first({1: sums(appropriated=300), 2: Sums(), 3: sums(appropriated=700)})
    assert [gap.key for gap in found] == [3, 1]


@pytest.mark.usefixtures("sourced")
def test_who_published_more_of_the_same_whole_is_named_from_the_day_that_it_was_about() -> None:
    (publisher,) = larger_published(ask())
    assert "Accountability Office" in publisher
    assert larger_published(ask(as_of="2013-05-31")) == []


@pytest.mark.usefixtures("sourced")
def test_who_published_less_at_most_or_of_more_money_is_not_named() -> None:
    for relation, amount, wider in (
        ("equals", 1_000_000, ""),
        ("at-most", 900_000_000, ""),
        ("equals", 900_000_000, "other years"),
    ):
        factories.published_figure(
            relation=relation, amount=amount, wider=wider, as_of="2012-01-01"
        )
    assert larger_published(ask(as_of="2012-02-01")) == []
    factories.published_figure(relation="equals", amount=900_000_000, as_of="2012-01-01")
    assert len(larger_published(ask(as_of="2012-02-01"))) == 1
