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


def test_open_questions_are_cards_that_need_no_scrolling(site: Site, open_page: Open) -> None:
    page = open_page(320)
    page.goto(f"{site.address}/gaps/")
    questions = page.locator("table.questions")
    region = page.locator(".scroll").filter(has=questions)
    assert region.evaluate("region => region.scrollWidth <= region.clientWidth")
    row = questions.locator("tbody tr").first
    asked, amount = box(row.locator("th")), box(row.locator("td").first)
    assert asked["y"] + asked["height"] <= amount["y"]
    heads = row.locator("td").evaluate_all(
        "cells => cells.map(cell => getComputedStyle(cell, '::before').content)"
    )
    assert heads[1:] == [
        '"What others published"',
        '"The kind of document that would settle it"',
    ]


def test_a_number_of_a_version_takes_no_more_room_than_it_needs(
    site: Site, open_page: Open
) -> None:
    page = open_page(320)
    page.goto(f"{site.address}/changes/")
    assert box(page.get_by_role("rowheader").first)["width"] < 80


@pytest.mark.parametrize("path", ["/changes/", "/areas/law-enforcement/"])
def test_a_minus_stays_with_its_amount(site: Site, open_page: Open, path: str) -> None:
    page = open_page(320)
    page.goto(f"{site.address}{path}")
    amounts = page.locator(".effect, .amount").filter(has_text="\u2212$")
    assert amounts.count()
    lines = amounts.evaluate_all("all => all.map(each => each.getClientRects().length)")
    assert set(lines) == {1}


def test_a_line_stands_above_all_totals_of_the_areas(site: Site, open_page: Open) -> None:
    page = open_page()
    page.goto(f"{site.address}/areas/")
    last = page.locator("table.matrix tbody tr").last.locator("td")
    widths = last.evaluate_all("cells => cells.map(cell => getComputedStyle(cell).borderBottom)")
    assert all(width.startswith("0px") for width in widths)
