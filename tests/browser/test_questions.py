"""Questions of readers, each answered from the overview in at most three actions.

An action is what a reader does: follow a link, open a menu, fill a field, press a button.
"""

import re
from collections.abc import Callable
from csv import DictReader
from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect
from python_calamine import CalamineWorkbook

from tests.browser.conftest import Site
from tests.sourced import ENTRIES, VERSION, dollars, entries, millions, total

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


def community_in_honduras(page: Page) -> Locator:
    """Return the figure of an area in a country, in the overview's table of both."""
    return page.locator(".matrix a[href*='area=community&country=HN']")


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


@WIDTHS
def test_honduras_gang_prevention_by_march_2009_and_who_says_so(
    site: Site, open_page: Open, width: int
) -> None:
    asked = {"country": "HN", "area": "community"}
    assert not [*entries("committed", on=date(2009, 3, 31), **asked)]
    reader = Reader(open_page(width, java_script_enabled=False), site)
    reader.select(community_in_honduras(reader.page))
    committed = dollars(total("committed", **asked))
    expect(reader.page.get_by_role("heading", level=1)).to_have_text(f"${committed} committed")
    behind = reader.page.get_by_role("table").first.locator("tbody tr")
    expect(behind).to_have_count(len([*entries("committed", **asked)]))
    expect(behind.first).to_contain_text("Sep 30, 2009")
    expect(behind.first).to_contain_text("GAO-13-295R")
    unspecified = dollars(
        total("committed", on=date(2009, 3, 31), country="HN", area="not-attributed")
    )
    intro = reader.page.locator(".intro")
    expect(intro).to_contain_text(f"area not specified: ${unspecified} (EFE, January 9, 2009)")
    assert reader.actions <= MOST


def test_the_same_as_of_that_day_where_the_band_is_open(site: Site, open_page: Open) -> None:
    reader = Reader(open_page(1280, java_script_enabled=False), site)
    band = reader.open_band()
    reader.fill(band.get_by_label("Figures as of"), "2009-03-31")
    reader.select(band.get_by_role("button", name="Show"))
    reader.select(community_in_honduras(reader.page))
    expect(reader.page.get_by_role("heading", level=1)).to_have_text("No commitment found")
    intro = reader.page.locator(".intro")
    expect(intro).to_contain_text("Honduras")
    expect(intro).to_contain_text("area not specified: $3,500,000 (EFE, January 9, 2009)")
    assert reader.actions <= MOST


@WIDTHS
def test_incle_of_fy2009_in_guatemala_not_yet_disbursed(
    site: Site, open_page: Open, width: int
) -> None:
    asked = {"account": "INCLE", "fiscal_year": "2009"}
    assert not [*entries(country="GT", **asked)]
    reader = Reader(open_page(width, java_script_enabled=False), site)
    reader.select(reader.page.get_by_role("link", name="Status of funds by account and country"))
    account = reader.page.get_by_role("table", name="International Narcotics Control")
    row = account.get_by_role("row").filter(has=reader.page.get_by_role("link", name="Guatemala"))
    known = row.get_by_role("cell")
    expect(known.nth(0)).to_have_text(dollars(total("committed", country="GT", account="INCLE")))
    expect(known.nth(1)).to_contain_text("not known")
    reader.select(known.nth(1).get_by_role("link"))
    expect(reader.page.get_by_role("heading", level=1)).to_have_text("No commitment found")
    regional = dollars(total("committed", country="regional", **asked))
    said = re.compile(rf"regional, not divided among countries:\s*≥?\s*\${regional}")
    expect(reader.page.locator(".intro")).to_contain_text(said)
    assert reader.actions <= MOST


def test_the_search_answers_that_too(site: Site, open_page: Open) -> None:
    reader = Reader(open_page(1280, java_script_enabled=False), site)
    reader.select(reader.page.get_by_role("link", name="Search", exact=True))
    reader.fill(reader.page.get_by_role("searchbox"), "INCLE FY2009 Guatemala")
    reader.select(reader.page.get_by_role("button", name="Search"))
    answer = reader.page.get_by_role("region", name="Guatemala · INCLE")
    expect(answer).to_contain_text("no commitment found")
    expect(answer).to_contain_text("no payment found")
    assert reader.actions <= MOST


