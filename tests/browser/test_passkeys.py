"""A passkey, as Chromium keeps it: added, signed in with, a second step, renamed and removed."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Site, faults, is_wider_than_its_window, sign_in

KEEPER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
SECOND_STEP = "/account/second-step/"


def with_a_keeper(page: Page) -> None:
    """Let the browser have something that keeps passkeys."""
    developer = page.context.new_cdp_session(page)
    developer.send("WebAuthn.enable")
    developer.send("WebAuthn.addVirtualAuthenticator", {"options": KEEPER})


def sign_out(page: Page) -> None:
    page.get_by_text("Signed in as petra").click()
    page.get_by_role("button", name="Sign out").click()


def test_a_passkey_is_added_signs_in_and_is_removed(
    desk_site: Site, open_page: Callable[..., Page]
) -> None:
    # Passkeys are of a name: no browser makes one for an address of numbers.
    site = Site(desk_site.address.replace("127.0.0.1", "localhost"), desk_site.database)
    said: list[str] = []
    page = open_page()
    page.on("console", lambda message: message.type == "error" and said.append(message.text))
    with_a_keeper(page)
    sign_in(page, site, "petra")
    page.goto(f"{site.address}{SECOND_STEP}")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name of the passkey").fill("The office's laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(f"{site.address}{SECOND_STEP}")
    expect(page.get_by_text("The office's laptop").first).to_be_visible()

    sign_out(page)
    page.goto(f"{site.address}/account/login/?next=/admin/ledger/batch/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Signed in as petra")).to_be_visible()
    expect(page).to_have_url(f"{site.address}/admin/ledger/batch/")

    sign_out(page)
    sign_in(page, site, "petra")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Signed in as petra")).to_be_visible()

    page.goto(f"{site.address}{SECOND_STEP}")
    page.get_by_role("link", name="Rename The office's laptop").click()
    if page.get_by_role("button", name="Use a passkey").is_visible():
        page.get_by_role("button", name="Use a passkey").click()
    elif page.get_by_label("Password").is_visible():
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name of the passkey").fill("Petra's laptop")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Remove Petra's laptop").click()
    page.get_by_role("button", name="Remove a passkey").click()
    expect(page.get_by_text("Petra's laptop", exact=True)).to_have_count(0)
    sign_out(page)
    sign_in(page, site, "petra")
    expect(page.get_by_text("Signed in as petra")).to_be_visible()
    assert said == []


def test_pages_of_passkeys_are_clean_in_both_schemes_and_languages(
    desk_site: Site, open_page: Callable[..., Page]
) -> None:
    site = Site(desk_site.address.replace("127.0.0.1", "localhost"), desk_site.database)
    for language, width, scheme in (("", 1280, "light"), ("/es", 360, "dark")):
        page = open_page(width, color_scheme=scheme)
        with_a_keeper(page)
        page.goto(f"{site.address}{language}/account/login/")
        assert faults(page) == []
        sign_in(page, site, "adela")
        page.goto(f"{site.address}{language}/account/passkeys/add/")
        page.locator("input[type=password]").fill(PASSWORD)
        page.locator("main form button.desk-button, #content form button.desk-button").first.click()
        expect(page.locator("#passkey")).to_be_visible()
        assert faults(page) == []
        assert not is_wider_than_its_window(page)
