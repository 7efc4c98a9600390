"""Signing in, as people see it, at the tracker as it is served by two processes."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.accounts.authenticator import code_of
from tests.browser.conftest import PASSWORD, Site, faults, is_wider_than_its_window, sign_in

SECOND_STEP = "/account/second-step/"


def test_an_authenticator_app_is_set_up_and_asked_for(
    desk_site: Site, open_page: Callable[..., Page]
) -> None:
    said: list[str] = []
    page = open_page(java_script_enabled=False)
    page.on("console", lambda message: message.type == "error" and said.append(message.text))
    sign_in(page, desk_site, "ana")
    page.get_by_text("Signed in as ana").click()
    page.get_by_role("link", name="Your account").click()
    page.get_by_role("link", name="Two-step verification").click()
    page.get_by_role("link", name="Set up an authenticator app").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("img", name="QR code of the secret")).to_be_visible()
    secret = page.locator("dd code").inner_text()
    page.get_by_label("Authenticator code").fill(code_of(secret, -1))
    page.get_by_role("button", name="Set up an authenticator app").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_text("Signed in as ana").click()
    page.get_by_role("button", name="Sign out").click()

    sign_in(page, desk_site, "ana")
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Signed in as ana")).to_be_visible()
    assert said == []


def test_pages_about_people_are_clean_in_both_schemes_and_languages(
    desk_site: Site, open_page: Callable[..., Page]
) -> None:
    paths = ("/account/", "/account/password/", "/account/sessions/", SECOND_STEP)
    desk = ("/admin/accounts/event/", "/admin/accounts/user/3/change/")
    for language, width, scheme in (("", 1280, "light"), ("/es", 360, "dark")):
        page = open_page(width, color_scheme=scheme)
        page.goto(f"{desk_site.address}{language}/account/login/")
        assert faults(page) == []
        sign_in(page, desk_site, "adela")
        for path in (*paths, *desk):
            page.goto(f"{desk_site.address}{language}{path}")
            assert faults(page) == [], path
            assert not is_wider_than_its_window(page), path


def test_guessing_is_stopped_whichever_process_answers(
    desk_site: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    for word in ("a", "b", "c", "d", "e", PASSWORD):
        page.goto(f"{desk_site.address}/account/login/")
        page.get_by_label("Username").fill("ana")
        page.get_by_label("Password").fill(word)
        page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("Too many failed attempts")
