"""Pages on paper: Letter, backgrounds off."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.sourced import ENTRIES, VERSION

PATHS = (
    "/?as_of=2009-09-30",
    "/entries/?as_of=2009-09-30",
    "/entries/12-5/",
    "/commitments/",
    "/commitments/CARSI-08-INCLE-10/",
    "/documents/",
    "/documents/gao-13-295r/",
    "/changes/",
    "/changes/12/",
    "/compare/?from=2009-03-31&as_of=2009-09-30",
    "/compare/?from_version=12&version=16",
    "/balance/",
    "/areas/",
    "/areas/community/",
    "/countries/",
    "/countries/hn/",
    "/goals/2/",
    "/appropriations/2008-incle/",
    "/search/?q=policia",
    "/data/",
)
LETTER = 718
"""CSS pixels between the margins."""
CUT_OFF = """
    width => [...document.querySelectorAll("body *")]
        .filter(element => !element.closest("svg"))
        .filter(element => element.getBoundingClientRect().right > width + 0.5)
        .map(element => element.outerHTML.slice(0, 80))
"""
Open = Callable[..., Page]


@pytest.mark.parametrize("language", ["", "/es"])
def test_no_column_is_cut_off_and_nothing_is_left_that_paper_cannot_do(
    site: Site, open_page: Open, language: str
) -> None:
    page = open_page(LETTER)
    page.emulate_media(media="print")
    for path in PATHS:
        page.goto(site.address + language + path)
        assert not page.evaluate(CUT_OFF, LETTER), path
        for control in page.locator("form, .site-header nav, .cite").all():
            expect(control).to_be_hidden()


def test_the_day_the_version_its_checksum_and_the_permanent_address_are_printed(
    site: Site, open_page: Open
) -> None:
    page = open_page(LETTER)
    page.goto(f"{site.address}/commitments/?as_of=2009-09-30&country=GT")
    page.get_by_text("Cite this page", exact=True).click()
    address = page.locator(".cite a").inner_text()
    page.emulate_media(media="print")
    foot = page.locator(".site-footer .print-only")
    expect(foot).to_contain_text(address)
    expect(foot).to_contain_text(f"as of September 30, 2009, version {VERSION}")
    assert re.search(r"checksum [0-9a-f]{64}\b", foot.inner_text())
    expect(page.locator(".band")).to_contain_text("as of September 30, 2009")
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_dark_screen_prints_dark_on_white(site: Site, open_page: Open) -> None:
    page = open_page(LETTER, color_scheme="dark")
    page.goto(site.address)
    page.emulate_media(media="print", color_scheme="dark")
    color = "element => getComputedStyle(element).color"
    assert page.locator("h1").evaluate(color) == "rgb(27, 27, 27)"


def test_the_parts_of_the_bar_are_told_apart_without_backgrounds(
    site: Site, open_page: Open
) -> None:
    page = open_page(LETTER)
    page.goto(site.address)
    page.emulate_media(media="print")
    style = "(element, name) => getComputedStyle(element, '::before')[name]"
    for entry in page.locator(".legend").first.locator("li").all():
        assert entry.evaluate(style, "printColorAdjust") == "exact"
        assert entry.evaluate(style, "borderTopStyle") == "solid"
        assert re.search(r"\$[\d.]+ million", entry.inner_text())


def test_figures_that_stand_folded_on_the_screen_are_printed(site: Site, open_page: Open) -> None:
    page = open_page(LETTER)
    page.goto(site.address)
    table = page.locator("details:not(.cite)").get_by_role("table").first
    expect(table).to_be_hidden()
    page.emulate_media(media="print")
    expect(table).to_be_visible()


def test_the_sums_of_a_long_table_are_printed_once(site: Site, open_page: Open) -> None:
    page = open_page(LETTER)
    page.goto(f"{site.address}/entries/")
    page.emulate_media(media="print")
    assert page.locator("tfoot").evaluate("foot => getComputedStyle(foot).display") == (
        "table-row-group"
    )
    expect(page.get_by_text(f"Rows 1 to 100 of {ENTRIES}")).to_be_visible()
