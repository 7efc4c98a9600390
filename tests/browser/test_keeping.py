"""What is typed into a form and not saved yet is not lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import (
    PASSWORD,
    Site,
    drafted,
    faults,
    fill_in,
    is_wider_than_its_window,
    option,
    sign_in,
)
from tests.desk.conftest import ALLOCATE

Open = Callable[..., Page]


def begin(page: Page, site: Site) -> None:
    """Begin an allocation."""
    page.goto(f"{site.address}{ALLOCATE}")
    page.get_by_label("Amount, U.S. dollars").fill("250,000")
    page.get_by_label("Page or section").fill("page 12")
    page.get_by_label("Country").select_option(label="Honduras")


def stands_there(page: Page) -> None:
    """Expect what `begin` typed."""
    expect(page.get_by_label("Amount, U.S. dollars")).to_have_value("250,000")
    expect(page.get_by_label("Page or section")).to_have_value("page 12")
    expect(page.get_by_label("Country").locator("option:checked")).to_have_text("Honduras")


def leave(page: Page, address: str) -> list[str]:
    """Go elsewhere, and return what the browser asked before."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.once("dialog", answer)
    page.goto(address)
    return asked


def keeps(page: Page, forms: int) -> bool:
    """Say whether the browser comes to keep what was typed into so many forms."""
    count = "Object.keys(localStorage).filter(key => key.startsWith('desk-kept:')).length"
    for _turn in range(50):
        if page.evaluate(count) == forms:
            return True
        page.wait_for_timeout(100)
    return False


def begun_source(page: Page) -> None:
    """Begin a new source within the form."""
    page.get_by_text("The source is not in the list: add it here").click()
    page.get_by_label("Publisher").fill("Department of State")


def test_leaving_is_warned_about_and_back_and_a_reload_show_what_was_typed(
    desk_site: Site, open_page: Open
) -> None:
    page = open_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    sign_in(page, desk_site, "ana")
    begin(page, desk_site)
    begun_source(page)
    assert leave(page, f"{desk_site.address}/admin/") == ["beforeunload"]
    page.go_back()
    expect(page.get_by_text("Kept in this browser and put here again")).to_be_visible()
    stands_there(page)
    expect(page.get_by_label("Publisher")).to_be_visible()
    expect(page.get_by_label("Publisher")).to_have_value("Department of State")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    stands_there(page)
    assert not faults(page)
    assert not is_wider_than_its_window(page)
    page.get_by_role("button", name="Drop what was kept").click()
    expect(page.get_by_text("Kept in this browser")).to_have_count(0)
    expect(page.get_by_label("Page or section")).to_have_value("")
    assert not leave(page, f"{desk_site.address}/admin/")
    assert not said


def test_another_tab_offers_what_was_typed_and_two_tabs_do_not_mix(
    desk_site: Site, open_page: Open
) -> None:
    page = open_page()
    sign_in(page, desk_site, "ana")
    begin(page, desk_site)
    other = page.context.new_page()
    other.goto(f"{desk_site.address}{ALLOCATE}")
    expect(other.get_by_text("in another tab on")).to_be_visible()
    expect(other.get_by_label("Page or section")).to_have_value("")
    assert not faults(other)
    token = "input[name=token]"
    assert other.locator(token).input_value() != page.locator(token).input_value()
    other.get_by_role("button", name="Put it into this form").click()
    stands_there(other)
    assert other.locator(token).input_value() != page.locator(token).input_value()


def test_what_was_saved_is_not_kept_and_signing_out_drops_the_rest(
    desk_site: Site, open_page: Open
) -> None:
    page = open_page()
    sign_in(page, desk_site, "ana")
    drafted(page, desk_site)
    assert keeps(page, 0)
    page.goto(f"{desk_site.address}{ALLOCATE}")
    expect(page.get_by_text("Kept in this browser")).to_have_count(0)
    begin(page, desk_site)
    assert keeps(page, 1)
    page.once("dialog", lambda dialog: dialog.accept())
    page.evaluate("document.getElementById('logout-form').requestSubmit()")
    page.wait_for_url(lambda address: ALLOCATE not in address)
    assert keeps(page, 0)


def test_after_the_session_ended_a_reload_and_signing_in_show_what_was_typed(
    desk_site: Site, open_page: Open
) -> None:
    page = open_page()
    sign_in(page, desk_site, "ana")
    begin(page, desk_site)
    page.context.clear_cookies(name="sessionid")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    stands_there(page)


def test_enter_saves_a_draft_of_what_is_typed(desk_site: Site, open_page: Open) -> None:
    page = open_page()
    sign_in(page, desk_site, "ana")
    fill_in(page, desk_site)
    page.get_by_label("Appropriation", exact=True).select_option(index=option(page, "INCLE FY2008"))
    page.get_by_label("Page or section").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("$250,000 committed")
    expect(page.get_by_text("was saved as a draft")).to_be_visible()


