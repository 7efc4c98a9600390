"""Sources in a browser: added where the amount is, with the file; looked up, corrected, retired."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, faults, fill_in, is_wider_than_its_window, option, sign_in

Open = Callable[..., Page]

LETTER = {
    "name": "Carta de Panamá.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
}


def look(page: Page) -> None:
    page.wait_for_load_state()
    assert not is_wider_than_its_window(page), page.url
    assert not faults(page), page.url


def add_source(page: Page, site: Site) -> None:
    """Fill in an allocation whose source is not in the list."""
    fill_in(page, site)
    page.get_by_label("Appropriation", exact=True).select_option(index=option(page, "INCLE FY2008"))
    page.get_by_label("Source document").select_option("")
    page.get_by_text("The source is not in the list: add it here").click()
    new = page.locator("details", has_text="The source is not in the list")
    new.get_by_label("Title", exact=True).fill("Letter of agreement with Panama")
    new.get_by_label("Publisher").fill("U.S. Department of State")
    new.get_by_label("File").set_input_files(LETTER)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("width", "scheme", "script"), [(1280, "light", True), (360, "dark", False)]
)
def test_a_source_is_added_with_its_file_in_the_form_of_an_amount(
    desk_site: Site, open_page: Open, width: int, scheme: str, script: bool
) -> None:
    page = open_page(width, color_scheme=scheme, java_script_enabled=script)
    sign_in(page, desk_site, "ana")
    add_source(page, desk_site)
    page.get_by_role("button", name="Save as draft").click()
    new = page.locator("details[open]", has_text="The source is not in the list")
    expect(new.get_by_label("Published on")).to_be_visible()
    expect(new).to_contain_text("This field is required.")
    new.get_by_label("Published on").fill("2009-03-02")
    new.get_by_label("File").set_input_files(LETTER)  # type: ignore[arg-type]
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("$250,000 committed, INCLE FY2008")
    page.goto(f"{desk_site.address}/admin/ledger/document/?q=letter-of-agreement-with-panama-2009")
    page.get_by_role("link", name="letter-of-agreement-with-panama-2009").click()
    expect(page.get_by_role("link", name="Carta de Panamá.pdf")).to_be_visible()


@pytest.mark.in_turn
@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(1280, "light", ""), (360, "dark", "/es")]
)
def test_axe_finds_nothing_on_the_pages_of_sources(
    desk_site: Site, open_page: Open, tmp_path: Path, width: int, scheme: str, language: str
) -> None:
    page = open_page(width, color_scheme=scheme)
    sign_in(page, desk_site, "ana")
    add_source(page, desk_site)
    page.get_by_role("button", name="Save as draft").click()
    look(page)
    desk = f"{desk_site.address}{language}/admin/ledger/document/"
    page.goto(f"{desk}?q=gao-13-295r")
    look(page)
    page.locator("#result_list tbody th a").click()
    look(page)
    change = page.url
    page.locator("#id_upload").set_input_files(LETTER)  # type: ignore[arg-type]
    page.locator("#id_change_reason").fill("The letter itself")
    page.locator(".desk-button[name=_save]").click()
    page.goto(change)
    look(page)
    page.goto(change.replace("/change/", "/history/"))
    expect(page.get_by_text("The letter itself")).to_be_visible()
    look(page)
    page.goto(f"{desk_site.address}{language}/documents/gao-13-295r/")
    look(page)
    with page.expect_download() as given:
        page.get_by_role("link", name="Carta de Panamá.pdf").click()
    assert given.value.suggested_filename == "Carta de Panamá.pdf"
    given.value.save_as(tmp_path / "given.pdf")
    assert (tmp_path / "given.pdf").read_bytes() == LETTER["buffer"]


@pytest.mark.in_turn
@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(1280, "light", ""), (360, "dark", "/es")]
)
def test_what_is_used_is_retired_where_it_would_be_deleted(
    desk_site: Site, open_page: Open, width: int, scheme: str, language: str
) -> None:
    page = open_page(width, color_scheme=scheme)
    sign_in(page, desk_site, "adela")
    countries = f"{desk_site.address}{language}/admin/ledger/country/"
    page.goto(countries)
    look(page)
    page.locator("#result_list tbody th a", has_text="PA").click()
    page.goto(page.url.replace("/change/", "/delete/"))
    look(page)
    page.locator("#id_change_reason").fill("No more money goes there")
    page.locator("form", has=page.locator("#id_change_reason")).get_by_role("button").click()
    expect(page.locator(".messagelist")).to_contain_text("Panam")
    look(page)
    page.goto(f"{countries}?retired__exact=1")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    look(page)
