"""Exploring and searching the public site, as readers do."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

Open = Callable[..., Page]


@pytest.mark.parametrize("width", [1280, 320])
def test_a_staffer_asks_how_much_went_to_honduras_for_gang_prevention_by_march_2009(
    site: Site, open_page: Open, width: int
) -> None:
    page = open_page(width, java_script_enabled=False)
    page.goto(f"{site.address}/entries/?as_of=2009-03-31&sort=-amount&page=1")
    page.get_by_text("More filters").click()
    page.get_by_label("Programming area").select_option(
        "Community policing, gang prevention, at-risk youth"
    )
    page.get_by_label("Country").select_option("Honduras")
    page.get_by_label("Stage").select_option("Committed")
    page.locator("form.filters").get_by_role("button", name="Filter").last.click()
    expect(page).to_have_url(
        f"{site.address}/entries/?area=community&country=HN&stage=committed"
        "&as_of=2009-03-31&sort=-amount"
    )
    expect(page.get_by_role("heading", level=1)).to_have_text("No commitment found")
    intro = page.locator(".intro")
    expect(intro).to_contain_text("area not specified: $3,500,000")
    expect(intro).to_contain_text(
        "Later entries, from September 30, 2009, add $412,000 to this figure."
    )
    intro.get_by_role("link", name="$412,000").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("$412,000 committed")
    page.locator("tbody a[href^='/documents/']").first.click()
    expect(page).to_have_url(f"{site.address}/documents/gao-13-295r/")


def test_a_reader_narrows_by_words_amount_and_day_and_widens_again(
    site: Site, open_page: Open
) -> None:
    page = open_page(320)
    page.goto(f"{site.address}/entries/")
    page.get_by_label("Words in titles").fill("PANAMÁ")
    page.get_by_text("More filters").click()
    page.get_by_role("group", name="Amount of an entry").get_by_label("From").fill("$1,000,000")
    page.get_by_role("group", name="Effective date").get_by_label("To").fill("2009-12-31")
    page.get_by_label("Words in titles").press("Enter")
    page.wait_for_url("**/entries/?text=PANAM%C3%81&amount_from=1000000&date_to=2009-12-31")
    chosen = page.get_by_role("list", name="Chosen filters")
    expect(chosen).to_contain_text("Amount from: $1,000,000")
    chosen.get_by_role("link", name="Remove the filter Words").click()
    page.wait_for_url("**/entries/?amount_from=1000000&date_to=2009-12-31")
    chosen.get_by_role("link", name="Remove all filters").click()
    expect(page).to_have_url(f"{site.address}/entries/")


def test_a_reader_with_a_slip_of_the_finger_finds_a_country(site: Site, open_page: Open) -> None:
    page = open_page(320)
    page.goto(f"{site.address}/es/?as_of=2009-09-30")
    page.get_by_text("Menú", exact=True).click()
    page.get_by_role("navigation").get_by_role("link", name="Búsqueda").click()
    page.get_by_role("searchbox").fill("hondruas")
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_url("**/es/search/?as_of=2009-09-30&q=hondruas")
    page.locator("section[aria-labelledby=like]").get_by_role(
        "link", name="Honduras", exact=True
    ).click()
    expect(page.locator("main")).to_contain_text("Honduras")
    assert "as_of=2009-09-30" in page.url
