"""The bar of a whole and its parts."""

from decimal import Decimal

import pytest

from carsi_tracker.figures import aggregates
from carsi_tracker.reports.charts.bar import BarPart, bar
from tests.reports.charts.asking import asked, sum_behind

pytestmark = pytest.mark.usefixtures("sourced")

DAYS = ["2008-06-30", "2009-03-13", "2009-09-30", "2011-09-30"]


def parts(**address: str) -> list[BarPart]:
    query = asked(**address)
    return bar(aggregates.totals(query), query)


@pytest.mark.parametrize("day", DAYS)
def test_the_parts_add_up_to_what_is_appropriated_exactly_and_as_shown(day: str) -> None:
    whole = aggregates.totals(asked(as_of=day)).appropriated
    found = parts(as_of=day)
    assert sum(part.amount for part in found) == whole
    assert sum(part.shown for part in found) == round(whole, -5)
    assert abs(sum(part.width for part in found) - 100) <= Decimal("0.02")


@pytest.mark.parametrize(
    "filters", [{}, {"year": "2009"}, {"country": "GT"}, {"area": "community"}]
)
@pytest.mark.parametrize("day", DAYS)
def test_each_part_leads_to_the_entries_that_it_sums(day: str, filters: dict[str, str]) -> None:
    for part in parts(as_of=day, **filters):
        assert sum_behind(part.href) == part.amount


def test_the_bar_of_a_country_is_of_what_is_committed_there() -> None:
    found = parts(country="PA")
    assert [part.name for part in found] == ["disbursed", "unliquidated", "unobligated"]
    assert sum(part.amount for part in found) == 2_701_000


def test_there_is_no_bar_where_nothing_is_a_whole() -> None:
    assert parts(as_of="2008-06-29") == []
    assert parts(stage="obligated") == []
