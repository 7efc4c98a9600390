"""What readers come for, from the first page to the document that says so."""

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.sourced import COMMITTED, dollars

Open = Callable[..., Page]
FIGURES = "cells => cells.map(cell => cell.textContent.trim())"
DIGITS = FIGURES.replace(".trim()", ".trim().replace(/^[^0-9]*$/, 'in words')")
"""Cells without any digit say in words, of either language, that nothing was found."""


def test_a_staffer_finds_from_the_overview_what_honduras_had_by_march_2009_and_who_says_so(
    site: Site, open_page: Open
) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(site.address)
    page.get_by_label("Figures as of").fill("2009-03-31")
    page.get_by_role("button", name="Show").click()
    matrix = page.get_by_role("region", name="Committed, U.S. dollars, through March 31, 2009")
    matrix.get_by_role("link", name="Honduras").click()
    areas = page.get_by_role("region", name="Programming areas: Sums in U.S. dollars")
    expect(areas.locator("tbody th")).to_have_text(
        ["Law enforcement and security force assistance", "Area not specified"]
    )
    sums = page.locator(".sum")
    expect(sums).to_contain_text("no programming area for $3,500,000 of it")
    expect(sums).to_contain_text("from September 30, 2009, change this figure by $412,000")
    sums.get_by_role("link", name="$3,500,000").click()
    page.locator("tbody a[href^='/documents/']").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("3,5 millones de dólares")
    expect(page.locator(".facts")).to_contain_text("EFE")


def test_a_staffer_reads_what_came_half_a_year_later(site: Site, open_page: Open) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"{site.address}/countries/hn/?as_of=2009-03-31")
    page.locator(".sum").get_by_role("link", name="$412,000").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("$412,000 committed")
    row = page.get_by_role("region", name="Entries").locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Sep 30, 2009")
    expect(row).to_contain_text("Educational exchanges, Honduras")
    expect(row.get_by_role("link", name="GAO-13-295R")).to_be_visible()


def test_a_citizen_of_honduras_reads_spanish_on_a_cheap_phone(site: Site, open_page: Open) -> None:
    page = open_page(
        360, java_script_enabled=False, has_touch=True, is_mobile=True, color_scheme="dark"
    )
    page.goto(site.address)
    page.get_by_role("link", name="Español").tap()
    page.get_by_text("Menú", exact=True).tap()
    page.get_by_role("navigation").get_by_role("link", name="Países").tap()
    page.locator(".bars").get_by_role("link", name="Honduras").tap()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Honduras: $4.1 millones comprometidos"
    )
    page.locator(".sum a").first.tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("$4,059,000 comprometidos")
    page.locator("tbody a[href^='/es/documents/']").first.tap()
    expect(page.locator(".facts a[href^='http']").first).to_be_visible()


def test_figures_are_written_alike_in_both_languages(site: Site, open_page: Open) -> None:
    page = open_page()
    page.goto(site.address)
    english = page.locator("td.number").evaluate_all(DIGITS)
    page.get_by_role("link", name="Español").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("$165 millones")
    assert page.locator("td.number").evaluate_all(DIGITS) == english
    assert dollars(COMMITTED) in {cell.split()[-1] for cell in english}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_parts_of_the_bar_are_told_apart(site: Site, open_page: Open, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    page.goto(site.address)
    lights = page.evaluate("""() => ['.part-disbursed', '.part-unliquidated', '.part-unobligated',
        'body'].map(name => {
            const style = getComputedStyle(document.querySelector(name))
            const colour = name === 'body' ? style.backgroundColor : style.fill
            return colour.match(/[0-9]+/g).slice(0, 3).reduce((sum, each) => sum + Number(each), 0)
        })""")
    assert lights == sorted(lights, reverse=scheme == "dark")
    assert all(abs(one - other) > 60 for one, other in pairwise(lights))


def test_the_overview_is_a_report_of_a_few_sheets(site: Site, open_page: Open) -> None:
    page = open_page()
    page.goto(f"{site.address}/?as_of=2009-09-30")
    report = page.pdf(format="Letter", print_background=False, prefer_css_page_size=True)
    sheets = re.findall(rb"/MediaBox \[([0-9 .]+)\]", report)
    assert set(sheets) == {b"0 0 612 792"}
    assert len(sheets) <= 5


def test_a_journalist_cites_figures_that_anybody_finds_again(site: Site, open_page: Open) -> None:
    page = open_page()
    page.goto(f"{site.address}/?as_of=2009-09-30")
    page.get_by_role("link", name="Guatemala").first.click()
    said = page.locator(".sum").inner_text()
    figures = page.locator("td.number").evaluate_all(FIGURES)
    page.get_by_role("link", name="cite this page").click()
    bibtex = page.locator(".cite pre").last
    expect(bibtex).to_be_visible()
    entry = bibtex.inner_text()
    assert rf"title = {{{{Guatemala: \{said.split()[0]} committed}}}}" in entry
    address = re.search(r"\\url\{([^}]+)\}", entry)
    assert address
    reader = open_page(320, java_script_enabled=False)
    reader.goto(address[1])
    expect(reader.locator(".band")).to_contain_text("as of September 30, 2009")
    assert reader.locator(".sum").inner_text() == said
    assert reader.locator("td.number").evaluate_all(FIGURES) == figures
