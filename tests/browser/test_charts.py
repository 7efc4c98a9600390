"""What people see of the charts."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.sourced import dollars, millions, total

Open = Callable[..., Page]
SMALLEST_LETTERS = 11
TEXTS = """() => [...document.querySelectorAll('svg text')].map(text => {
  const box = text.getBoundingClientRect();
  return {words: text.textContent, size: parseFloat(getComputedStyle(text).fontSize),
          chart: text.closest('svg.map, svg.timeline').getAttribute('class'),
          left: box.left, right: box.right, top: box.top, bottom: box.bottom};
})"""


@pytest.mark.parametrize("language", ["", "/es"])
@pytest.mark.parametrize("width", [320, 760, 1280])
@pytest.mark.parametrize("query", ["", "?as_of=2009-09-30"])
def test_words_in_charts_are_large_enough_within_the_window_and_apart(
    site: Site, open_page: Open, width: int, language: str, query: str
) -> None:
    page = open_page(width)
    page.goto(f"{site.address}{language}/{query}")
    texts = page.evaluate(TEXTS)
    assert {text["chart"] for text in texts} == {"map", "timeline"}
    for text in texts:
        assert text["size"] >= SMALLEST_LETTERS, text
        assert text["left"] >= 0, text
        assert text["right"] <= width, text
    for number, one in enumerate(texts):
        for other in texts[number + 1 :]:
            assert not overlap(one, other), (one, other)


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    """Say whether two boxes overlap by more than the space around letters."""
    spare = 3
    return (
        one["left"] + spare < other["right"]
        and other["left"] + spare < one["right"]
        and one["top"] + spare < other["bottom"]
        and other["top"] + spare < one["bottom"]
    )


def test_a_country_of_the_map_leads_to_its_page_on_that_day(site: Site, open_page: Open) -> None:
    page = open_page()
    amount = total("committed", country="GT", on=date(2009, 9, 30))
    page.goto(f"{site.address}/?as_of=2009-09-30")
    page.get_by_role("link", name=f"Guatemala: ${millions(amount)} million").press("Enter")
    expect(page.locator("h1")).to_contain_text("Guatemala")
    expect(page.get_by_text("as of September 30, 2009").first).to_be_visible()
    expect(page.get_by_role("link", name=dollars(amount)).first).to_be_visible()


def test_the_figures_of_the_timeline_stand_in_a_table_without_script(
    site: Site, open_page: Open
) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"{site.address}/?as_of=2009-09-30")
    page.get_by_text("The same figures as a table").click()
    row = page.get_by_role("row").filter(has_text="September 30, 2008")
    row.get_by_role("link", name="33,835,000").click()
    expect(page).to_have_url(f"{site.address}/entries/?stage=committed&as_of=2008-09-30")
    expect(page.locator("tfoot")).to_contain_text("33,835,000")


def test_a_chart_is_downloaded_under_a_name_that_says_what_it_is(
    site: Site, open_page: Open
) -> None:
    page = open_page()
    page.goto(f"{site.address}/?as_of=2009-09-30")
    section = page.locator("section").filter(
        has=page.get_by_role("heading", name="Status of funds over time")
    )
    with page.expect_download() as download:
        section.get_by_text("Data", exact=True).click()
        section.get_by_role("link", name="SVG").click()
    assert download.value.suggested_filename == "carsi-timeline-2009-09-30.svg"


def test_the_country_that_has_the_focus_stands_out(site: Site, open_page: Open) -> None:
    page = open_page()
    page.goto(f"{site.address}/")
    country = page.get_by_role("link", name="Nicaragua: $2.4 million")
    outline = country.locator("path")
    before = outline.evaluate("path => getComputedStyle(path).stroke")
    country.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(country).to_be_focused()
    assert outline.evaluate("path => getComputedStyle(path).stroke") != before