def test_a_refused_file_leaves_all_else_that_was_typed(desk_site: Site, open_page: Open) -> None:
    page = open_page()
    sign_in(page, desk_site, "ana")
    begin(page, desk_site)
    begun_source(page)
    file = {"name": "letter.exe", "mimeType": "application/pdf", "buffer": b"MZ"}
    page.get_by_label("File", exact=True).set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Save as draft").last.click()
    expect(page.get_by_text("Choose the file again.")).to_be_visible()
    stands_there(page)
    expect(page.get_by_label("Publisher")).to_have_value("Department of State")


def test_typed_rows_of_a_table_are_kept_and_go_with_the_lower_submit_without_script(
    desk_site: Site, open_page: Open
) -> None:
    page = open_page()
    sign_in(page, desk_site, "ana")
    path = drafted(page, desk_site)
    address = f"{desk_site.address}{path}change/"
    page.locator("#new-0-amount").fill("5")
    page.locator("#new-0-note").fill("Half typed")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("#new-0-note")).to_have_value("Half typed")
    page.get_by_role("button", name="Drop what was kept").click()
    expect(page.locator("#new-0-note")).to_have_value("")

    plain = open_page(java_script_enabled=False)
    sign_in(plain, desk_site, "ana")
    plain.goto(address)
    plain.locator("#new-0-note").fill("Half typed")
    plain.get_by_role("button", name="Submit", exact=True).click()
    expect(plain.locator("#new-0-note")).to_have_value("Half typed")
    expect(plain.get_by_text("Not saved. Fix these problems")).to_be_visible()


def test_what_is_kept_never_overwrites_unseen_what_was_saved_meanwhile(
    desk_site: Site, open_page: Open
) -> None:
    page = open_page()
    sign_in(page, desk_site, "ana")
    path = drafted(page, desk_site)
    texts = f"{desk_site.address}{path}texts/"
    page.goto(texts)
    page.get_by_label("Reason", exact=True).fill("Mine")
    other = open_page()
    sign_in(other, desk_site, "ana")
    other.goto(texts)
    other.get_by_label("Reason", exact=True).fill("Theirs")
    other.get_by_role("button", name="Save", exact=True).click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(texts)
    expect(page.get_by_label("Reason", exact=True)).to_have_value("Mine")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Compare both versions below")).to_be_visible()


def test_forms_of_reference_data_and_comments_are_kept_too(
    desk_site: Site, open_page: Open
) -> None:
    page = open_page()
    sign_in(page, desk_site, "ana")
    for address, label in (
        ("/admin/ledger/organization/add/", "Name in English"),
        ("/admin/ledger/batch/7/change/", "Your comment"),
    ):
        page.goto(f"{desk_site.address}{address}")
        page.get_by_label(label).fill("Half typed")
        assert leave(page, f"{desk_site.address}/admin/") == ["beforeunload"]
        page.goto(f"{desk_site.address}{address}")
        expect(page.get_by_label(label)).to_have_value("Half typed")


def test_pasted_rows_are_kept_until_they_are_lines(desk_site: Site, open_page: Open) -> None:
    page = open_page()
    sign_in(page, desk_site, "ana")
    path = drafted(page, desk_site)
    address = f"{desk_site.address}{path}change/"
    pasted = page.get_by_label("Rows from a spreadsheet")
    row = "reference\tstage\tamount_usd\teffective_date\tdocument\tbasis\n"
    row += "CARSI-08-INCLE-10\tcommitted\t1000.00\t2010-02-15\tactivities-2010\tstated"
    page.get_by_text("Paste rows").first.click()
    pasted.fill(row)
    assert leave(page, f"{desk_site.address}/admin/") == ["beforeunload"]
    page.goto(address)
    expect(pasted).to_be_visible()
    expect(pasted).to_have_value(row)
    page.get_by_role("button", name="Add these rows").click()
    expect(page.get_by_text("Saved: 1 line added.")).to_be_visible()
    expect(page.get_by_text("Kept in this browser")).to_have_count(0)
    page.goto(address)
    expect(pasted).to_have_value("")


FORBID = """
    const refuse = () => { throw new DOMException("no", "SecurityError"); };
    for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(window, name, { get: refuse });
    }
    navigator.locks.request = async () => refuse();
"""
FILL = """
    Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
"""


@pytest.mark.parametrize("script", [FORBID, FILL])
def test_a_browser_that_keeps_nothing_warns_and_saves_all_the_same(
    desk_site: Site, open_page: Open, script: str
) -> None:
    page = open_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    sign_in(page, desk_site, "ana")
    page.add_init_script(script)
    begin(page, desk_site)
    assert leave(page, f"{desk_site.address}/admin/") == ["beforeunload"]
    drafted(page, desk_site)
    assert not said