@WIDTHS
def test_the_documents_that_are_press_only(site: Site, open_page: Open, width: int) -> None:
    evidence: dict[str, set[str]] = {}
    for entry in entries():
        evidence.setdefault(entry["document"], set()).add(entry["basis"])
    press = {document for document, given in evidence.items() if given == {"press"}}
    reader = Reader(open_page(width, java_script_enabled=False), site)
    reader.follow_in_menu("Sources and data", "Documents")
    reader.select(reader.page.get_by_role("link", name="press reports only"))
    heading = f"{len(press)} source documents: press reports only"
    expect(reader.page.get_by_role("heading", level=1)).to_have_text(heading)
    links = reader.page.locator("tbody th a, tbody td:first-child a")
    named = {
        address.split("/")[2]
        for address in links.evaluate_all("links => links.map(link => link.getAttribute('href'))")
    }
    assert named == press
    assert reader.actions <= MOST


@WIDTHS
def test_what_is_unexplained_per_appropriation(site: Site, open_page: Open, width: int) -> None:
    reader = Reader(open_page(width, java_script_enabled=False), site)
    reader.follow_in_menu("Figures", "Data gaps")
    gaps = reader.page.get_by_role("table", name="What is not known of each appropriation")
    expect(gaps.get_by_role("columnheader", name="No commitment found")).to_be_visible()
    for account, year in {(row["account"], row["fiscal_year"]) for row in entries("appropriated")}:
        asked = {"account": account, "fiscal_year": year}
        left = total("appropriated", **asked) - total("committed", **asked)
        cells = gaps.get_by_role("row", name=f"{account} FY{year}").locator("td.number")
        expect(cells.nth(1)).to_contain_text(dollars(left))
    assert reader.actions <= MOST


@WIDTHS
def test_all_entries_into_a_spreadsheet_in_spanish(site: Site, open_page: Open, width: int) -> None:
    reader = Reader(open_page(width, java_script_enabled=False), site)
    reader.select(reader.page.get_by_role("link", name="Español"))
    reader.select(reader.page.get_by_role("contentinfo").get_by_role("link", name="Descargas"))
    with reader.page.expect_download() as given:
        reader.select(reader.page.get_by_role("link", name="XLSX, Asientos"))
    workbook = CalamineWorkbook.from_path(given.value.path())
    headings, *rows = workbook.get_sheet_by_name("Asientos").to_python()
    assert {"Referencia", "País", "Etapa", "Monto, USD", "Fecha del hecho"} <= set(headings)
    assert len(rows) == ENTRIES
    amounts = headings.index("Monto, USD")
    committed = [row for row in rows if row[headings.index("Código de etapa")] == "committed"]
    assert sum(row[amounts] for row in committed) == total("committed")
    assert reader.actions <= MOST


@WIDTHS
def test_a_figure_with_its_permanent_address(site: Site, open_page: Open, width: int) -> None:
    reader = Reader(open_page(width, java_script_enabled=False), site)
    reader.select(reader.page.locator(".legend a[href*='measure=unliquidated']").first)
    cite = reader.page.locator(".cite")
    reader.select(cite.get_by_text("Cite this page"))
    address = cite.get_by_role("link").inner_text()
    assert re.fullmatch(
        rf"{site.address}/entries/\?measure=unliquidated&as_of=[\d-]{{10}}"
        rf"&version={VERSION}-[0-9a-f]{{8}}",
        address,
    )
    unpaid = dollars(total("obligated") - total("disbursed"))
    said = reader.page.get_by_role("heading", level=1).inner_text()
    assert f"${unpaid}" in said
    expect(cite.locator("pre").first).to_contain_text(said)
    assert reader.actions <= MOST
    reader.page.goto(address)
    expect(reader.page.get_by_role("heading", level=1)).to_have_text(said)


@WIDTHS
def test_fiscal_year_2008_against_2009_by_country(site: Site, open_page: Open, width: int) -> None:
    ends = date(2008, 9, 30), date(2009, 9, 30)
    reader = Reader(open_page(width, java_script_enabled=False), site)
    reader.select(reader.page.get_by_role("link", name="Compare days and versions"))
    reader.select(reader.page.get_by_role("link", name="FY2008 and FY2009"))
    heading = "What changed from September 30, 2008 to September 30, 2009"
    expect(reader.page.get_by_role("heading", level=1)).to_have_text(heading)
    countries = reader.page.get_by_role("table", name="Committed by country")
    for country, name in (("HN", "Honduras"), ("PA", "Panama"), ("regional", "Regional")):
        then = [dollars(total("committed", on=end, country=country)) for end in ends]
        row = countries.get_by_role("row", name=name)
        expect(row).to_contain_text(re.compile(r"[^$]*".join(then)))
    assert reader.actions <= MOST
