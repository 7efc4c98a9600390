"""Single sign-on: who is let in by what the provider proves, and with which roles."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client

from carsi_tracker.accounts.models import Event, User
from carsi_tracker.ledger.folding import NameKey
from tests import factories
from tests.accounts.authenticator import code_of
from tests.accounts.conftest import BACK, GIVES, PASSWORD, START, Going
from tests.accounts.provider import Provider

PEOPLE = "/admin/accounts/user/"


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def said(client: Client) -> str:
    return client.get("/account/login/").content.decode()


def noted(**about: Any) -> list[dict[str, Any]]:
    return list(Event.objects.filter(**about).order_by("pk").values_list("detail", flat=True))


def test_nothing_of_it_is_there_unless_it_is_configured(db: None) -> None:
    assert "single-sign-on" not in said(Client())
    assert Client().post(START).status_code == Client().get(BACK).status_code == 404


def test_the_provider_is_asked_with_pkce_state_and_nonce(provider: Provider, leave: Going) -> None:
    asked = leave(Client())
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert min(len(asked[name]) for name in ("code_challenge", "state", "nonce")) > 40
    assert asked["redirect_uri"] == f"http://testserver{BACK}"
    assert leave(Client(), "/es/account/single-sign-on/")["redirect_uri"] == asked["redirect_uri"]


def test_only_a_button_begins_it(provider: Provider) -> None:
    assert Client().get(START).status_code == 405
    assert Client(enforce_csrf_checks=True).post(START).status_code == 403


def test_who_was_invited_by_mail_address_is_connected_once_and_known_by_subject_from_then_on(
    provider: Provider, ana: User, sign_on: Going, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        client, answer = sign_on()
    assert answer["Location"] == "/admin/"
    assert is_in(client)
    connected = SocialAccount.objects.get()
    assert (connected.user, connected.provider, connected.uid, connected.extra_data) == (
        ana,
        provider.issuer,
        "subject-1",
        {},
    )
    assert not SocialToken.objects.exists()
    by = {"provider": provider.issuer}
    assert noted(kind="single_sign_on", person=ana) == [
        {"connected": provider.issuer, "subject": "subject-1", **by}
    ]
    assert noted(kind="signed_in", actor=ana) == [by]
    (told, *_device) = [letter for letter in mail.outbox if "single sign-on" in letter.body]
    assert told.to == ["ana@office.example"]

    provider.claims |= {"email": "another@office.example", "email_verified": False}
    client, _answer = sign_on()
    assert client.get("/account/").context["user"] == ana
    assert len(noted(kind="single_sign_on")) == 1


def test_signing_on_again_ends_no_session(provider: Provider, ana: User, sign_on: Going) -> None:
    first, _answer = sign_on()
    second, _answer = sign_on()
    assert (is_in(first), is_in(second)) == (True, True)


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_the_provider_did_not_verify_connects_with_no_one(
    provider: Provider, ana: User, sign_on: Going, verified: Any
) -> None:
    provider.claims["email_verified"] = verified
    client, answer = sign_on()
    assert answer["Location"] == "/account/login/"
    assert "did not verify your email address" in said(client)
    assert not SocialAccount.objects.exists()
    assert noted(kind="sign_in_refused")[-1]["what"] == "address not verified"


def test_another_subject_with_the_same_address_is_not_that_person(
    provider: Provider, ana: User, sign_on: Going
) -> None:
    sign_on()
    provider.claims["sub"] = "subject-2"
    client, _answer = sign_on()
    assert "is connected with another account" in said(client)
    assert SocialAccount.objects.get().uid == "subject-1"


def test_whose_address_no_one_wrote_at_the_desk_is_refused_in_a_sentence(
    provider: Provider, sign_on: Going
) -> None:
    client, _answer = sign_on()
    assert "no one here has your email address" in said(client)
    assert not User.objects.exists()


def test_a_first_password_that_somebody_else_set_ends_with_the_first_single_sign_on(
    provider: Provider, ana: User, sign_on: Going
) -> None:
    User.objects.filter(pk=ana.pk).update(must_change_password=True)
    client, _answer = sign_on()
    assert is_in(client)
    assert not User.objects.get().has_usable_password()


def test_somebody_new_to_whom_the_claim_gives_a_role_is_made(
    roles: Provider, sign_on: Going
) -> None:
    roles.claims |= {"given_name": "Ana", "family_name": "Ruiz", "groups": ["analysts", "x"]}
    client, _answer = sign_on()
    person = User.objects.get()
    assert is_in(client)
    assert (person.username, person.display_name, person.email) == (
        "ana",
        "Ana Ruiz",
        "ana@office.example",
    )
    assert (person.is_analyst, person.is_approver, person.is_administrator) == (True, False, False)
    assert not person.has_usable_password()
    assert noted(kind="person_changed")[0]["provider"] == roles.issuer


@pytest.mark.parametrize(
    ("groups", "held"),
    [
        ("analysts", {"is_analyst"}),
        (["analysts", "directors"], {"is_analyst", "is_approver"}),
        (["it", 3, None, ["analysts"]], {"is_administrator"}),
        ([], set()),
        (None, set()),
        ("analysts approvers", set()),
        ("Analysts", set()),
        ({"analysts": True}, set()),
        (True, set()),
    ],
)
def test_the_claim_is_a_text_or_a_list_of_texts_and_what_else_it_is_gives_nothing(
    roles: Provider, sign_on: Going, groups: Any, held: set[str]
) -> None:
    roles.claims["groups"] = groups
    client, _answer = sign_on()
    assert is_in(client) is bool(held)
    given = {
        role for person in User.objects.all() for role in GIVES["roles"] if getattr(person, role)
    }
    assert given == held
    if not held:
        assert "gives you no role in the tracker" in said(client)
        assert not User.objects.exists()


@pytest.mark.parametrize(
    ("name", "claims"),
    [
        ("realm_access.roles", {"realm_access": {"roles": ["analysts"]}}),
        ("https://office.example/roles", {"https://office.example/roles": "analysts"}),
    ],
)
def test_the_claim_may_stand_within_another_or_be_named_by_an_address(
    roles: Provider, settings: Any, sign_on: Going, name: str, claims: dict[str, Any]
) -> None:
    settings.SINGLE_SIGN_ON = roles.configured(**{**GIVES, "roles_claim": name})
    roles.claims |= claims
    assert is_in(sign_on()[0])


def test_roles_follow_the_claim_which_is_noted_ends_other_sessions_and_is_mailed(
    roles: Provider, sign_on: Going, django_capture_on_commit_callbacks: Any
) -> None:
    first, _answer = sign_on()
    assert is_in(first)
    roles.claims["groups"] = ["approvers"]
    with django_capture_on_commit_callbacks(execute=True):
        second, _answer = sign_on()
    assert (is_in(first), is_in(second)) == (False, True)
    person = User.objects.get()
    assert (person.is_analyst, person.is_approver) == (False, True)
    changed = Event.objects.filter(kind="person_changed").latest("pk")
    assert (changed.actor, changed.person, changed.address) == (None, person, "127.0.0.1")
    assert changed.detail == {
        "is_analyst": [True, False],
        "is_approver": [False, True],
        "provider": roles.issuer,
    }
    letter = next(
        letter.body for letter in mail.outbox if "You no longer have the role" in letter.body
    )
    assert "Single sign-on did it." in letter
    assert "You were given the role: approver." in letter
    trail = Client()
    trail.force_login(factories.administrator())
    assert "by single sign-on" in trail.get("/admin/accounts/event/").content.decode()


def test_whom_the_claim_gives_no_role_any_more_is_let_in_no_more_by_password_neither(
    roles: Provider, ana: User, sign_on: Going
) -> None:
    first, _answer = sign_on()
    roles.claims["groups"] = []
    second, _answer = sign_on()
    assert "gives you no role" in said(second)
    assert not is_in(first)
    assert not User.objects.get().is_staff
    second.post("/account/login/", {"login": "ana", "password": PASSWORD})
    assert not is_in(second)


def test_roles_given_at_the_desk_stay_where_no_claim_gives_them(
    provider: Provider, ana: User, sign_on: Going
) -> None:
    provider.claims["groups"] = ["it"]
    sign_on()
    assert (User.objects.get().is_analyst, User.objects.get().is_administrator) == (True, False)


def test_whose_access_an_administrator_ended_is_not_let_in_whatever_the_claim_says(
    roles: Provider, sign_on: Going
) -> None:
    sign_on()
    User.objects.update(is_active=False)
    client, _answer = sign_on()
    assert "Your access has ended." in said(client)
    assert not is_in(client)


def test_the_last_administrator_whom_a_wrong_claim_locks_out_is_let_in_by_command(
    roles: Provider, settings: Any, sign_on: Going, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.SINGLE_SIGN_ON = roles.configured(**GIVES, only=True)
    roles.claims["groups"] = ["it"]
    sign_on()
    roles.claims["groups"] = []
    sign_on()
    assert not User.objects.get().is_staff
    call_command("let_in", "ana")
    password = capsys.readouterr().out.split()[-1]
    client = Client()
    client.post("/account/login/", {"login": "ana", "password": password})
    assert client.get("/admin/")["Location"].startswith("/account/password/")


@pytest.mark.parametrize(
    ("claims", "username", "name"),
    [
        ({"preferred_username": "petra"}, "petra-2", ""),
        ({"preferred_username": "PETRA"}, "PETRA-2", ""),
        ({"preferred_username": "реtra"}, "реtra-2", ""),
        ({"preferred_username": "petra@office.example"}, "petra@office.example-2", ""),
        ({"preferred_username": "<b>x</b>"}, "ana@office.example", ""),
        ({"preferred_username": ["ana"]}, "ana@office.example", ""),
        ({"preferred_username": "ana\u202e"}, "ana@office.example", ""),
        ({"preferred_username": "x" * 200}, "ana@office.example", ""),
        ({"given_name": "Petra", "family_name": "Sol"}, "ana", ""),
        ({"given_name": "A\u202eb", "family_name": "C"}, "ana", ""),
        ({"given_name": "x" * 500}, "ana", ""),
        ({"given_name": "Ana", "family_name": "Paz"}, "ana", "Ana Paz"),
    ],
)
def test_nobody_is_called_what_another_is_or_what_is_no_plain_text(
    roles: Provider, sign_on: Going, claims: dict[str, Any], username: str, name: str
) -> None:
    factories.approver(
        username="petra", first_name="Petra", last_name="Sol", email="petra@office.example"
    )
    roles.claims |= claims
    client, _answer = sign_on()
    assert is_in(client)
    new = User.objects.get(socialaccount__isnull=False)
    assert (new.username, new.get_full_name()) == (username, name)
    assert not User.objects.exclude(pk=new.pk).filter(username__name_key=NameKey.of(username))


def test_who_has_no_name_that_can_be_kept_is_refused(roles: Provider, sign_on: Going) -> None:
    roles.claims |= {"preferred_username": "\x00", "email_verified": False}
    client, _answer = sign_on()
    assert "no name that can be a username" in said(client)
    assert not User.objects.exists()


def with_app(person: User) -> str:
    secret = "JBSWY3DPEHPK3PXP"
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": secret})
    return secret


@pytest.mark.parametrize("proved", [{"amr": ["pwd", "mfa"]}, {"acr": "mfa"}])
@pytest.mark.parametrize("by_provider", [True, False])
def test_the_second_step_is_the_providers_or_ours_as_configured(
    provider: Provider,
    settings: Any,
    ana: User,
    sign_on: Going,
    proved: dict[str, Any],
    by_provider: bool,
) -> None:
    settings.SECOND_FACTOR = "required"
    settings.SINGLE_SIGN_ON = provider.configured(proves_second_factor=by_provider)
    User.objects.update(is_approver=True)
    provider.token = proved
    client, _answer = sign_on()
    assert is_in(client) is by_provider
    secret = with_app(ana)
    client, answer = sign_on()
    assert is_in(client) is by_provider
    if not by_provider:
        assert answer["Location"] == "/account/second-step/code/"
        client.post(answer["Location"], {"code": code_of(secret)})
        assert is_in(client)


@pytest.mark.parametrize("proved", [{}, {"amr": ["pwd"]}, {"amr": "mfa"}, {"acr": "1"}])
def test_where_the_provider_asked_for_one_step_ours_is_asked(
    provider: Provider, settings: Any, ana: User, sign_on: Going, proved: dict[str, Any]
) -> None:
    settings.SINGLE_SIGN_ON = provider.configured(proves_second_factor=True)
    provider.token, provider.told = proved, {"amr": ["mfa"]}
    with_app(ana)
    client, answer = sign_on()
    assert answer["Location"] == "/account/second-step/code/"
    assert not is_in(client)


def test_where_it_is_for_everyone_a_password_is_for_administrators_with_a_second_step(
    provider: Provider, settings: Any, ana: User
) -> None:
    settings.SINGLE_SIGN_ON = provider.configured(only=True)
    adela = factories.administrator(username="adela", password=PASSWORD)
    for name in ("ana", "adela"):
        client = Client()
        client.post("/account/login/", {"login": name, "password": PASSWORD})
        assert not is_in(client)
        assert "Use single sign-on." in said(client)
    assert [detail["why"] for detail in noted(kind="sign_in_refused")] == ["provider only"] * 2
    secret = with_app(adela)
    client = Client()
    client.post("/account/login/", {"login": "adela", "password": PASSWORD})
    client.post("/account/second-step/code/", {"code": code_of(secret)})
    assert is_in(client)


def test_both_ways_in_stand_on_the_page_in_both_languages(
    provider: Provider, settings: Any
) -> None:
    settings.SINGLE_SIGN_ON = provider.configured(name="the ministry’s <account>")
    page = said(Client())
    assert "Sign in with the ministry’s &lt;account&gt;" in page
    assert 'type="password"' in page
    assert (
        "Iniciar sesión con the ministry’s" in Client().get("/es/account/login/").content.decode()
    )


def test_people_come_back_to_where_they_wanted_in_their_language(
    provider: Provider, ana: User, leave: Going, come_back: Going
) -> None:
    client = Client()
    leave(client, "/es/account/single-sign-on/", next="/es/admin/ledger/batch/?x=1")
    assert come_back(client)["Location"] == "/es/admin/ledger/batch/?x=1"
    client = Client()
    leave(client, "/es/account/single-sign-on/")
    assert come_back(client)["Location"] == "/es/admin/"
    with_app(ana)
    client = Client()
    leave(client, "/es/account/single-sign-on/")
    assert come_back(client)["Location"] == "/es/account/second-step/code/"


def test_what_was_typed_when_the_session_had_ended_is_there_after_single_sign_on(
    provider: Provider, ana: User, sign_on: Going
) -> None:
    client = Client()
    page = client.post("/admin/ledger/batch/add/", {"title": "What I typed"})
    typed = page.context["form"]["typed"].value()
    sign_on(client, typed=typed, next="/admin/ledger/batch/add/")
    assert "What I typed" in client.get("/admin/ledger/batch/add/").content.decode()


def test_an_administrator_disconnects_which_ends_sessions_and_is_noted(
    provider: Provider, ana: User, sign_on: Going, django_capture_on_commit_callbacks: Any
) -> None:
    theirs, _answer = sign_on()
    adela = factories.administrator()
    client = Client()
    client.force_login(adela)
    page = client.get(f"{PEOPLE}{ana.pk}/change/").content.decode()
    assert "subject-1" in page
    analyst = Client()
    analyst.force_login(factories.analyst())
    path = f"{PEOPLE}{ana.pk}/single-sign-on/"
    assert analyst.post(path).status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(path).status_code == 302
    assert not SocialAccount.objects.exists()
    assert not is_in(theirs)
    event = Event.objects.filter(kind="single_sign_on").latest("pk")
    assert (event.actor, event.person) == (adela, ana)
    assert event.detail == {"disconnected": provider.issuer, "subject": "subject-1"}
    assert any("no longer be entered by single sign-on" in each.body for each in mail.outbox)


def test_what_connects_and_disconnects_by_raw_sql_is_noted_too(ana: User) -> None:
    bob = factories.analyst()
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into socialaccount_socialaccount "
            "(user_id, provider, uid, extra_data, last_login, date_joined) "
            "values (%s, 'https://one', 'a', '{}', now(), now())",
            [ana.pk],
        )
        cursor.execute("update socialaccount_socialaccount set last_login = now()")
        cursor.execute("update socialaccount_socialaccount set user_id = %s", [bob.pk])
        cursor.execute("update socialaccount_socialaccount set uid = 'b'")
        cursor.execute("delete from socialaccount_socialaccount")
    events = Event.objects.filter(kind="single_sign_on").order_by("pk")
    assert [(event.person, *sorted(event.detail)) for event in events] == [
        (person, what, "subject")
        for person, what in (
            (ana, "connected"),
            (ana, "disconnected"),
            (bob, "connected"),
            (bob, "disconnected"),
            (bob, "connected"),
            (bob, "disconnected"),
        )
    ]
