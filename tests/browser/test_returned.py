"""A download that comes back edited, as an analyst sees it: conflicts first, then the draft."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, faults, is_wider_than_its_window, sign_in
from tests.sourced import VERSION

RETURNED = "/admin/ledger/batch/returned/"
CONFLICTING = VERSION - 1


def edited(page: Page, site: Site, folder: Path, version: int, prefix: str = "") -> Path:
    """Download a version, add a dollar to each entry of one commitment, and upload it."""
    address = f"{site.address}/tables/entries.csv?version={version}"
    answer = page.request.get(address)
    rows = [*csv.DictReader(answer.text().splitlines())]
    newest = max(rows, key=lambda row: (int(row["version"]), int(row["line"])))
    for row in rows:
        if row["reference"] == newest["reference"]:
            row["amount_usd"] = f"{float(row['amount_usd']) - 1:,.2f}"
    name = answer.headers["content-disposition"].split('"')[1]
    file = folder / name
    with file.open("w", encoding="utf-8", newline="") as written:
        writer = csv.DictWriter(written, [*rows[0]])
        writer.writeheader()
        writer.writerows(rows)
    page.goto(f"{site.address}{prefix}{RETURNED}")
    page.locator("#id_file").set_input_files(file)
    page.locator("main button[type=submit]").click()
    return file


def test_an_edited_download_becomes_a_draft_in_four_interactions(
    desk_site: Site, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page()
    sign_in(page, desk_site, "ana")
    edited(page, desk_site, tmp_path, VERSION)  # choosing the file, and the button: two
    expect(page.get_by_role("heading", level=1)).to_contain_text("difference")
    page.get_by_label("Reason").fill("As agreed")
    page.get_by_role("button", name="Create draft").click()
    expect(page.get_by_text("A draft was created of the differences.")).to_be_visible()
    note = page.get_by_role("textbox", name="Note").first
    expect(note).to_have_value(re.compile("^Corrects line"))
    page.go_back()
    expect(page.get_by_text("imported already")).to_be_visible()


@pytest.mark.in_turn
@pytest.mark.parametrize(
    ("width", "context", "prefix"),
    [(1280, {"color_scheme": "light"}, ""), (360, {"color_scheme": "dark"}, "/es")],
    ids=["wide and light", "phone and dark, in Spanish"],
)
def test_the_pages_of_an_edited_download_are_accessible(
    desk_site: Site,
    open_page: Callable[..., Page],
    tmp_path: Path,
    width: int,
    context: dict[str, str],
    prefix: str,
) -> None:
    page = open_page(width, **context)
    sign_in(page, desk_site, "ana")
    for version in (VERSION, CONFLICTING):
        file = edited(page, desk_site, tmp_path, version, prefix)
        assert not is_wider_than_its_window(page)
        assert not faults(page)
    file = file.rename(tmp_path / "mine.csv")
    page.goto(f"{desk_site.address}{prefix}{RETURNED}")
    page.locator("#id_file").set_input_files(file)
    page.locator("main button[type=submit]").click()
    expect(page.locator("#id_version")).to_be_visible()
    assert not faults(page)
    page.locator("#id_version").fill("1")
    page.locator("main button[type=submit]").click()
    expect(page.locator("#faults")).to_be_visible()
    assert not faults(page)
