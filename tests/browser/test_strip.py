"""The strip of balances: it stays in view, with what is typed counted in."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, drafted, faults, is_wider_than_its_window, sign_in

Open = Callable[..., Page]
ROW = "CARSI-08-INCLE-10\tcommitted\t{}.00\t2010-02-15\tactivities-2010\tstated\tNo. {}"
HEADINGS = "reference\tstage\tamount_usd\teffective_date\tdocument\tbasis\tnote"


def with_lines(page: Page, site: Site, count: int) -> str:
    """Draft a batch of an allocation and as many pasted lines; return its path."""
    path = drafted(page, site)
    if not page.locator(".desk-paste[open]").count():
        page.get_by_text("Paste rows").first.click()
    rows = [ROW.format(1000 + number, number) for number in range(count)]
    page.get_by_label("Rows from a spreadsheet").fill("\n".join([HEADINGS, *rows]))
    page.get_by_role("button", name="Add these rows").click()
    expect(page.get_by_text("Saved").or_(page.get_by_text("added")).first).to_be_visible()
    page.goto(f"{site.address}{path}change/")
    return path


def test_it_stays_in_view_while_a_cell_at_the_bottom_is_typed(
    desk_site: Site, open_page: Open
) -> None:
    page = open_page()
    sign_in(page, desk_site, "ana")
    with_lines(page, desk_site, 24)
    strip = page.locator("#strip")
    amount = page.locator("#table tbody tr").nth(24).locator("[name$=-amount]")
    amount.fill("20,000,000")
    expect(strip).to_contain_text("Over balance")
    expect(strip).to_be_in_viewport(ratio=1)
    expect(amount).to_be_in_viewport()
    expect(strip.locator("summary").first).to_contain_text("INCLE FY2008 would be −")
    assert not faults(page)


@pytest.mark.parametrize("width", [1280, 360])
def test_what_is_typed_in_all_stages_is_counted_in(
    desk_site: Site, open_page: Open, width: int
) -> None:
    page = open_page(width)
    sign_in(page, desk_site, "ana")
    path = drafted(page, desk_site)
    page.goto(f"{desk_site.address}{path}change/")
    strip = page.locator("#strip")
    if width < 600:
        expect(strip.locator("dl")).to_be_hidden()
        expect(strip.locator("summary").first).to_have_text("Within balance")
        strip.locator("summary").first.click()
    expect(strip.locator("dl")).to_contain_text("0 → with this batch 250,000")
    page.locator("#new-0-against").fill("CARSI-08-INCLE-03")
    page.locator("#new-0-stage").select_option("obligated")
    page.locator("#new-0-amount").fill("900,000,000")
    page.locator("#new-0-effective_date").fill("2010-06-15")
    page.locator("#new-0-document").fill("activities-2010")
    over = strip.locator(".desk-strip-over")
    expect(over).to_contain_text("CARSI-08-INCLE-03 Committed, not obligated")
    expect(strip.locator("summary").first).to_contain_text("Over balance on")
    assert not is_wider_than_its_window(page)
    assert not faults(page)
