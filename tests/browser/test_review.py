"""An approver works through a queue: reads, sees each line's source, posts, and opens the next."""

from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import (
    Appropriation,
    Batch,
    Country,
    Document,
    DocumentFile,
    Organization,
    ProgrammingArea,
    Stage,
)
from tests import databases, factories
from tests.browser import chromium
from tests.browser.conftest import Site, faults, is_wider_than_its_window, sign_in
from tests.sourced import NEXT

Open = Callable[..., Page]
DAY = date(2009, 9, 30)
PDF = (
    b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
    b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>\nendobj\n"
    b"trailer\n<</Root 1 0 R>>\n%%EOF\n"
)
MEMO = b"(a) Vetted units: up to $750,000.\n\n(d) Improved prison management: up to $400,000.\n"


@pytest.fixture(scope="module")
def browser(launch: Callable[[str | None], Browser]) -> Iterator[Browser]:
    """Give a browser that shows PDF files, as those of approvers do."""
    with launch(chromium.find()) as launched:
        yield launched


def source(ana: User, name: str, kind: str, content: bytes) -> Document:
    document = factories.document(ana, title=name)
    with posting.acting(ana):
        DocumentFile.objects.create(
            document=document, name=name, media_type=kind, size=len(content),
            sha256=sha256(content).hexdigest(), content=content, added_by=ana,
        )  # fmt: skip
    return document


def submitted(ana: User, title: str, fund: str, amount: int, *of: tuple[Document, str]) -> Batch:
    """A batch of one new commitment, with a line for each source and the words quoted from it."""
    batch = factories.batch(ana, title=title)
    commitment = factories.commitment(
        batch,
        appropriation=Appropriation.objects.get(fiscal_year=2008, account__code=fund),
        area=ProgrammingArea.objects.all()[0],
        country=Country.objects.get(code="SV"),
        agency=Organization.objects.get(code="State/INL"),
    )
    for document, quote in of:
        factories.line(
            batch, commitment, Stage.COMMITTED, amount, DAY, document=document, quote=quote,
            locator="page 1",
        )  # fmt: skip
    posting.submit(batch.pk, ana)
    return batch


@pytest.fixture
def queue(desk_site: Site, django_db_blocker: Any) -> list[str]:
    """Give the addresses of three reviews; the third does not fit once the second is posted."""
    application = databases.application_of(desk_site.database)
    with django_db_blocker.unblock(), databases.speaking_to(application):
        ana = User.objects.get(username="ana")
        pdf = source(ana, "letter.pdf", "application/pdf", PDF)
        memo = source(ana, "memo.txt", "text/plain", MEMO)
        quote = "Improved prison management: up to $400,000"
        batches = [
            submitted(ana, "Letter of agreement", "INCLE", 400_000, (pdf, ""), (memo, quote)),
            submitted(ana, "Scanners", "NADR", 1_000_000, (pdf, "")),
            submitted(ana, "Radios", "NADR", 1_000_000, (memo, "")),
        ]
    return [f"/admin/ledger/batch/{batch.pk}/review/" for batch in batches]


def is_in_view(of: Locator) -> bool:
    """Say whether something is wholly in the window as it is scrolled now."""
    return bool(
        of.evaluate(
            "of => { const {top, bottom, width} = of.getBoundingClientRect();"
            " return width > 0 && top >= 0 && bottom <= window.innerHeight; }"
        )
    )


