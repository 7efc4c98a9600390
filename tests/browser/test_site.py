"""What people see of the public site."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, is_wider_than_its_window
from tests.sourced import VERSION, dollars, total

Open = Callable[..., Page]


def test_a_reader_follows_a_figure_to_its_document(site: Site, open_page: Open) -> None:
    page = open_page()
    page.goto(site.address)
    expect(page.get_by_role("heading", level=1)).to_contain_text("$165 million")
    amount = dollars(total("committed", area="community", country="GT"))
    page.get_by_role("link", name=amount).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"${amount} committed")
    page.get_by_role("link", name="CARSI-08-ESF-06").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Educational exchanges, Guatemala")
    page.get_by_role("link", name="GAO-13-295R").first.click()
    expect(page.get_by_role("link", name="gao.gov")).to_be_visible()


def test_a_reader_asks_for_another_day_without_script(site: Site, open_page: Open) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"{site.address}/entries/?country=PA")
    page.get_by_label("Figures as of").fill("2009-09-30")
    page.get_by_role("button", name="Show").first.click()
    expect(page.get_by_text("as of September 30, 2009").first).to_be_visible()
    assert "country=PA" in page.url
    page.get_by_role("link", name="Español").click()
    expect(page.get_by_text("al 30 de septiembre de 2009").first).to_be_visible()
    assert "/es/entries/?country=PA" in page.url


def test_a_reader_filters_and_sorts(site: Site, open_page: Open) -> None:
    page = open_page()
    page.goto(f"{site.address}/entries/")
    page.get_by_text("More filters").click()
    page.get_by_label("Country").select_option("HN")
    page.get_by_label("Stage").select_option("committed")
    page.locator(".filters").get_by_role("button", name="Filter").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("$4,059,000 committed")
    page.get_by_role("link", name="Amount, USD").click()
    expect(page.get_by_role("columnheader", name="Amount, USD")).to_have_attribute(
        "aria-sort", "ascending"
    )
    assert {"country=HN", "stage=committed", "sort=amount"} <= set(
        page.url.split("?")[1].split("&")
    )


def test_a_wide_table_scrolls_in_a_region_that_takes_focus(site: Site, open_page: Open) -> None:
    page = open_page(320)
    page.goto(site.address)
    region = page.get_by_role("region", name="Committed, U.S. dollars").first
    region.focus()
    expect(region).to_be_focused()
    assert region.evaluate("element => element.scrollWidth > element.clientWidth")


def test_print_shows_the_day_the_version_and_every_column(site: Site, open_page: Open) -> None:
    page = open_page(816)
    page.goto(f"{site.address}/?as_of=2009-09-30")
    page.emulate_media(media="print")
    expect(page.get_by_text("as of September 30, 2009").first).to_be_visible()
    expect(page.get_by_text(f"version {VERSION} of the ledger, checksum").last).to_be_visible()
    assert not is_wider_than_its_window(page)
