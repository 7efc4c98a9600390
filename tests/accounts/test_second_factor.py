"""Whose roles ask for a second step sets one up before anything of the desk answers."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.test import Client

from carsi_tracker.accounts.models import Event, User
from tests import factories
from tests.accounts.authenticator import code_of
from tests.desk.addresses import of_the_desk

PASSWORD = "a-long-walk-in-Tegucigalpa"
SET_UP = "/account/second-step/"
PEOPLE = "/admin/accounts/user/"


@pytest.fixture(autouse=True)
def _required(settings: Any) -> None:
    settings.SECOND_FACTOR = "required"


def signed_in(person: User, password: str = PASSWORD) -> Client:
    client = Client()
    client.post("/account/login/", {"login": person.username, "password": password})
    return client


def set_up_app(client: Client, password: str = PASSWORD) -> None:
    client.post("/account/confirm/", {"password": password})
    page = client.get(f"{SET_UP}app/").content.decode()
    (secret,) = re.findall(r"<code>([A-Z2-7]+)</code>", page)
    client.post(f"{SET_UP}app/", {"code": code_of(secret)})


def opens(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


@pytest.mark.parametrize("role", ["is_administrator", "is_superuser"])
def test_the_roles_that_others_rest_on_ask_for_one(db: None, role: str) -> None:
    client = signed_in(factories.person(username="petra", password=PASSWORD, **{role: True}))
    assert client.get("/admin/")["Location"] == SET_UP


def test_until_then_no_address_of_the_desk_answers_whatever_is_sent(db: None) -> None:
    client = signed_in(factories.approver(username="petra", password=PASSWORD))
    addresses = [
        path for path in of_the_desk() if not re.search(r"log(in|out)/|password_change", path)
    ]
    assert len(addresses) > 80
    for path in addresses:
        for method in ("get", "post", "put", "delete", "head"):
            answer = getattr(client, method)(path)
            assert (answer.status_code, answer.headers.get("Location")) == (302, SET_UP), path
    assert not User.objects.filter(is_active=False).exists()


def test_who_sets_one_up_goes_on(db: None) -> None:
    client = signed_in(factories.approver(username="petra", password=PASSWORD))
    page = client.get("/admin/", follow=True).content.decode()
    assert "Your role requires two-step verification." in page
    set_up_app(client)
    assert opens(client)
    assert "Your role requires" not in client.get(SET_UP).content.decode()


def test_whoever_else_is_in_by_the_password_alone_is_out_once_one_is_set_up(db: None) -> None:
    petra = factories.approver(username="petra", password=PASSWORD)
    thief, client = signed_in(petra), signed_in(petra)
    set_up_app(client)
    assert opens(client)
    assert thief.get("/admin/")["Location"] == "/admin/login/?next=/admin/"


def test_recovery_codes_alone_are_no_second_step(db: None) -> None:
    petra = factories.approver(username="petra", password=PASSWORD)
    codes = {"seed": "x", "used_mask": 0}
    Authenticator.objects.create(user=petra, type="recovery_codes", data=codes)
    assert not opens(signed_in(petra))


def test_an_analyst_needs_none_and_nobody_does_where_it_is_optional(
    db: None, settings: Any
) -> None:
    assert opens(signed_in(factories.analyst(username="ana", password=PASSWORD)))
    settings.SECOND_FACTOR = "optional"
    assert opens(signed_in(factories.administrator(username="ada", password=PASSWORD)))


def test_the_first_administrator_and_who_is_let_in_set_one_up(db: None, capsys: Any) -> None:
    for more in ("--new",), ():
        call_command("let_in", "ada", *more)
        password = capsys.readouterr().out.split()[-1]
        ada = User.objects.get(username="ada")
        client = signed_in(ada, password)
        assert client.get("/admin/")["Location"].startswith("/account/password/")
        sent = {"oldpassword": password, "password1": PASSWORD, "password2": PASSWORD}
        client.post("/account/password/", sent)
        assert client.get("/admin/")["Location"] == SET_UP
        set_up_app(client)
        assert opens(client)


def test_who_lets_nobody_in_is_told_how_to_make_the_first(db: None) -> None:
    with pytest.raises(CommandError, match=r"^There is no ada; to make that person, add --new\.$"):
        call_command("let_in", "ada")


@pytest.fixture
def administrator(db: None) -> Client:
    client = signed_in(factories.administrator(username="ada", password=PASSWORD))
    set_up_app(client)
    return client


def test_administrators_see_who_has_one_and_who_lacks_it(administrator: Client) -> None:
    factories.approver(username="petra")
    factories.analyst(username="ana")
    rows = {
        person.username: person for person in administrator.get(PEOPLE).context["cl"].result_list
    }
    shown = administrator.get(PEOPLE).context["cl"].model_admin.second_step
    told = {name: shown(person) for name, person in rows.items()}
    assert told == {"ada": "set up", "petra": "missing", "ana": "–"}


def test_a_reset_is_noted_and_mailed_and_ends_the_persons_sessions(
    administrator: Client, django_capture_on_commit_callbacks: Any
) -> None:
    petra = factories.approver(username="petra", password=PASSWORD, email="petra@office.example")
    hers = signed_in(petra)
    set_up_app(hers)
    assert opens(hers)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        administrator.post(f"{PEOPLE}{petra.pk}/second-step/")
    assert hers.get("/admin/")["Location"].startswith("/admin/login/")
    noted = Event.objects.filter(kind="second_factor", person=petra, actor__username="ada")
    assert {"removed": "totp"} in noted.values_list("detail", flat=True)
    (sent,) = mail.outbox
    assert sent.to == ["petra@office.example"]
    assert "The authenticator app was removed" in sent.body
    assert "Se quitó la aplicación" in sent.body


def test_nobody_resets_their_own_as_an_administrator(administrator: Client) -> None:
    ada = User.objects.get(username="ada")
    page = administrator.get(f"{PEOPLE}{ada.pk}/change/").content.decode()
    assert "turn off two-step verification" not in page
    answer = administrator.post(f"{PEOPLE}{ada.pk}/second-step/")
    assert answer["Location"] == SET_UP
    assert Authenticator.objects.filter(user=ada, type="totp").exists()


def test_a_public_installation_that_requires_none_is_warned_of(db: None, settings: Any) -> None:
    def warned() -> bool:
        found = run_checks(include_deployment_checks=True)
        return any("stolen password alone" in warning.msg for warning in found)

    assert not warned()
    settings.SECOND_FACTOR = "optional"
    assert warned()
