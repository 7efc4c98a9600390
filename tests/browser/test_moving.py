"""A commitment moves, and a version is countersigned, as people see it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, faults, is_wider_than_its_window, sign_in
from tests.sourced import NEXT

Open = Callable[..., Page]
REFERENCE = "CARSI-09-INCLE-02"


def to_commitment(page: Page, site: Site, language: str = "") -> None:
    page.goto(f"{site.address}{language}/admin/ledger/commitment/?q={REFERENCE}")
    page.get_by_role("link", name=REFERENCE, exact=True).click()


def test_a_move_from_the_commitments_page_to_the_public_one(
    desk_site: Site, open_page: Open
) -> None:
    analyst, approver, reader = open_page(), open_page(), open_page()
    sign_in(analyst, desk_site, "ana")
    to_commitment(analyst, desk_site)
    analyst.get_by_role("link", name="Reclassify").click()
    analyst.get_by_label("Country").select_option(label="Honduras")
    analyst.get_by_role("button", name="Save and submit").click()
    expect(analyst.get_by_role(("heading"), level=1)).to_have_text(
        f"Reclassification of {REFERENCE} to Honduras"
    )
    expect(analyst.get_by_text("From Regional to Honduras.")).to_be_visible()
    batch = analyst.url

    sign_in(approver, desk_site, "petra")
    approver.goto(batch)
    approver.get_by_role("link", name="Review, then post or return …").click()
    approver.get_by_label("I have checked every line").check()
    approver.get_by_role("button", name=f"Post version {NEXT}").click()
    expect(approver.get_by_text(f"Posted as version {NEXT}.")).to_be_visible()

    reader.goto(f"{desk_site.address}/commitments/{REFERENCE}/")
    reader.get_by_role("link", name="CARSI-09-INCLE-03").click()
    expect(reader.get_by_text("Reclassified, whole or in part, from")).to_be_visible()
    reader.get_by_role("link", name=REFERENCE).click()
    expect(reader.get_by_text("Reclassified, whole or in part, to")).to_be_visible()
    assert not faults(reader)


def test_a_version_posted_alone_is_countersigned(desk_site: Site, open_page: Open) -> None:
    approver, reader = open_page(), open_page()
    sign_in(approver, desk_site, "petra")
    approver.goto(f"{desk_site.address}/admin/ledger/posting/?second=missing")
    approver.get_by_role("link", name="7", exact=True).click()
    approver.get_by_role("link", name="Countersign this version …").click()
    approver.get_by_label("Comment").fill("Read against the letter")
    approver.get_by_role("button", name="Countersign version 7").click()
    expect(approver.get_by_text("Version 7 is countersigned.")).to_be_visible()
    reader.goto(f"{desk_site.address}/changes/7/")
    expect(reader.get_by_text("Confirmed by petra on ")).to_be_visible()
    expect(reader.get_by_text("Read against the letter")).to_be_visible()


@pytest.mark.in_turn
@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(1280, "light", ""), (360, "dark", "/es")]
)
def test_pages_that_move_and_reverse_are_accessible(
    site: Site, open_page: Open, language: str, width: int, scheme: str
) -> None:
    page = open_page(width, color_scheme=scheme)
    sign_in(page, site, "ana")
    to_commitment(page, site, language)
    commitment = page.url.split("change/")[0]
    for address in (
        page.url,
        f"{commitment}move/",
        f"{site.address}{language}/admin/ledger/posting/6/reverse/",
        f"{site.address}{language}/changes/7/",
    ):
        page.goto(address)
        assert not faults(page), address
        assert not is_wider_than_its_window(page), address
    page.goto(f"{commitment}move/")
    page.locator(".desk-buttons button[name=_draft]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert not faults(page)
