"""Dollars: parts that add up to their whole, and how amounts are written."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carsi_tracker.ledger.money import (
    dollars,
    figure,
    millions,
    split,
    split_in_steps,
    whole_dollars,
)

UNITS = st.sampled_from([Decimal("0.01"), Decimal(1), Decimal(1_000), Decimal(100_000)])
AMOUNTS = st.decimals(-(10**12), 10**12, places=2)
PARTS = st.lists(AMOUNTS, max_size=12)

everywhere = settings(derandomize=True, database=None, deadline=None)


@everywhere
@given(PARTS, UNITS)
def test_rounded_parts_add_up_to_the_rounded_whole(parts: list[Decimal], unit: Decimal) -> None:
    whole = sum(parts, Decimal(0))
    rounded = split(whole, parts, unit)
    assert len(rounded) == len(parts)
    assert abs(sum(rounded) - whole) <= unit / 2
    assert all(amount % unit == 0 for amount in rounded)


@everywhere
@given(PARTS, UNITS)
def test_no_part_moves_by_a_whole_unit(parts: list[Decimal], unit: Decimal) -> None:
    rounded = split(sum(parts, Decimal(0)), parts, unit)
    assert all(abs(after - before) < unit for after, before in zip(rounded, parts, strict=True))


@everywhere
@given(PARTS)
def test_parts_that_need_no_rounding_stay_as_they_are(parts: list[Decimal]) -> None:
    assert split(sum(parts, Decimal(0)), parts, Decimal("0.01")) == parts


def test_ties_go_to_the_earlier_part() -> None:
    halves = [Decimal("0.5")] * 4
    assert split(Decimal(2), halves, Decimal(1)) == [1, 1, 0, 0]
    assert split(Decimal(-2), [-half for half in halves], Decimal(1)) == [-1, -1, 0, 0]


@everywhere
@given(PARTS, UNITS)
def test_parts_rounded_in_steps_add_up_at_every_step(parts: list[Decimal], unit: Decimal) -> None:
    shown = split_in_steps(parts, unit)
    assert len(shown) == len(parts)
    for steps in range(len(parts) + 1):
        reached = sum(parts[:steps], Decimal(0))
        assert sum(shown[:steps]) == (reached / unit).quantize(Decimal(1)) * unit
    assert all(abs(after - before) <= unit for after, before in zip(shown, parts, strict=True))


@pytest.mark.parametrize(
    ("amount", "with_cents", "in_prose", "in_tables"),
    [
        ("123109500", "$123,109,500.00", "$123,109,500", "123,109,500"),
        ("123109500.00", "$123,109,500.00", "$123,109,500", "123,109,500"),
        ("-1250000.5", "−$1,250,000.50", "−$1,250,000.50", "−1,250,000.50"),
        ("0", "$0.00", "$0", "0"),
        ("0.01", "$0.01", "$0.01", "0.01"),
        ("-999999999999.99", "−$999,999,999,999.99", "−$999,999,999,999.99", "−999,999,999,999.99"),
    ],
)
def test_an_amount_is_written_whole_or_with_both_cents(
    amount: str, with_cents: str, in_prose: str, in_tables: str
) -> None:
    exact = Decimal(amount)
    assert (dollars(exact), whole_dollars(exact), figure(exact)) == (
        with_cents,
        in_prose,
        in_tables,
    )


@pytest.mark.parametrize(
    ("amount", "in_millions"),
    [("123109500", "123.1"), ("49999", "0.0"), ("150000", "0.2"), ("250000", "0.2")],
)
def test_millions_have_one_decimal(amount: str, in_millions: str) -> None:
    assert str(millions(Decimal(amount))) == in_millions
