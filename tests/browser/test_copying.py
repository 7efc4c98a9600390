"""A citation is copied by one press, where a browser can copy."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

Open = Callable[..., Page]
PLACE = "/countries/hn/?as_of=2009-03-31"


@pytest.mark.parametrize(
    ("language", "copy", "copied"), [("", "Copy", "Copied"), ("/es", "Copiar", "Copiado")]
)
def test_a_citation_is_copied_as_it_is_shown(
    site: Site, open_page: Open, language: str, copy: str, copied: str
) -> None:
    page = open_page(320, permissions=["clipboard-read", "clipboard-write"])
    page.goto(site.address + language + PLACE)
    cite = page.locator(".cite")
    cite.locator("summary").click()
    for place in range(2):
        button = cite.get_by_role("button", name=copy).nth(place)
        shown = cite.locator("pre").nth(place)
        expect(button).to_have_accessible_description(shown.inner_text())
        button.click()
        expect(cite.get_by_role("status").nth(place)).to_have_text(copied)
        assert page.evaluate("navigator.clipboard.readText()") == shown.text_content()


def test_without_script_or_a_clipboard_no_page_offers_to_copy(site: Site, open_page: Open) -> None:
    without_script = open_page(java_script_enabled=False)
    without_clipboard = open_page()
    without_clipboard.add_init_script("delete Navigator.prototype.clipboard")
    for page in (without_script, without_clipboard):
        page.goto(site.address + PLACE)
        page.locator(".cite summary").click()
        expect(page.locator(".cite pre").first).to_be_visible()
        expect(page.locator(".copy")).to_have_count(2)
        expect(page.locator(".copy:visible")).to_have_count(0)
