"""Questions of readers, each answered from the overview in at most three actions.

An action is what a reader does: follow a link, open a menu, fill a field, press a button.
"""

from collections.abc import Callable
from csv import DictReader

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site
from tests.sourced import VERSION, millions, total

Open = Callable[..., Page]
MOST = 3
WIDTHS = pytest.mark.parametrize("width", [1280, 320])


class Reader:
    """Acts on pages, and counts what is done."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page, self.actions = page, 0
        page.goto(site.address)

    def select(self, what: Locator) -> None:
        """Follow a link, press a button, or open what is folded."""
        self.actions += 1
        what.click()

    def fill(self, field: Locator, text: str) -> None:
        """Type a text."""
        self.actions += 1
        field.fill(text)

    def follow_in_menu(self, group: str, section: str) -> None:
        """Open the menu that there is at this width, and follow a link of it."""
        folded = self.page.get_by_text("Menu", exact=True)
        menu = self.page.get_by_role("navigation", name="Main")
        self.select(folded if folded.is_visible() else menu.locator("summary", has_text=group))
        self.select(menu.get_by_role("link", name=section, exact=True))

    def open_band(self) -> Locator:
        """Return the form of the band, opened where it is folded."""
        folded = self.page.get_by_text("change", exact=True)
        if folded.is_visible():
            self.select(folded)
        return self.page.get_by_role("region", name="Day and version")


@WIDTHS
def test_what_changed_since_version_12_and_why(site: Site, open_page: Open, width: int) -> None:
    reader = Reader(open_page(width, java_script_enabled=False), site)
    reader.follow_in_menu("Version history", "All versions")
    reader.select(reader.page.get_by_role("link", name="What changed since version 12"))
    between = reader.page.locator(".latest li")
    expect(between).to_have_count(VERSION - 12)
    expect(between.filter(has_text="Version 15")).to_contain_text("−$3,182,000 committed")
    expect(between.filter(has_text="Version 15")).to_contain_text("Department of Defense money")
    assert reader.actions <= MOST


@WIDTHS
def test_the_ledger_as_known_on_a_moment(site: Site, open_page: Open, width: int) -> None:
    page = open_page(width, java_script_enabled=False)
    versions = DictReader(page.request.get(f"{site.address}/versions.csv").text().splitlines())
    moment = next(row["posted_at"] for row in versions if row["version"] == "12")
    reader = Reader(page, site)
    band = reader.open_band()
    reader.fill(band.get_by_label("in the ledger as published"), moment)
    reader.select(band.get_by_role("button", name="Show"))
    expect(band.get_by_role("link", name="ledger version 12")).to_be_visible()
    committed = millions(total("committed", until=12))
    expect(reader.page.get_by_role("heading", level=1)).to_contain_text(f"${committed} million")
    assert reader.actions <= MOST


@WIDTHS
def test_who_approved_version_5(site: Site, open_page: Open, width: int) -> None:
    reader = Reader(open_page(width, java_script_enabled=False), site)
    reader.follow_in_menu("Version history", "All versions")
    reader.select(reader.page.get_by_role("link", name="5", exact=True))
    approved = reader.page.locator(".facts div").filter(has_text="Approved by")
    expect(approved).to_contain_text("no one: posted without a second person")
    notice = reader.page.locator(".notice").first
    expect(notice).to_contain_text("Posted without a second person. Not yet confirmed by one.")
    assert reader.actions <= MOST
