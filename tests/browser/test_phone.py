"""What a phone of 320 by 640 pixels shows."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.conftest import Site
from tests.sourced import dollars, total

Open = Callable[..., Page]
HALF_A_SCREEN = 320


def box(element: Locator) -> dict[str, float]:
    found = element.bounding_box()
    assert found
    return dict(found)


@pytest.mark.parametrize("language", ["", "/es"])
@pytest.mark.parametrize(
    "path", ["/", "/countries/hn/", "/entries/?country=HN&stage=committed", "/areas/community/"]
)
def test_the_figure_of_the_page_stands_in_the_first_half_of_the_screen(
    site: Site, open_page: Open, path: str, language: str
) -> None:
    page = open_page(320)
    page.goto(f"{site.address}{language}{path}")
    figure = box(page.locator("main :is(h1, h1 a, .sum a)").filter(has_text="$").first)
    assert figure["y"] < HALF_A_SCREEN


def test_entries_are_cards_with_amount_and_day_first(site: Site, open_page: Open) -> None:
    page = open_page(320)
    page.goto(f"{site.address}/entries/?country=HN")
    rows = page.locator("table.entries tbody tr")
    for row in (rows.first, rows.last):
        amount, day = box(row.locator("td").last), box(row.locator("th"))
        title = box(row.locator("td").first)
        assert abs(amount["y"] - day["y"]) < amount["height"]
        assert amount["x"] < day["x"]
        assert day["x"] + day["width"] <= 320
        assert amount["y"] + amount["height"] <= title["y"]
    region = page.locator(".scroll").filter(has=page.locator("table.entries"))
    assert region.evaluate("region => region.scrollWidth <= region.clientWidth")


def test_the_name_of_a_row_stays_while_its_sums_pass(site: Site, open_page: Open) -> None:
    page = open_page(320)
    page.goto(f"{site.address}/appropriations/")
    region = page.locator(".scroll").first
    name = region.get_by_role("rowheader").first
    before = box(name)
    region.evaluate("region => region.scrollLeft = 1000")
    assert region.evaluate("region => region.scrollLeft") > 0
    assert box(name) == before
    assert region.evaluate("region => getComputedStyle(region).backgroundImage") != "none"


def test_the_table_of_areas_by_countries_is_turned(site: Site, open_page: Open) -> None:
    page = open_page(320)
    page.goto(f"{site.address}/areas/")
    matrix = page.locator("table.matrix")
    belize, panama = (box(matrix.get_by_role("link", name=name)) for name in ("Belize", "Panama"))
    assert abs(belize["x"] - panama["x"]) < 2
    assert belize["y"] + belize["height"] < panama["y"]
    committed = dollars(total("committed", country="PA"))
    sum_ = box(matrix.locator("tfoot").get_by_role("link", name=committed))
    assert abs(sum_["y"] - panama["y"]) < panama["height"]
    wide = open_page(1280)
    wide.goto(f"{site.address}/areas/")
    heads = wide.locator("table.matrix thead")
    belize, panama = (box(heads.get_by_role("link", name=name)) for name in ("Belize", "Panama"))
    assert belize["x"] + belize["width"] < panama["x"]


def test_legends_keep_their_colours_where_colours_are_forced(site: Site, open_page: Open) -> None:
    page = open_page(1280, forced_colors="active")
    page.goto(site.address)
    style = "(entry, name) => getComputedStyle(entry, '::before')[name]"
    squares = [
        entry.evaluate(style, "backgroundColor") + entry.evaluate(style, "backgroundImage")
        for entry in page.locator(".legend").first.locator("li").all()
    ]
    assert len(set(squares)) == len(squares) > 3
