"""Amounts of a posted commitment are recorded beside its money, as people see it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Hand, Site, faults, is_wider_than_its_window, sign_in

Open = Callable[..., Page]
REFERENCE = "CARSI-09-INCLE-01"


def test_an_obligation_takes_at_most_eight_interactions_from_the_work_list(
    desk_site: Site, open_page: Open
) -> None:
    page, hand = open_page(), Hand()
    sign_in(page, desk_site, "ana")
    page.goto(f"{desk_site.address}/admin/")
    hand.fill(page.get_by_role("searchbox"), REFERENCE)
    hand.press(page.get_by_role("searchbox"), "Enter")
    hand.fill(page.get_by_label("Amount, U.S. dollars"), "1,250,000")
    hand.fill(page.get_by_label("Effective date"), "2010-03-15")
    expect(page.locator("#record-left")).to_contain_text("33,750,000")
    hand.choose(page, "Source document", "CARSI FY 2010 Program")
    hand.fill(page.get_by_label("Page or section"), "Objective 3.2")
    hand.click(page.get_by_role("button", name="Save and submit"))
    expect(page.get_by_text("The batch was submitted.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text(
        "$1,250,000 obligated, INCLE FY2009"
    )
    assert hand.count <= 8


@pytest.mark.parametrize("script", [True, False])
def test_what_is_left_is_seen_before_anything_is_saved_with_and_without_script(
    desk_site: Site, open_page: Open, script: bool
) -> None:
    page = open_page(java_script_enabled=script)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    sign_in(page, desk_site, "ana")
    page.goto(f"{desk_site.address}/admin/find/?q={REFERENCE}")
    page.get_by_label("Amount, U.S. dollars").fill("36,000,000")
    page.get_by_label("Note").fill("Kept")
    if not script:
        page.get_by_role("button", name="Show for the amount and date typed").click()
    left = page.locator("#record-left")
    expect(left).to_contain_text("Too much: at most $35,000,000")
    expect(page.get_by_label("Note")).to_have_value("Kept")
    page.get_by_label("Amount, U.S. dollars").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Source document")
    expect(page.get_by_label("Note")).to_have_value("Kept")
    assert not said


def test_lines_of_unposted_batches_stay_short_on_a_phone(desk_site: Site, open_page: Open) -> None:
    page = open_page(360)
    sign_in(page, desk_site, "ana")
    page.goto(f"{desk_site.address}/admin/find/?q={REFERENCE}")
    page.get_by_label("Amount, U.S. dollars").fill("1,250,000")
    page.get_by_label("Effective date").fill("2010-03-15")
    page.get_by_label("Source document").select_option(index=5)
    page.get_by_role("button", name="Save and add another to this batch").click()
    expect(page.get_by_label("Amount, U.S. dollars")).to_be_focused()
    row = page.locator("#entries-table .desk-unposted")
    expect(row).to_contain_text("$1,250,000 obligated")
    assert row.evaluate("row => row.getBoundingClientRect().height") < 200
    assert not is_wider_than_its_window(page)


def test_titles_are_edited_where_the_link_leads(desk_site: Site, open_page: Open) -> None:
    page = open_page()
    sign_in(page, desk_site, "ana")
    page.goto(f"{desk_site.address}/admin/find/?q={REFERENCE}")
    page.get_by_role("link", name="Edit titles and limit").click()
    page.locator("#edit").get_by_label("Title", exact=True).fill("Rule of law")
    page.get_by_label("Reason for the change").fill("As the law says")
    page.locator("#edit").get_by_role("button", name="Save").click()
    page.goto(f"{desk_site.address}/admin/find/?q={REFERENCE}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rule of law")


@pytest.mark.in_turn
@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(1280, "light", ""), (360, "dark", "/es")]
)
def test_the_pages_of_a_commitment_are_accessible(
    site: Site, open_page: Open, language: str, width: int, scheme: str
) -> None:
    page = open_page(width, color_scheme=scheme)
    sign_in(page, site, "ana")
    page.goto(f"{site.address}{language}/admin/find/?q={REFERENCE}")
    own = page.url.split("change/")[0]
    listed = f"{site.address}{language}/admin/ledger/commitment/"
    for address in (listed, page.url, *(f"{own}{act}/" for act in ("record-payment", "reduce"))):
        page.goto(address)
        assert not faults(page), address
        assert not is_wider_than_its_window(page), address
    page.locator("button[name=_submit]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert not faults(page)
