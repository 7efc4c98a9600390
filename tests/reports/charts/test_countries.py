"""The countries as bars and on the map, and the table of areas by countries."""

from decimal import Decimal

import pytest

from carsi_tracker.figures import aggregates
from carsi_tracker.reports.charts.countries import Countries, countries_chart
from carsi_tracker.reports.charts.shapes import shapes
from carsi_tracker.reports.overview.matrix import matrix
from tests.reports.charts.asking import asked, sum_behind, words
from tests.sourced import millions, total

pytestmark = pytest.mark.usefixtures("sourced")

DAYS = ["2008-06-30", "2009-09-30", "2011-09-30"]


def chart(**address: str) -> Countries:
    found = countries_chart(asked(**address), words().countries)
    assert found
    return found


@pytest.mark.parametrize("day", DAYS)
def test_countries_and_the_region_add_up_to_all_that_is_committed(day: str) -> None:
    found = chart(as_of=day)
    assert found.regional
    whole = sum(bar.figure.amount for bar in found.bars) + found.regional.figure.amount
    assert whole == found.total.amount == aggregates.totals(asked(as_of=day)).committed


@pytest.mark.parametrize(
    "filters", [{}, {"area": "community"}, {"stage": "obligated"}, {"measure": "unobligated"}]
)
def test_each_figure_leads_to_the_entries_that_it_sums(filters: dict[str, str]) -> None:
    found = chart(as_of="2009-09-30", **filters)
    assert found.regional
    for bar in (*found.bars, found.regional):
        assert sum_behind(bar.figure.href) == bar.figure.amount
    assert sum_behind(found.total.href) == found.total.amount


def test_bars_are_on_one_scale_with_the_region_and_the_largest_stands_first() -> None:
    found = chart()
    assert found.regional
    assert [bar.country.code for bar in found.bars] == ["GT", "HN", "CR", "PA", "NI", "BZ", "SV"]
    assert found.regional.width == 100
    for bar in found.bars:
        share = bar.figure.amount / found.regional.figure.amount
        assert bar.width == pytest.approx(share * 100, abs=Decimal("0.1"))


def test_each_country_of_the_map_names_itself_and_its_sum() -> None:
    places = {place.bar.country.code: place for place in chart().places}
    assert set(places) == set(shapes().countries) == {"BZ", "CR", "SV", "GT", "HN", "NI", "PA"}
    assert places["GT"].label == f"Guatemala: ${millions(total('committed', country='GT'))} million"
    assert all(0 < place.x < 100 and 0 < place.y < 100 for place in places.values())


def test_nothing_is_drawn_before_anything_is_committed() -> None:
    assert countries_chart(asked(as_of="2008-06-29"), words().countries) is None


@pytest.mark.parametrize(
    "filters", [{}, {"area": "community"}, {"country": "CR"}, {"measure": "unobligated"}]
)
@pytest.mark.parametrize("day", DAYS)
def test_each_cell_and_total_of_the_table_is_the_sum_behind_its_link(
    day: str, filters: dict[str, str]
) -> None:
    found = matrix(asked(as_of=day, **filters), words())
    figures = [cell.figure for row in found.rows for cell in row.cells]
    figures += [row.total for row in found.rows] + [*found.totals, found.total]
    for figure in figures:
        assert sum_behind(figure.href) == figure.amount
    assert sum(row.total.amount for row in found.rows) == found.total.amount
    assert sum(total.amount for total in found.totals) == found.total.amount


def test_the_largest_cell_is_the_darkest_and_an_empty_one_has_no_shade() -> None:
    cells = [cell for row in matrix(asked(), words()).rows for cell in row.cells]
    assert max(cells, key=lambda cell: cell.figure.amount).heat == 5
    assert {cell.heat for cell in cells if not cell.figure.amount} == {0}
