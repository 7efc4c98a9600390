"""What was typed while a session ended stands in its form again after signing in, unsaved."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger.models import Batch, Change
from tests.desk.conftest import (
    ALLOCATE,
    People,
    address,
    allocate,
    allocation,
    hidden,
    page_of,
    reading,
)
from tests.desk.forms import filled

PASSWORD = "a-long-walk-in-Tegucigalpa"
OURS = {"HTTP_ORIGIN": "http://testserver"}


@pytest.fixture
def browser(people: People) -> Client:
    """Ana's browser: it sends tokens of forms, as real ones do."""
    for person in (people.ana, people.petra, people.adela):
        with_password(person)
    client = Client(enforce_csrf_checks=True)
    sign_in(client, "ana")
    return client


def with_password(person: User) -> None:
    from carsi_tracker.ledger.posting import acting

    with acting(person):
        person.set_password(PASSWORD)
        person.save()


def sign_in(client: Client, name: str, page: Any = None, **fields: str) -> Any:
    """Sign in by a sign-in page: the one given, or a fresh one."""
    cache.clear()
    action = "/account/login/"
    html = (page or client.get(action)).content.decode()
    for form in re.findall(r'<form method="post" action="[^"]+".*?</form>', html, re.DOTALL):
        if 'name="login"' in form:
            action = unescape(re.findall(r'action="([^"]+)"', form)[0])
    if 'name="typed" value' in html:
        fields.setdefault("typed", hidden(html, "typed"))
    if 'name="next"' in html:
        fields["next"] = hidden(html, "next")
    token = hidden(html, "csrfmiddlewaretoken")
    sent = {"login": name, "password": PASSWORD, "csrfmiddlewaretoken": token} | fields
    return client.post(action, sent, **OURS)


def value(html: str, name: str) -> str:
    """What stands in a field of a page."""
    found = re.search(rf'<(?:input|textarea)[^>]*name="{name}"[^>]*>([^<]*)', html)
    assert found, name
    held = re.search(r'value="([^"]*)"', found[0])
    return unescape(held[1] if held else found[1]).strip()


def posted_with_token(client: Client, path: str, sent: dict[str, Any], at: str = "") -> Any:
    token = hidden(client.get(at or path).content.decode(), "csrfmiddlewaretoken")
    return client.post(path, sent | {"csrfmiddlewaretoken": token}, **OURS)


def end_sessions() -> None:
    Session.objects.all().delete()


def signed_out_and_in_elsewhere(client: Client, name: str) -> None:
    """Another tab of the same browser: it has another token from then on."""
    client.logout()
    sign_in(client, name)


def test_an_allocation_typed_while_the_session_ended_stands_in_its_form_again(
    browser: Client,
) -> None:
    typed = allocation(title='Patrol boats <"Ñ">')
    token = hidden(browser.get(ALLOCATE).content.decode(), "csrfmiddlewaretoken")
    end_sessions()
    page = browser.post(ALLOCATE, typed | {"csrfmiddlewaretoken": token}, **OURS)
    assert "What you typed is kept" in reading(page)
    assert not Batch.objects.filter(token=typed["token"]).exists()

    wrong = sign_in(browser, "ana", page, password="not this one")
    assert hidden(wrong.content.decode(), "typed")
    back = sign_in(browser, "ana", wrong)
    assert back["Location"] == ALLOCATE
    form = browser.get(ALLOCATE)
    html = form.content.decode()
    assert "You had to sign in again while you typed." in reading(form)
    assert value(html, "title") == 'Patrol boats <"Ñ">'
    assert value(html, "amount") == "250,000.00"
    assert value(html, "locator") == "page 12, table 3"
    assert f'<option value="{typed["country"]}" selected>' in html
    assert not Batch.objects.filter(token=typed["token"]).exists()

    token = hidden(html, "csrfmiddlewaretoken")
    saved = browser.post(ALLOCATE, typed | {"csrfmiddlewaretoken": token}, **OURS)
    assert saved.status_code == 302
    assert Batch.objects.filter(token=typed["token"]).exists()
    assert value(browser.get(ALLOCATE).content.decode(), "title") == ""


