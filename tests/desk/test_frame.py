"""What holds on every page of the desk: rights, forgery, languages, policy."""

import pytest
from django.test import Client

from carsi_tracker.ledger.models import Batch
from tests.desk.addresses import of_an_account, of_the_desk
from tests.desk.conftest import (
    ALLOCATE,
    SUGGESTED,
    People,
    address,
    allocate,
    allocation,
    page_of,
    reading,
)

PAGES = (
    "/admin/",
    "/admin/ledger/",
    "/admin/ledger/batch/",
    "/admin/ledger/batch/7/change/",
    "/admin/ledger/posting/",
    "/admin/ledger/commitment/",
    "/admin/ledger/document/",
    "/account/",
    "/account/password/first/",
    "/account/sessions/",
    "/account/second-step/",
)


@pytest.mark.parametrize("who", ["analyst", "approver", "administrator"])
def test_pages_are_private_and_carry_no_inline_script_or_style(people: People, who: str) -> None:
    client: Client = getattr(people, who)
    for path in (*PAGES, ALLOCATE) if who == "analyst" else PAGES:
        response = client.get(path)
        html = response.content.decode()
        assert response.status_code == 200, path
        assert "private" in response["Cache-Control"], path
        assert "unsafe-inline" not in response["Content-Security-Policy"]
        assert " style=" not in html, path
        assert "<style" not in html, path
        assert "<script>" not in html, path
        assert " onclick=" not in html, path


def test_the_address_alone_chooses_the_language(people: People) -> None:
    for path in (*PAGES, ALLOCATE):
        for prefix, language in (("", "en"), ("/es", "es")):
            response = people.analyst.get(f"{prefix}{path}", headers={"accept-language": "fr"})
            assert response["Content-Language"] == language
            assert f'<html lang="{language}"' in response.content.decode()
    text = reading(people.analyst.get(f"/es{ALLOCATE}"))
    assert "Español" not in text
    assert "English" in text


def test_a_refusal_speaks_spanish(people: People) -> None:
    sent = allocation(amount="11,500,000", effective_date="2009-03-13")
    text = reading(people.analyst.post(f"/es{ALLOCATE}", sent))
    assert "INCLE FY2008" in text
    assert "25 de septiembre de 2009" in text
    assert "asked" not in text
    assert "left on" not in text


def test_a_forged_request_does_nothing(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.ana)
    before = Batch.objects.count()
    for path in (ALLOCATE, "/admin/ledger/batch/add/", address(batch, "submit")):
        response = client.post(path, allocation())
        assert response.status_code == 403
        assert "the page expired" in reading(response)
        assert "<style" not in response.content.decode()
    batch.refresh_from_db()
    assert (Batch.objects.count(), batch.state) == (before, Batch.State.DRAFT)


@pytest.mark.parametrize("verb", ["submit", "withdraw", "send-back", "lines/1/delete"])
def test_following_a_link_changes_nothing(people: People, verb: str) -> None:
    batch = allocate(people.analyst, _draft="")
    for client in (people.analyst, people.approver):
        assert client.get(address(batch, verb)).status_code in {403, 405}
    batch.refresh_from_db()
    assert batch.state == Batch.State.DRAFT


def test_whoever_is_not_signed_in_sees_no_draft(people: People) -> None:
    batch = allocate(people.analyst, title="Zacapa", _draft="")
    for path in (*PAGES, ALLOCATE, page_of(batch), address(batch, "post"), "/admin/jsi18n/"):
        response = Client().get(path)
        signs_in = ("/admin/login/?next=", "/account/login/?next=")
        assert response["Location"].startswith(signs_in), path
        assert "Zacapa" not in response.content.decode()


def test_the_state_of_a_batch_is_not_changed_by_the_stock_forms(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    people.analyst.post(page_of(batch), {"state": "posted", "version": "99", "title": "Forged"})
    people.analyst.post(
        "/admin/ledger/batch/", {"action": "delete_selected", "_selected_action": batch.pk}
    )
    batch.refresh_from_db()
    assert (batch.state, batch.version, batch.title) == ("draft", None, SUGGESTED)
    assert people.analyst.post(f"/admin/ledger/batch/{batch.pk}/delete/").status_code == 403


def test_nothing_of_the_desk_or_of_an_account_is_kept_by_a_cache(people: People) -> None:
    for client in (people.administrator, people.analyst, Client()):
        for path in (*of_the_desk(), *of_an_account()):
            response = client.get(path)
            assert response["X-Content-Type-Options"] == "nosniff", path
            assert response["Cross-Origin-Resource-Policy"] == "same-origin", path
            assert "camera=()" in response["Permissions-Policy"], path
            assert "no-store" in response["Cache-Control"], path
