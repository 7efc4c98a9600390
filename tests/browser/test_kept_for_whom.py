"""What is typed is kept for its person alone, no secrets, as long as it is said, and whole."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PASSWORD, Site, sign_in
from tests.desk.conftest import ALLOCATE

Open = Callable[..., Page]
TYPED = "page 12 of hers"
KEPT = "Object.entries(localStorage).filter(([key]) => key.startsWith('desk-kept:'))"
MADE_OLDER = f"""
    {KEPT}.forEach(([key, text]) => {{
        const when = new Date(Date.now() - 15 * 86400000).toISOString();
        localStorage.setItem(key, JSON.stringify({{...JSON.parse(text), when}}));
    }})
"""
IN_NO_FIELD = f"""
    {KEPT}.forEach(([key, text]) => {{
        const entry = JSON.parse(text);
        entry.typed["of-a-field-that-is-gone"] = "typed into it";
        localStorage.setItem(key, JSON.stringify(entry));
    }})
"""


def begun(page: Page, site: Site) -> None:
    """Sign in and begin an allocation, until the browser keeps it."""
    sign_in(page, site, "ana")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{site.address}{ALLOCATE}")
    locator(page).fill(TYPED)
    page.wait_for_function(f"{KEPT}.length === 1")


def locator(page: Page, label: str = "Page or section") -> Locator:
    """Return the field that `begun` types into."""
    return page.get_by_label(label)


def signed_in_by_its_page(page: Page, name: str) -> None:
    """Sign in where the page asks for it."""
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/login/" not in address)


def test_nobody_else_who_signs_in_is_shown_what_was_typed(desk_site: Site, open_page: Open) -> None:
    page, address = open_page(), f"{desk_site.address}/admin/ledger/batch/7/change/"
    sign_in(page, desk_site, "ana")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(address)
    page.get_by_label("Your comment").fill(TYPED)
    page.wait_for_function(f"{KEPT}.length === 1")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Add comment").click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    signed_in_by_its_page(page, "petra")
    assert TYPED not in page.content()
    page.goto(address)
    page.wait_for_timeout(300)
    expect(page.get_by_label("Your comment")).to_have_value("")
    expect(page.get_by_text("Kept in this browser")).to_have_count(0)
    page.context.clear_cookies(name="sessionid")
    page.goto(address)
    signed_in_by_its_page(page, "ana")
    expect(page.get_by_label("Your comment")).to_have_value(TYPED)


def test_nothing_of_a_form_that_asks_for_a_password_is_kept(
    desk_site: Site, open_page: Open
) -> None:
    page = open_page()
    sign_in(page, desk_site, "adela")
    page.goto(f"{desk_site.address}/admin/accounts/user/add/")
    page.get_by_label("Username").fill("nora")
    page.locator("input[type=password]").first.fill("hers alone 77")
    page.wait_for_timeout(300)
    assert page.evaluate(f"{KEPT}.length") == 0


def test_what_is_kept_is_dropped_after_14_days(desk_site: Site, open_page: Open) -> None:
    page = open_page()
    begun(page, desk_site)
    page.evaluate(MADE_OLDER)
    page.goto(f"{desk_site.address}{ALLOCATE}")
    expect(locator(page)).to_have_value("")
    page.wait_for_function(f"{KEPT}.length === 0")


def test_what_was_refused_is_kept_until_it_is_saved(desk_site: Site, open_page: Open) -> None:
    page = open_page()
    begun(page, desk_site)
    page.get_by_role("button", name="Save as draft").last.click()
    expect(page.get_by_text("Not saved").first).to_be_visible()
    page.goto(f"{desk_site.address}{ALLOCATE}")
    expect(locator(page)).to_have_value(TYPED)


def test_what_has_no_field_any_more_is_listed(desk_site: Site, open_page: Open) -> None:
    page = open_page()
    begun(page, desk_site)
    page.evaluate(IN_NO_FIELD)
    page.reload()
    expect(page.get_by_role("listitem").filter(has_text="typed into it")).to_be_visible()


def test_a_tab_that_was_duplicated_is_offered_what_was_typed_in_the_other(
    desk_site: Site, open_page: Open
) -> None:
    page = open_page()
    begun(page, desk_site)
    with page.expect_popup() as opened:
        page.evaluate("void window.open(location.href)")
    other = opened.value
    expect(other.get_by_text("in another tab on")).to_be_visible()
    expect(locator(other)).to_have_value("")


def test_the_page_in_the_other_language_has_what_was_typed(
    desk_site: Site, open_page: Open
) -> None:
    page = open_page()
    begun(page, desk_site)
    page.goto(f"{desk_site.address}/es{ALLOCATE}")
    expect(locator(page, "Página o sección")).to_have_value(TYPED)