def test_an_allocation_typed_before_signing_in_again_elsewhere_stands_in_its_form_again(
    browser: Client,
) -> None:
    typed = allocation()
    token = hidden(browser.get(ALLOCATE).content.decode(), "csrfmiddlewaretoken")
    signed_out_and_in_elsewhere(browser, "ana")
    form = browser.post(ALLOCATE, typed | {"csrfmiddlewaretoken": token}, follow=True, **OURS)
    assert form.status_code == 200
    assert "You had to sign in again while you typed." in reading(form)
    assert value(form.content.decode(), "title") == typed["title"]
    assert not Batch.objects.filter(token=typed["token"]).exists()


def test_signed_out_in_another_tab_the_sign_in_page_keeps_what_was_typed(browser: Client) -> None:
    typed = allocation()
    token = hidden(browser.get(ALLOCATE).content.decode(), "csrfmiddlewaretoken")
    browser.logout()
    page = browser.post(ALLOCATE, typed | {"csrfmiddlewaretoken": token}, **OURS)
    assert "What you typed is kept" in reading(page)
    sign_in(browser, "ana")  # in the other tab, before this one
    stale = sign_in(browser, "ana", page)
    assert stale["Location"] == ALLOCATE
    assert value(browser.get(ALLOCATE).content.decode(), "title") == typed["title"]


@pytest.mark.parametrize("is_elsewhere", [False, True])
def test_what_one_person_typed_is_shown_to_nobody_else_who_signs_in_there(
    people: People, browser: Client, is_elsewhere: bool
) -> None:
    with_password(people.benito)
    typed = allocation(title="Hers alone", _person=str(people.ana.pk))
    token = hidden(browser.get(ALLOCATE).content.decode(), "csrfmiddlewaretoken")
    browser.logout()
    if is_elsewhere:
        sign_in(browser, "benito")
    page = browser.post(ALLOCATE, typed | {"csrfmiddlewaretoken": token}, **OURS)
    answer = page if is_elsewhere else sign_in(browser, "benito", page)
    assert answer["Location"] == "/admin/"
    assert "Hers alone" not in browser.get(ALLOCATE).content.decode()


def test_a_form_that_another_site_sent_is_refused_and_not_shown(browser: Client) -> None:
    typed = allocation()
    for origin in ({"HTTP_ORIGIN": "http://evil.example"}, {"HTTP_ORIGIN": "null"}, {}):
        answer = browser.post(ALLOCATE, typed, **origin)
        assert answer.status_code == 403
    assert value(browser.get(ALLOCATE).content.decode(), "title") == ""


def test_what_was_typed_without_a_session_fills_no_database(browser: Client) -> None:
    token = hidden(browser.get(ALLOCATE).content.decode(), "csrfmiddlewaretoken")
    end_sessions()
    stranger = {"title": "x" * 100_000, "csrfmiddlewaretoken": token}
    page = browser.post(ALLOCATE, stranger, **OURS)
    assert page.status_code == 200
    forged = sign_in(browser, "nobody", page)
    assert forged.status_code == 200
    assert Session.objects.count() == 0
    sign_in(browser, "ana", typed="forged:1tAbCd:nothing")
    assert value(browser.get(ALLOCATE).content.decode(), "title") == ""


def draft(client: Client) -> Batch:
    return allocate(client, _draft="")


Typing = tuple[str, dict[str, Any], str, str]


def of_line(people: People) -> Typing:
    batch = draft(people.analyst)
    sent = {"stage": "committed", "amount": "77,000", "note": "typed by hand", "revision": "0"}
    return address(batch, "lines/add"), sent, "note", ""


def of_texts(people: People) -> Typing:
    path = address(draft(people.analyst), "texts")
    seen = hidden(people.analyst.get(path).content.decode(), "seen")
    return path, {"title": "A better title", "reason": "Typed by hand", "seen": seen}, "reason", ""


def of_new_batch(people: People) -> Typing:
    sent = {"title": "A title", "reason": "Typed by hand", "token": str(uuid4())}
    return "/admin/ledger/batch/add/", sent, "reason", ""