def test_an_approver_reads_sees_the_source_posts_and_opens_the_next(
    desk_site: Site, queue: list[str], open_page: Open
) -> None:
    page = open_page()
    sign_in(page, desk_site, "petra")
    page.goto(f"{desk_site.address}{queue[0]}")
    expect(page.locator("#verdict")).to_contain_text("Within balance. $800,000 committed;")
    post = page.get_by_role("button", name=f"Post version {NEXT}")
    assert is_in_view(post), "the decision is in view before anything is scrolled"

    frame = page.locator("aside iframe")
    frame.scroll_into_view_if_needed()
    expect(frame).to_be_visible()
    assert page.frames[1].url.endswith("#page=1")
    page.get_by_role("link", name="Line 2: show its source").click()
    expect(page.locator("aside mark")).to_have_text("Improved prison management: up to $400,000")
    assert is_in_view(page.locator("aside mark"))
    assert is_in_view(page.get_by_role("link", name="Line 2: show its source"))
    assert is_in_view(post)

    page.get_by_label("I have checked every line").check()
    page.get_by_role("button", name="Post and open the next").click()
    expect(page).to_have_url(f"{desk_site.address}{queue[1]}")
    expect(page.get_by_text(f"Posted as version {NEXT}.")).to_be_visible()

    page.get_by_label("I have checked every line").check()
    page.get_by_role("button", name="Post and open the next").click()
    expect(page).to_have_url(f"{desk_site.address}{queue[2]}")
    expect(page.locator("#verdict")).to_contain_text("Over balance now:")
    expect(page.get_by_role("button", name="Post version")).to_have_count(0)
    filled = page.locator(".desk-bar .desk-button:not(.desk-button--plain)")
    expect(filled).to_have_text(["Return to analyst"])
    assert is_in_view(filled)

    filled.click()
    expect(page.get_by_label("Your comment")).to_be_focused()
    expect(page).to_have_url(f"{desk_site.address}{queue[2]}")
    page.get_by_label("Your comment").fill("Nothing is left of it.")
    filled.click()
    expect(page.get_by_text("Returned with your comment.")).to_be_visible()


def test_a_comment_stays_while_lines_are_read_and_a_confirmation_is_given_anew(
    desk_site: Site, queue: list[str], open_page: Open
) -> None:
    page = open_page()
    sign_in(page, desk_site, "petra")
    page.goto(f"{desk_site.address}{queue[0]}")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    comment, confirmed = page.get_by_label("Your comment"), page.get_by_label("I have checked")
    comment.fill("Half of a sentence")
    confirmed.check()
    page.get_by_role("link", name="Line 2: show its source").click()
    expect(page.locator("aside mark")).to_be_visible()
    expect(comment).to_have_value("Half of a sentence")
    expect(confirmed).not_to_be_checked()
    assert asked == [], "what is kept needs no warning where it stands again"
    confirmed.check()
    page.reload()
    expect(comment).to_have_value("Half of a sentence")
    expect(confirmed).not_to_be_checked()
    assert asked == ["beforeunload"]


@pytest.mark.in_turn
@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(1280, "light", ""), (320, "dark", "/es")]
)
def test_axe_finds_nothing_on_a_review_with_its_sources(
    desk_site: Site, queue: list[str], open_page: Open, width: int, scheme: str, language: str
) -> None:
    page = open_page(width, color_scheme=scheme)
    errors: list[str] = []
    sign_in(page, desk_site, "petra")
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    for address in (queue[0], f"{queue[0]}?day=2009-09-29"):
        page.goto(f"{desk_site.address}{language}{address}")
        page.locator("#lines-heading").scroll_into_view_if_needed()
        assert not is_wider_than_its_window(page)
        assert not errors
        assert not faults(page)
        errors.clear()
    page.locator("#lines tbody tr:nth-child(2) a").first.click()
    expect(page.locator("aside mark")).to_be_visible()
    assert not faults(page)


def test_the_decision_works_without_script(
    desk_site: Site, queue: list[str], open_page: Open
) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page, desk_site, "petra")
    page.goto(f"{desk_site.address}{queue[0]}")
    page.get_by_role("link", name="Line 2: show its source").click()
    expect(page.locator("aside mark")).to_be_visible()
    page.get_by_label("I have checked every line").check()
    page.get_by_role("button", name=f"Post version {NEXT}").click()
    expect(page.get_by_text(f"Posted as version {NEXT}.").first).to_be_visible()
