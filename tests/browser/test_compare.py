"""What people see of comparisons and citations."""

from collections.abc import Callable
from datetime import date

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.sourced import COMMITTED, VERSION, dollars, total

Open = Callable[..., Page]


def test_a_reader_compares_two_days_without_script(site: Site, open_page: Open) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"{site.address}/?as_of=2009-09-30")
    page.get_by_role("link", name="compare", exact=True).click()
    page.get_by_label("Earlier day").fill("2009-03-31")
    page.get_by_role("button", name="Compare the days").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "What changed from March 31, 2009 to September 30, 2009"
    )
    matrix = page.get_by_role("region", name="Committed: changes in U.S. dollars")
    fund = {"area": "community", "country": "regional"}
    less = total("committed", on=date(2009, 3, 31), **fund) - total(
        "committed", on=date(2009, 9, 30), **fund
    )
    matrix.get_by_role("link", name=f"−{dollars(less)}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"−${dollars(less)} committed")


def test_a_reader_compares_two_versions_and_narrows_it_to_a_country(
    site: Site, open_page: Open
) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"{site.address}/compare/")
    page.get_by_label("Older version").select_option(label="12: Figures of GAO-13-295R")
    page.get_by_role("button", name="Compare the versions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        f"What changed from version 12 to version {VERSION}"
    )
    countries = page.get_by_role("region", name="Committed by country")
    countries.get_by_role("link", name="Costa Rica").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        f"What changed from version 12 to version {VERSION}: Costa Rica"
    )
    less = total("committed", country="CR", until=12) - total("committed", country="CR")
    expect(page.locator(".intro")).to_contain_text(f"a change of −${dollars(less)}")
    page.get_by_role("link", name="Remove the filter Country: Costa Rica").click()
    expect(page.locator(".intro")).to_contain_text(
        f"a change of +${dollars(COMMITTED - total('committed', until=12))}"
    )


def test_a_reader_takes_a_citation_by_one_click(site: Site, open_page: Open) -> None:
    page = open_page()
    page.goto(f"{site.address}/commitments/CARSI-08-ESF-06/?as_of=2009-09-30")
    page.get_by_text("Cite this page", exact=True).click()
    page.locator(".cite pre").first.click()
    chosen = page.evaluate("getSelection().toString()")
    assert chosen.startswith("CARSI Tracker (")
    committed = dollars(total("committed", reference="CARSI-08-ESF-06", on=date(2009, 9, 30)))
    named = "CARSI-08-ESF-06 Educational exchanges, Guatemala"
    assert f"“{named}: Committed ${committed}”" in chosen
    assert f"Figures as of September 30, 2009, version {VERSION} of the ledger" in chosen
