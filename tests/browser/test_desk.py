"""What analysts, approvers and administrators see of the desk."""

import os
from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests import databases
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
from tests.desk.conftest import SUGGESTED
from tests.sourced import COMMITTED, NEXT, millions

EVERYTHING = bool(os.environ.get("EVERYTHING"))
ALLOCATE = "/admin/ledger/batch/allocate/"
Open = Callable[..., Page]

BEFORE = f"${millions(COMMITTED)} million"


def test_an_allocation_from_form_to_public_page(desk_site: Site, open_page: Open) -> None:
    reader, analyst, approver = open_page(), open_page(), open_page()
    reader.goto(desk_site.address)
    expect(reader.get_by_role("heading", level=1)).to_contain_text(BEFORE)

    sign_in(analyst, desk_site, "ana")
    fill_in(analyst, desk_site)
    analyst.get_by_role("button", name="Save and submit").click()
    refusal = (
        "FMF FY2008: $250,000.00 is more than the uncommitted balance of $0.00 on September 4, 2008"
    )
    expect(analyst.locator(".desk-refusal")).to_contain_text(refusal)
    expect(analyst.get_by_role("textbox", name="Title", exact=True)).to_have_value(
        "Patrol boats, Honduras"
    )
    expect(analyst.get_by_label("Amount, U.S. dollars")).to_have_attribute("aria-invalid", "true")
    assert not faults(analyst)

    analyst.get_by_label("Appropriation", exact=True).select_option(
        index=option(analyst, "INCLE FY2008")
    )
    analyst.get_by_role("button", name="Save and submit").click()
    expect(analyst.get_by_role("heading", level=1)).to_have_text(SUGGESTED)
    expect(analyst.get_by_role("button", name=f"Post version {NEXT}")).to_have_count(0)
    batch = analyst.url

    reader.reload()
    expect(reader.get_by_role("heading", level=1)).to_contain_text(BEFORE)

    sign_in(approver, desk_site, "petra")
    approver.goto(batch)
    expect(approver.locator("#strip")).to_contain_text("Within balance")
    assert not faults(approver)
    approver.get_by_role("link", name="Review, then post or return").click()
    expect(approver.locator("#public")).to_contain_text("123,359,500")
    expect(approver.get_by_text("Final: you can only reverse it later.")).to_be_visible()
    assert not faults(approver)
    approver.get_by_label("I have checked every line").check()
    approver.get_by_role("button", name=f"Post version {NEXT}").click()
    expect(approver.get_by_text(f"Posted as version {NEXT}.").first).to_be_visible()

    reader.reload()
    expect(reader.get_by_role("heading", level=1)).to_contain_text("$123.4 million")
    reader.get_by_role("link", name=f"Version {NEXT}", exact=True).click()
    expect(reader.get_by_role("heading", level=1)).to_contain_text(SUGGESTED)
    expect(reader.get_by_text("Posted without a second person.")).to_have_count(0)


@pytest.mark.parametrize("language", ["", "/es"])
def test_the_header_is_one_row_whatever_waits_and_whoever_reads(
    desk_site: Site, open_page: Open, language: str
) -> None:
    page = open_page(1280)
    sign_in(page, desk_site, "ana")
    with psycopg.connect(databases.owner_of(desk_site.database).conninfo()) as owner:
        owner.execute(
            "update accounts_user set first_name = 'Ana María', last_name = 'de la Fuente'"
        )
    for title in ("Radios", "Boats"):
        page.goto(f"{desk_site.address}/admin/ledger/batch/add/")
        page.get_by_label("Title", exact=True).fill(title)
        page.get_by_label("Reason").fill("A letter")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    page.goto(f"{desk_site.address}{language}/admin/")
    header = page.locator("#header")
    expect(header.locator(".desk-nav .desk-count")).to_have_text("2")
    expect(header.locator(".desk-nav [aria-current=page]")).to_contain_text("2")
    assert header.evaluate("header => header.getBoundingClientRect().height") < 56
    assert header.evaluate("header => header.scrollWidth <= header.clientWidth")
    for width in (1024, 360):
        page.set_viewport_size({"width": width, "height": 700})
        assert header.evaluate("header => header.getBoundingClientRect().height") <= 96
        header.locator(".desk-menu summary").click()
        expect(header.locator(".desk-menu a")).to_have_count(7)
        assert not is_wider_than_its_window(page)
        header.locator(".desk-menu summary").click()


