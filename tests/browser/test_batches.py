"""The list of batches in a browser: several drafts are discarded, after a question."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, drafted, faults, is_wider_than_its_window, sign_in

Open = Callable[..., Page]


def sound(page: Page) -> None:
    assert not is_wider_than_its_window(page)
    assert not faults(page)


@pytest.mark.in_turn
@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(1280, "light", ""), (360, "dark", "/es")]
)
def test_drafts_are_chosen_in_the_list_and_discarded_after_a_question(
    desk_site: Site, open_page: Open, width: int, scheme: str, language: str
) -> None:
    page = open_page(width, color_scheme=scheme)
    sign_in(page, desk_site, "ana")
    for _ in range(2):
        drafted(page, desk_site)
    page.goto(f"{desk_site.address}{language}/admin/")
    expect(page.locator("#drafts tbody tr")).to_have_count(2)
    sound(page)
    page.goto(f"{desk_site.address}{language}/admin/ledger/batch/?keeper=drafts")
    page.locator("#action-toggle").check()
    sound(page)
    page.locator("#changelist-form button").click()
    expect(page.locator(".desk-button--danger")).to_contain_text("2")
    sound(page)
    page.locator(".desk-button--danger").click()
    expect(page.locator(".messagelist")).to_contain_text("2")
    expect(page.locator(".action-select")).to_have_count(0)
