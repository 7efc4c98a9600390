"""A spending plan, as it stands in a spreadsheet, goes from the clipboard into a draft."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, faults, is_wider_than_its_window, sign_in

Open = Callable[..., Page]
PASTES = Path(__file__).parents[1] / "imports" / "pastes"


def text_of(name: str) -> str:
    return (PASTES / f"plan-{name}.txt").read_text()


def begun(page: Page, site: Site) -> None:
    """Begin a batch."""
    page.goto(f"{site.address}/admin/ledger/batch/add/")
    page.get_by_label("Title", exact=True).fill("Obligations of the FY2010 spending plan")
    page.get_by_label("Reason").fill("The plan")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#new-0-against")).to_be_visible()


def paste(page: Page, name: str) -> None:
    """Paste a plan into the first cell of the table, as the keyboard does."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text_of(name))
    page.locator("#new-0-against").focus()
    page.keyboard.press("Control+V")
    expect(page.locator("#pasted-heading")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_a_raw_spending_plan_goes_from_clipboard_to_draft(
    desk_site: Site, open_page: Open, script: bool
) -> None:
    page = open_page(java_script_enabled=script)
    sign_in(page, desk_site, "ana")
    begun(page, desk_site)
    hand = 1
    if script:
        paste(page, "thousands")
    else:
        page.get_by_label("Rows from a spreadsheet").fill(text_of("thousands"))
        page.get_by_role("button", name="Add these rows").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Paste: 6 lines, 8 rows left out, 5 problems"
    )
    expect(page.locator("#faults")).to_be_visible()
    expect(page.get_by_text("2,400 + 613 = 3,013").first).to_be_visible()
    expect(page.get_by_text("thousands: 2,400 = $2,400,000")).to_be_visible()
    expect(page.get_by_role("radio", name="month first: October 1, 2009")).to_be_checked()
    expect(page.get_by_text("6 lines: Obligated 11,113,000, as in row 11")).to_be_visible()
    assert "desk-button--plain" in (
        page.locator(".desk-bar [name=_add]").get_attribute("class") or ""
    )
    page.get_by_label("Source document").select_option("activities-2010")
    page.locator("#cell-8-effective_date").fill("2011-09-30")
    page.locator("#cell-5-reference-3").select_option("CARSI-09-INCLE-02")
    page.locator("#cell-8-reference-2").select_option("CARSI-08-ESF-01")
    page.locator("#cell-8-reference-3").select_option("CARSI-09-ESF-01")
    page.get_by_role("checkbox", name="9 leave out").check()
    page.get_by_role("button", name="Check again").click()
    hand += 7
    expect(page.get_by_text("No problems found.")).to_be_visible()
    page.get_by_role("button", name="Add 4 lines to the draft").click()
    hand += 1
    expect(page.get_by_text("Saved: 4 lines added.")).to_be_visible()
    expect(page.locator("#lines tbody [id$=-amount]").first).to_have_value("2,400,000.00")
    assert hand <= 9


@pytest.mark.in_turn
@pytest.mark.parametrize(
    ("name", "width", "scheme", "language"),
    [
        ("thousands", 1280, "light", ""),
        ("thousands", 360, "dark", ""),
        ("espanol", 1280, "dark", "/es"),
        ("totals-first", 360, "light", "/es"),
    ],
)
def test_the_page_of_a_paste_is_sound(
    desk_site: Site, open_page: Open, name: str, width: int, scheme: str, language: str
) -> None:
    page = open_page(width, color_scheme=scheme)
    sign_in(page, desk_site, "ana")
    begun(page, desk_site)
    page.goto(page.url.replace("/admin/", f"{language}/admin/", 1))
    paste(page, name)
    assert not is_wider_than_its_window(page)
    assert not faults(page)