def of_paste(people: People) -> Typing:
    batch = draft(people.analyst)
    return address(batch, "lines/paste"), {"pasted": "typed by hand"}, "pasted", ""


def of_table(people: People) -> Typing:
    batch = draft(people.analyst)
    sent = filled(people.analyst.get(page_of(batch)), "table")
    name = f"{sent['row'][-1]}-note"
    return address(batch, "lines"), sent | {name: "typed by hand"}, name, page_of(batch)


def of_document(people: People) -> Typing:
    sent = {"key": "a-letter", "title": "Typed by hand"}
    return "/admin/ledger/document/add/", sent, "title", ""


def of_move(people: People) -> Typing:
    from carsi_tracker.ledger.models import Commitment

    row = Commitment.objects.get(reference="CARSI-08-INCLE-05")
    return f"/admin/ledger/commitment/{row.pk}/move/", {"reason": "typed"}, "reason", ""


def of_reversal(people: People) -> Typing:
    return "/admin/ledger/posting/4/reverse/", {"title": "Typed", "reason": "by hand"}, "reason", ""


@pytest.mark.parametrize(
    "typing",
    [of_line, of_texts, of_new_batch, of_paste, of_table, of_document, of_move, of_reversal],
)
def test_every_form_of_an_analyst_stands_there_again(
    people: People, browser: Client, typing: Callable[[People], Typing]
) -> None:
    path, sent, name, page = typing(people)
    token = hidden(browser.get(page or path).content.decode(), "csrfmiddlewaretoken")
    batches, changes = Batch.objects.count(), Change.objects.count()
    signed_out_and_in_elsewhere(browser, "ana")
    again = browser.post(path, sent | {"csrfmiddlewaretoken": token}, follow=True, **OURS)
    assert again.status_code == 200, again.status_code
    assert value(again.content.decode(), name) == sent[name]
    assert "You had to sign in again while you typed." in reading(again)
    assert (Batch.objects.count(), Change.objects.count()) == (batches, changes)


def test_a_decision_and_a_remark_typed_by_an_approver_are_not_lost(
    people: People, browser: Client
) -> None:
    batch = allocate(people.analyst)
    review = address(batch, "review")
    signed_out_and_in_elsewhere(browser, "petra")
    for path, sent in (
        (address(batch, "send-back"), {"text": "Say which boats."}),
        (address(batch, "remark"), {"text": "Say which boats.", "after": "0"}),
    ):
        token = hidden(browser.get(review).content.decode(), "csrfmiddlewaretoken")
        signed_out_and_in_elsewhere(browser, "petra")
        again = browser.post(path, sent | {"csrfmiddlewaretoken": token}, follow=True, **OURS)
        assert "Say which boats." in reading(again), path
        assert "sign in again" in reading(again)
    batch.refresh_from_db()
    assert batch.state == Batch.State.SUBMITTED
    assert batch.remarks.count() == 0


def test_passwords_are_not_kept(people: People, browser: Client) -> None:
    path = "/admin/accounts/user/add/"
    signed_out_and_in_elsewhere(browser, "adela")
    token = hidden(browser.get(path).content.decode(), "csrfmiddlewaretoken")
    signed_out_and_in_elsewhere(browser, "adela")
    sent = {"username": "nora", "password1": "hers alone 77", "password2": "hers alone 77"}
    again = browser.post(path, sent | {"csrfmiddlewaretoken": token}, follow=True, **OURS)
    html = again.content.decode()
    assert value(html, "username") == "nora"
    assert "hers alone" not in html
    assert not User.objects.filter(username="nora").exists()


def test_a_button_pressed_without_a_session_leads_to_a_page_that_says_so(
    people: People, browser: Client
) -> None:
    batch = draft(people.analyst)
    token = hidden(browser.get(page_of(batch)).content.decode(), "csrfmiddlewaretoken")
    end_sessions()
    page = browser.post(address(batch, "submit"), {"csrfmiddlewaretoken": token}, **OURS)
    back = sign_in(browser, "ana", page)
    said = browser.get(back["Location"])
    assert said.status_code == 200
    assert "Nothing was saved; do it once more." in reading(said)
    batch.refresh_from_db()
    assert batch.state == Batch.State.DRAFT
