"""What people see of comparisons and citations."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

Open = Callable[..., Page]


def test_a_reader_compares_two_days_without_script(site: Site, open_page: Open) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"{site.address}/?as_of=2009-09-30")
    page.get_by_role("link", name="compare", exact=True).click()
    page.get_by_label("Earlier day").fill("2009-03-31")
    page.get_by_role("button", name="Compare the days").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "What changed from 31 March 2009 to 30 September 2009"
    )
    matrix = page.get_by_role("region", name="Committed: changes in U.S. dollars")
    matrix.get_by_role("link", name="−5,000,000").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("−$5,000,000 committed")


def test_a_reader_compares_two_versions_and_narrows_it_to_a_country(
    site: Site, open_page: Open
) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"{site.address}/compare/")
    page.get_by_label("Older version").select_option(label="12: Figures of GAO-13-295R")
    page.get_by_role("button", name="Compare the versions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "What changed from version 12 to version 16"
    )
    countries = page.get_by_role("region", name="Committed by country")
    countries.get_by_role("link", name="Costa Rica").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "What changed from version 12 to version 16: Costa Rica"
    )
    expect(page.locator(".intro")).to_contain_text("a change of −3,182,000")
    page.get_by_role("link", name="Remove the filter Country: Costa Rica").click()
    expect(page.locator(".intro")).to_contain_text("a change of +476,500")


def test_a_reader_takes_a_citation_by_one_click(site: Site, open_page: Open) -> None:
    page = open_page()
    page.goto(f"{site.address}/commitments/CARSI-08-ESF-06/?as_of=2009-09-30")
    page.get_by_text("Cite this page").click()
    page.locator(".cite pre").first.click()
    chosen = page.evaluate("getSelection().toString()")
    assert chosen.startswith("CARSI Tracker (")
    assert "“CARSI-08-ESF-06 Educational exchanges, Guatemala”" in chosen
    assert "Figures as of 30 September 2009, version 16 of the ledger" in chosen
