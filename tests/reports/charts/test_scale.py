"""Where amounts and days stand on a chart."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from carsi_tracker.reports.charts.scale import DARKEST, Amounts, Days, heat, shade

AMOUNTS = st.decimals(min_value="0.01", max_value="999999999999.99", places=2)


@given(AMOUNTS, st.integers(2, 6))
def test_an_axis_has_some_round_amounts_evenly_apart_and_no_more_than_fit(
    highest: Decimal, most: int
) -> None:
    steps = Amounts(Decimal(0), highest, 100).steps(most)
    assert 0 < len(steps) <= most
    assert all(0 < step <= highest for step in steps)
    assert steps[0].normalize().as_tuple().digits in {(1,), (2,), (5,)}
    assert all(later - sooner == steps[0] for sooner, later in pairwise(steps))


def test_amounts_stand_from_the_bottom_to_the_top() -> None:
    amounts = Amounts(Decimal(-50), Decimal(150), 100)
    assert [amounts.y(Decimal(amount)) for amount in (150, 50, 0, -50)] == [0, 50, 75, 100]


def test_days_stand_from_the_left_to_the_right() -> None:
    days = Days(date(2009, 1, 1), date(2009, 1, 11), 1000)
    assert [days.x(date(2009, 1, day)) for day in (1, 6, 11)] == [0, 500, 1000]
    assert Days(date(2009, 1, 1), date(2009, 1, 1), 1000).x(date(2009, 1, 1)) == 0


def test_a_fiscal_year_is_named_where_its_middle_is_on_the_axis() -> None:
    days = Days(date(2007, 10, 1), date(2010, 9, 30), 1000)
    assert list(days.fiscal_years()) == [2008, 2009, 2010]
    assert list(days.later_years()) == [2009, 2010]
    sliver = Days(date(2007, 10, 1), date(2008, 10, 20), 1000)
    assert list(sliver.fiscal_years()) == [2008]
    assert list(sliver.later_years()) == [2009]


@given(AMOUNTS, AMOUNTS)
def test_the_larger_an_amount_the_darker_its_shade(one: Decimal, other: Decimal) -> None:
    smaller, larger = sorted((one, other))
    assert 1 <= heat(smaller, larger) <= heat(larger, larger) == DARKEST


@given(AMOUNTS, AMOUNTS)
def test_on_the_map_a_shade_is_half_of_the_next(one: Decimal, other: Decimal) -> None:
    smaller, larger = sorted((one, other))
    assert shade(larger, larger) == DARKEST
    below = DARKEST - shade(smaller, larger)
    assert smaller * 2**below <= larger * Decimal("1.000001")
    assert below == DARKEST - 1 or larger < smaller * 2 ** (below + 1)


def test_the_countries_of_the_sourced_map_have_shades_that_differ() -> None:
    millions = ["11.6765", "4.059", "2.987", "2.701", "2.378", "1.659", "0.747"]
    assert [shade(Decimal(each), Decimal("11.6765")) for each in millions] == [
        5, 4, 4, 3, 3, 3, 2,
    ]  # fmt: skip


def test_nothing_has_no_shade() -> None:
    assert shade(Decimal(0), Decimal(10)) == shade(Decimal(5), Decimal(-5)) == 0
    assert heat(Decimal(0), Decimal(10)) == heat(Decimal(-5), Decimal(10)) == 0
    assert heat(Decimal(0), Decimal(0)) == 0
