"""An import as an analyst sees it: the preview, every fault, and the draft that it makes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, faults, is_wider_than_its_window, sign_in

CASES = Path(__file__).parents[1] / "imports" / "cases"
IMPORT = "/admin/ledger/batch/import/"


def upload(page: Page, site: Site, name: str, prefix: str = "") -> None:
    page.goto(f"{site.address}{prefix}{IMPORT}")
    page.locator("#id_file").set_input_files(CASES / name)
    page.locator("main button[type=submit]").click()
    expect(page.locator("main")).to_contain_text(name)


def test_a_file_is_previewed_and_becomes_a_draft(
    desk_site: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_in(page, desk_site, "ana")
    upload(page, desk_site, "two-rows.csv")
    expect(page.get_by_role("heading", name="2 amounts")).to_be_visible()
    row = page.get_by_role("row", name="INCLE FY2008").first
    expect(row).to_contain_text("11,010,500")
    expect(row).to_contain_text("10,710,500")
    page.get_by_role("button", name="Create draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Radio equipment, Panama border police"
    )
    expect(page.get_by_text("A draft was created from the file.")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("imported already")).to_be_visible()


def test_every_fault_is_named_and_the_file_comes_back_with_remarks(
    desk_site: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_in(page, desk_site, "ana")
    upload(page, desk_site, "amount-refused.csv")
    expect(page.get_by_role("heading", level=1)).to_contain_text("9 errors: nothing was imported")
    expect(page.get_by_role("row", name="613.000").first).to_contain_text("613,000.00")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download your file with the errors marked").click()
    assert download.value.suggested_filename == "amount-refused-errors.csv"


@pytest.mark.in_turn
@pytest.mark.parametrize(
    ("width", "context", "prefix"),
    [(1280, {"color_scheme": "light"}, ""), (360, {"color_scheme": "dark"}, "/es")],
    ids=["wide and light", "phone and dark, in Spanish"],
)
def test_the_pages_of_an_import_are_accessible(
    desk_site: Site,
    open_page: Callable[..., Page],
    width: int,
    context: dict[str, Any],
    prefix: str,
) -> None:
    page = open_page(width, **context)
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    sign_in(page, desk_site, "ana")
    page.goto(f"{desk_site.address}{prefix}{IMPORT}")
    assert not errors
    assert faults(page) == []
    assert not is_wider_than_its_window(page)
    for name in ("twice.csv", "amount-refused.csv", "serial.xlsx"):
        upload(page, desk_site, name, prefix)
        assert faults(page) == []
        assert not is_wider_than_its_window(page)