PAGES = {
    "ana": (
        "/admin/",
        ALLOCATE,
        "/admin/ledger/batch/",
        "/admin/ledger/batch/add/",
        "/admin/ledger/batch/returned/",
        "/admin/ledger/batch/7/change/",
        "/admin/find/",
        "/admin/find/?q=honduras",
        "/admin/find/?q=a&in=commitments",
        "/admin/ledger/posting/",
        "/admin/ledger/posting/7/reverse/",
        "/admin/ledger/commitment/",
        "/admin/ledger/document/",
        "/admin/ledger/document/add/",
        "/admin/ledger/publishedfigure/",
        "/admin/ledger/publishedfigure/add/",
        "/admin/ledger/publishedfigure/import/",
        "/admin/ledger/openquestion/",
        "/admin/ledger/openquestion/add/",
        "/admin/ledger/translation/",
        "/admin/ledger/translation/add/",
        "/account/password/",
    ),
    "petra": ("/admin/", "/admin/ledger/batch/", "/admin/ledger/batch/7/change/"),
    "adela": (
        "/admin/",
        "/admin/ledger/country/",
        "/admin/ledger/country/add/",
        "/admin/ledger/country/1/change/",
        "/admin/ledger/country/1/history/",
        "/admin/ledger/country/1/delete/",
        "/admin/ledger/appropriation/",
        "/admin/accounts/user/",
        "/admin/accounts/user/add/",
        "/admin/accounts/user/2/change/",
    ),
}


@pytest.mark.parametrize(
    ("username", "width", "scheme"),
    [("ana", 1280, "dark"), ("petra", 320, "light"), ("adela", 320, "dark")],
)
def test_axe_finds_nothing_on_the_desk_and_no_page_scrolls_sideways(
    site: Site, open_page: Open, username: str, width: int, scheme: str
) -> None:
    page = open_page(width, color_scheme=scheme)
    sign_in(page, site, username)
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    for turn, path in enumerate(PAGES[username]):
        for number, language in enumerate(("", "/es")):
            response = page.goto(site.address + language + path)
            assert response is not None
            assert response.status == 200, path
            assert not [text for text in said if text.startswith(("error", "warning"))], path
            assert not is_wider_than_its_window(page), path
            if EVERYTHING or turn % 2 == number:  # axe finds the same in both languages
                assert not faults(page), path
            said.clear()


CUT_OFF = """
    [...document.querySelectorAll(".desk-scroll")]
    .filter(box => box.scrollWidth > box.clientWidth).length
"""
FIELDS_CUT_OFF = """
    [...document.querySelectorAll(".desk-field :is(input, select, textarea)")]
    .filter(field => field.getBoundingClientRect().right
        > field.closest(".desk-field").getBoundingClientRect().right)
    .map(field => field.name)
"""


def test_lists_show_every_column_on_a_wide_screen_and_forms_whole_fields_on_a_small_one(
    site: Site, open_page: Open
) -> None:
    page = open_page()
    sign_in(page, site, "ana")
    for path in ("publishedfigure/", "openquestion/", "commitment/", "batch/allocate/"):
        page.goto(f"{site.address}/admin/ledger/{path}")
        assert page.evaluate(CUT_OFF) == 0, path
    page.set_viewport_size({"width": 360, "height": 800})
    for path in ("publishedfigure/add/", "openquestion/add/", "translation/add/"):
        page.goto(f"{site.address}/admin/ledger/{path}")
        assert page.evaluate(FIELDS_CUT_OFF) == [], path


def look(page: Page, address: str) -> None:
    """Go to a page and find it sound."""
    response = page.goto(address)
    assert response is not None
    assert response.status == 200, address
    assert not is_wider_than_its_window(page), address
    assert not faults(page), address


@pytest.mark.in_turn
@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(1280, "light", ""), (320, "dark", "/es")]
)
def test_axe_finds_nothing_on_the_pages_of_a_batch_at_work(
    desk_site: Site, open_page: Open, width: int, scheme: str, language: str
) -> None:
    analyst, approver = (open_page(width, color_scheme=scheme) for _ in range(2))
    sign_in(analyst, desk_site, "ana")
    sign_in(approver, desk_site, "petra")
    batch = drafted(analyst, desk_site)
    there = f"{desk_site.address}{language}{batch}"
    for path in ("change/", "texts/", "lines/add/", "discard/"):
        look(analyst, f"{there}{path}")
    look(analyst, f"{there}change/")
    edits = analyst.locator("#lines a[href], #commitments a").evaluate_all(
        "all => all.map(a => a.href)"
    )
    assert len(edits) == 2
    for address in edits:
        look(analyst, address)

    other = open_page(width, color_scheme=scheme)
    sign_in(other, desk_site, "ana")
    for page, amount in ((analyst, "310,000.00"), (other, "250,000.00")):
        page.goto(edits[-1])
        page.locator("#id_amount").fill(amount)
    for page in (analyst, other):
        page.locator("main form .desk-button").first.click()
    expect(other.locator(".desk-differs")).to_contain_text("$310,000.00")
    expect(other.locator("#id_amount")).to_have_value("310,000.00")
    assert not is_wider_than_its_window(other)
    assert not faults(other)

    analyst.locator("button[name=_submit][form=table]").click()
    look(analyst, f"{there}change/")
    look(approver, f"{there}change/")
    look(approver, f"{desk_site.address}{language}/admin/")
    approver.locator(f'#queue a[href="{language}{batch}review/"]').click()
    assert not is_wider_than_its_window(approver)
    assert not faults(approver)


