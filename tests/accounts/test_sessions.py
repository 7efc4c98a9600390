"""When sessions end, what of it is noted, and what people are told of it by mail."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from carsi_tracker.accounts.models import Event, User
from tests import factories

PASSWORD = "a-long-walk-in-Tegucigalpa"
ANOTHER = "another-walk-home-alone"
PEOPLE = "/admin/accounts/user/"
Later = Callable[[float], None]


@pytest.fixture
def ana(db: None) -> User:
    return factories.analyst(username="ana", password=PASSWORD, email="ana@office.example")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Give what lets it be so many minutes from now."""
    begun = timezone.now()

    def let(minutes: float) -> None:
        now = begun + timedelta(minutes=minutes)
        monkeypatch.setattr(timezone, "now", lambda: now)

    return let


def signed_in(person: User) -> Client:
    client = Client()
    client.post("/account/login/", {"login": person.username, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def test_a_session_ends_when_nothing_was_done_for_half_an_hour(ana: User, later: Later) -> None:
    client = signed_in(ana)
    for minutes in (29, 58, 87):
        later(minutes)
        assert is_in(client)
    later(118)
    assert not is_in(client)
    noted = Event.objects.get(kind="signed_out")
    assert (noted.actor, noted.detail) == (ana, {"why": "idle"})
    assert not Event.objects.filter(kind="sessions_ended").exists()


def test_an_idle_session_opens_no_account_page_either_in_any_language(
    ana: User, later: Later
) -> None:
    client = signed_in(ana)
    later(31)
    assert "/account/login/" in client.get("/es/account/")["Location"]


def test_a_page_for_readers_neither_ends_a_session_nor_keeps_it(ana: User, later: Later) -> None:
    client = signed_in(ana)
    later(29)
    assert client.get("/about/").status_code == 200
    later(31)
    assert client.get("/about/").status_code == 200
    assert not is_in(client)


def test_what_was_typed_into_an_idle_session_is_there_after_signing_in(
    ana: User, later: Later
) -> None:
    client = signed_in(ana)
    later(45)
    typed = {"title": "Radios, typed slowly", "reason": "A trial", "language": "en"}
    page = client.post("/admin/ledger/batch/add/", typed | {"token": str(uuid4())})
    assert "What you typed is kept" in page.content.decode()
    kept = page.context["form"].initial["typed"]
    later(0)
    sent = {"login": "ana", "password": PASSWORD, "typed": kept}
    answer = client.post("/account/login/?next=/admin/ledger/batch/add/", sent)
    assert "Radios, typed slowly" in client.get(answer["Location"]).content.decode()


def test_every_session_in_use_is_listed_so_that_it_can_be_ended(ana: User) -> None:
    client = signed_in(ana)
    UserSession.objects.all().delete()
    assert is_in(client)
    assert UserSession.objects.filter(user=ana, session_key=client.session.session_key).exists()


def test_a_database_that_only_reads_keeps_nobody_from_reading(ana: User, later: Later) -> None:
    client = signed_in(ana)
    later(5)
    connection.check_constraints()  # what waits for the commit would write too
    with connection.cursor() as cursor:
        cursor.execute("set transaction read only")
    assert is_in(client)


@pytest.fixture
def administrator(db: None) -> Client:
    return signed_in(factories.administrator(username="ada", password=PASSWORD))


def form_of(person: User, **changes: Any) -> dict[str, Any]:
    sent = {"username": person.username, "email": person.email, "is_active": "on"}
    return sent | {"is_analyst": "on"} | changes


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"is_approver": "on"}, "You were given the role: approver."),
        ({"is_analyst": ""}, "You no longer have the role: analyst."),
        ({"is_active": ""}, "Your access has ended."),
    ],
)
def test_a_change_of_role_ends_sessions_and_is_mailed_in_both_languages(
    ana: User,
    administrator: Client,
    django_capture_on_commit_callbacks: Any,
    changes: dict[str, str],
    told: str,
) -> None:
    hers = signed_in(ana)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        answer = administrator.post(f"{PEOPLE}{ana.pk}/change/", form_of(ana, **changes))
    assert answer.status_code == 302
    assert not is_in(hers)
    assert is_in(administrator)
    ended = Event.objects.get(kind="sessions_ended")
    assert (ended.actor and ended.actor.username, ended.person) == ("ada", ana)
    (sent,) = mail.outbox
    assert sent.to == ["ana@office.example"]
    assert told in sent.body
    assert "ada did it" in sent.body
    assert "Se cerraron algunas de sus sesiones." in sent.body


def test_a_password_that_an_administrator_sets_ends_sessions_and_is_mailed(
    ana: User, administrator: Client, django_capture_on_commit_callbacks: Any
) -> None:
    hers = signed_in(ana)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        sent = {"usable_password": "true", "password1": ANOTHER, "password2": ANOTHER}
        administrator.post(f"{PEOPLE}{ana.pk}/password/", sent)
    assert not is_in(hers)
    (told,) = mail.outbox
    assert "Your password was changed." in told.body
    assert ANOTHER not in told.body


def test_a_changed_mail_address_hears_of_it_too(
    ana: User, administrator: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        sent = form_of(ana, email="new@office.example")
        administrator.post(f"{PEOPLE}{ana.pk}/change/", sent)
    told = {address for sent in mail.outbox for address in sent.to}
    assert told == {"ana@office.example", "new@office.example"}


def test_who_changes_their_password_stays_where_they_are_alone(
    ana: User, django_capture_on_commit_callbacks: Any
) -> None:
    here, there = signed_in(ana), signed_in(ana)
    mail.outbox.clear()
    sent = {"oldpassword": PASSWORD, "password1": ANOTHER, "password2": ANOTHER}
    with django_capture_on_commit_callbacks(execute=True):
        here.post("/account/password/", sent)
    assert is_in(here)
    assert not is_in(there)
    assert "Your password was changed." in mail.outbox[0].body


def test_a_new_person_is_sent_no_news_of_themselves(
    administrator: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        sent = {"username": "nina", "email": "nina@office.example", "is_analyst": "on"}
        passwords = {"password1": ANOTHER, "password2": ANOTHER}
        administrator.post(f"{PEOPLE}add/", sent | passwords)
    assert User.objects.filter(username="nina").exists()
    assert mail.outbox == []