def test_a_document_added_in_a_window_of_its_own_is_chosen_below(
    desk_site: Site, open_page: Open
) -> None:
    page = open_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    sign_in(page, desk_site, "ana")
    fill_in(page, desk_site)
    with page.expect_popup() as opened:
        page.locator("#add_id_document").click()
    window = opened.value
    window.get_by_label("Key").fill("loa-honduras-2010")
    window.get_by_label("Title", exact=True).fill("Letter of agreement with Honduras")
    window.get_by_label("Publisher").fill("U.S. Department of State")
    window.get_by_label("Published on").fill("2010-02-12")
    with window.expect_event("close"):
        window.get_by_role("button", name="Save", exact=True).click()
    chosen = page.get_by_label("Source document").locator("option:checked")
    expect(chosen).to_have_text("Letter of agreement with Honduras")
    expect(page.get_by_role("textbox", name="Title", exact=True)).to_have_value(
        "Patrol boats, Honduras"
    )
    assert not [text for text in said if text.startswith(("error", "warning"))]


def test_what_is_left_follows_the_date_and_without_script_a_button(
    site: Site, open_page: Open
) -> None:
    page = open_page()
    sign_in(page, site, "ana")
    page.goto(f"{site.address}{ALLOCATE}")
    table = page.get_by_role("table")
    page.get_by_label("Effective date").fill("2008-09-04")
    expect(page.locator("#strip")).to_contain_text("September 4, 2008")
    page.get_by_text("What is left of each appropriation").click()
    expect(table).to_contain_text("24,800,000")
    expect(table).to_contain_text("not yet law")
    assert not faults(page)

    plain = open_page(java_script_enabled=False)
    sign_in(plain, site, "ana")
    plain.goto(f"{site.address}{ALLOCATE}")
    plain.get_by_label("Effective date").fill("2008-09-04")
    plain.get_by_label("Page or section").fill("page 12")
    plain.get_by_text("The source is not in the list: add it here").click()
    plain.get_by_label("Publisher").fill("Department of State")
    plain.get_by_role("button", name="Show balances with what is typed").click()
    expect(plain.get_by_label("Page or section")).to_have_value("page 12")
    expect(plain.get_by_label("Publisher")).to_be_visible()
    expect(plain.get_by_label("Publisher")).to_have_value("Department of State")
    expect(plain.locator("#strip")).to_contain_text("24,800,000")
    expect(plain.get_by_label("Effective date")).to_have_value("2008-09-04")


def test_an_allocation_is_entered_by_keyboard_alone(desk_site: Site, open_page: Open) -> None:
    page = open_page()
    sign_in(page, desk_site, "ana")
    page.goto(f"{desk_site.address}{ALLOCATE}")
    page.get_by_label("Amount, U.S. dollars").focus()
    keys = page.keyboard
    for typed in ("250,000.00", "2009-06-15", "", "", "INCLE FY2008", "Law", "Hond", ""):
        keys.type(typed)
        keys.press("Tab")
    for typed in ("U.S. Department", ""):
        keys.press("Tab")
        keys.type(typed)
        keys.press("Tab")
    for typed in ("Patrol boats", "", ""):
        keys.type(typed)
        keys.press("Tab")
    keys.press("Tab")
    keys.type("FY 2008 Supp")
    keys.press("Tab")
    expect(page.get_by_text("The source is not in the list: add it here")).to_be_focused()
    keys.press("Tab")
    for typed in ("page 12", "", "", "", "", ""):
        keys.type(typed)
        keys.press("Tab")
    expect(page.get_by_role("button", name="Save and submit")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(SUGGESTED)
    expect(page.locator("#lines")).to_contain_text("Patrol boats")


def test_what_was_typed_outlives_the_session(desk_site: Site, open_page: Open) -> None:
    page = open_page()
    sign_in(page, desk_site, "ana")
    fill_in(page, desk_site)
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    assert not faults(page)
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("You had to sign in again while you typed.")).to_be_visible()
    expect(page.get_by_label("Amount, U.S. dollars")).to_have_value("250,000.00")
    expect(page.get_by_role("textbox", name="Title", exact=True)).to_have_value(
        "Patrol boats, Honduras"
    )
    assert not faults(page)
