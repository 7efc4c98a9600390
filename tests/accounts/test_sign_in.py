"""Signing in: throttled for all processes together, with a second step where one is set up."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from carsi_tracker.accounts.models import Event, User
from tests import factories
from tests.accounts.authenticator import code_of

SIGN_IN = "/account/login/"
PASSWORD = "a-long-walk-in-Tegucigalpa"


@pytest.fixture
def ana(db: None) -> User:
    return factories.analyst(username="ana", password=PASSWORD, email="ana@office.example")


def sign_in(client: Client, name: str = "ana", password: str = PASSWORD, **more: str) -> Any:
    return client.post(SIGN_IN, {"login": name, "password": password, **more})


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def set_up_app(client: Client) -> str:
    """Set up an authenticator app, and return its secret."""
    client.post("/account/confirm/", {"password": PASSWORD})
    page = client.get("/account/second-step/app/").content.decode()
    found = re.search(r"<code>([A-Z2-7]+)</code>", page)
    assert found, page
    done = client.post("/account/second-step/app/", {"code": code_of(found[1], -1)})
    assert done["Location"] == "/account/second-step/codes/", done.content.decode()
    return found[1]


@pytest.mark.parametrize("name", ["ana", "ana@office.example", "ANA@office.example"])
def test_a_username_or_a_mail_address_signs_in(ana: User, name: str) -> None:
    client = Client()
    assert sign_in(client, name)["Location"] == "/admin/"
    assert is_in(client)


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_to_no_other_site(ana: User, wanted: str) -> None:
    for answer in (
        sign_in(Client(), next=wanted),
        Client().post(f"{SIGN_IN}?next={wanted}", {"login": "ana", "password": PASSWORD}),
    ):
        assert answer["Location"] == "/admin/"
    assert "evil" not in Client().get("/admin/login/?next=/admin/")["Location"]


def test_people_come_back_to_where_they_wanted_in_their_language(ana: User) -> None:
    client = Client()
    page = client.get("/es/admin/ledger/batch/", follow=True)
    address = page.redirect_chain[-1][0]
    assert address == "/es/account/login/?next=/es/admin/ledger/batch/"
    answer = client.post(address, {"login": "ana", "password": PASSWORD})
    assert answer["Location"] == "/es/admin/ledger/batch/"


def test_nobody_signs_up(db: None) -> None:
    for path in ("signup/", "password/reset/", "email/", "social/"):
        assert Client().get(f"/account/{path}").status_code == 404


def test_a_session_that_was_there_before_is_not_kept(ana: User) -> None:
    client = Client()
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = "yes"
    session.save()
    client.cookies["sessionid"] = session.session_key
    sign_in(client)
    assert client.session.session_key != session.session_key
    other = Client()
    other.cookies["sessionid"] = session.session_key
    assert not is_in(other)


def test_a_session_ends_with_the_browser_and_after_twelve_hours(
    ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, begun = Client(), timezone.now()
    sign_in(client)
    assert client.cookies["sessionid"]["max-age"] == ""
    steps = [(minutes, True) for minutes in range(25, 12 * 60, 25)]
    for minutes, lasts in (*steps, (12 * 60 + 1, False)):
        now = begun + timedelta(minutes=minutes)
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        assert is_in(client) is lasts


def test_who_holds_no_role_is_told_so_and_only_with_the_right_password(db: None) -> None:
    factories.person(username="visitor", password=PASSWORD)
    client = Client()
    answer = sign_in(client, "visitor")
    assert answer["Location"] == "/account/inactive/"
    assert "you have no role in the tracker" in client.get(answer["Location"]).content.decode()
    assert not is_in(client)
    wrong = sign_in(client, "visitor", "wrong")
    unknown = sign_in(client, "nobody", "wrong")
    assert wrong.context["form"].errors == unknown.context["form"].errors


def test_whose_access_ended_is_out_at_once_and_stays_out_when_let_in_again(
    ana: User,
) -> None:
    client = Client()
    sign_in(client)
    ana.is_active = False
    ana.save()
    assert not is_in(client)
    ana.is_active = True
    ana.save()
    assert not is_in(client)
    assert sign_in(client)["Location"] == "/admin/"


def test_whoever_loses_all_roles_is_out_at_once(ana: User) -> None:
    client = Client()
    sign_in(client)
    ana.is_analyst = False
    ana.save()
    assert not is_in(client)


def test_the_right_password_too_does_not_help_after_five_wrong_ones(ana: User) -> None:
    for _each in range(5):
        sign_in(Client(), password="wrong")
    answer = sign_in(Client())
    assert answer.status_code == 200
    assert "Too many" in " ".join(answer.context["form"].non_field_errors())


def test_who_asks_too_often_is_told_to_wait_whatever_the_name(ana: User) -> None:
    for number in range(31):
        answer = sign_in(Client(), f"nobody-{number}", "wrong")
    assert answer.status_code == 429
    assert "Wait five minutes" in answer.content.decode()


def test_a_forged_address_does_not_escape_the_throttle(ana: User) -> None:
    for number in range(11):
        client = Client(headers={"x-forwarded-for": f"203.0.113.{number}"})
        answer = sign_in(client, f"nobody-{number}", "wrong")
    assert "Too many" in str(answer.context["form"].errors)
    addresses = set(Event.objects.filter(kind="sign_in_refused").values_list("address", flat=True))
    assert addresses == {"127.0.0.1"}


def test_behind_a_proxy_each_visitor_is_counted_alone(ana: User, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(11):
        client = Client(headers={"x-forwarded-for": f"10.9.9.9, 203.0.113.{number}"})
        answer = sign_in(client, f"nobody-{number}", "wrong")
    assert "Too many" not in str(answer.context["form"].errors)
    assert Event.objects.filter(address="203.0.113.10").exists()


@pytest.mark.parametrize("name", ["a\x00b", "", "x" * 5000, "ana' or '1'='1", "<script>"])
def test_odd_names_are_refused_in_words(ana: User, name: str) -> None:
    answer = sign_in(Client(), name)
    assert answer.status_code == 200
    assert answer.context["form"].errors


def test_attempts_are_counted_where_every_process_sees_them(ana: User) -> None:
    sign_in(Client(), password="wrong")
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from accounts_attempt where cache_key like '%login_failed%'"
        )
        assert cursor.fetchone() == (2,)  # of the name, and of the network address


def test_a_password_that_somebody_else_set_is_changed_first(ana: User) -> None:
    ana.must_change_password = True
    ana.save()
    client = Client()
    sign_in(client)
    answer = client.get("/admin/ledger/batch/")
    assert answer["Location"] == "/account/password/?next=/admin/ledger/batch/"
    same = {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    assert "12" in str(client.post(answer["Location"], same).context["form"].errors)
    new = "another-walk-home-alone"
    sent = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post(answer["Location"], sent)["Location"] == "/admin/ledger/batch/"
    assert client.get("/admin/ledger/batch/").status_code == 200


def test_a_changed_password_ends_the_other_sessions(ana: User) -> None:
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    new = "another-walk-home-alone"
    sent = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    here.post("/account/password/", sent)
    assert is_in(here)
    assert not is_in(there)


def test_sessions_are_listed_and_ended(ana: User) -> None:
    here, there = Client(), Client(headers={"user-agent": "Netscape 4"})
    sign_in(here)
    sign_in(there)
    assert "Netscape 4" in here.get("/account/sessions/").content.decode()
    here.post("/account/sessions/")
    assert is_in(here)
    assert not is_in(there)


@pytest.fixture
def with_app(ana: User) -> str:
    client = Client()
    sign_in(client)
    return set_up_app(client)


def test_a_second_step_is_asked_for_once_it_is_set_up(with_app: str) -> None:
    client = Client()
    assert sign_in(client)["Location"].startswith("/account/second-step/code/")
    assert not is_in(client)
    assert client.get("/account/").status_code == 302
    wrong = client.post("/account/second-step/code/", {"code": "000000"})
    assert wrong.status_code == 200
    assert not is_in(client)
    client.post("/account/second-step/code/", {"code": code_of(with_app)})
    assert is_in(client)


def test_a_code_is_used_once(with_app: str) -> None:
    code = code_of(with_app)
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client)
        client.post("/account/second-step/code/", {"code": code})
    assert is_in(first)
    assert not is_in(second)


def test_a_recovery_code_signs_in_once(ana: User) -> None:
    owner = Client()
    sign_in(owner)
    set_up_app(owner)
    text = owner.get("/account/second-step/codes/download/").content.decode()
    code = text.split()[0]
    for expected in (True, False):
        client = Client()
        sign_in(client)
        client.post("/account/second-step/code/", {"code": code})
        assert is_in(client) is expected


def test_codes_are_not_guessed(with_app: str) -> None:
    client = Client()
    sign_in(client)
    for _each in range(6):
        answer = client.post("/account/second-step/code/", {"code": "000000"})
    assert "Too many" in str(answer.context["form"].errors)
    assert not is_in(client)


def test_the_second_step_is_set_up_and_removed_with_the_password_only(ana: User) -> None:
    client = Client()
    sign_in(client)
    for path in ("app/", "codes/new/"):
        answer = client.get(f"/account/second-step/{path}")
        assert answer["Location"].startswith("/account/confirm/?next=")
    set_up_app(client)
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    answer = client.post("/account/second-step/app/remove/")
    assert answer["Location"].startswith("/account/confirm/")


def test_the_qr_code_stands_in_the_page_under_a_strict_policy(ana: User) -> None:
    client = Client()
    sign_in(client)
    client.post("/account/confirm/", {"password": PASSWORD})
    answer = client.get("/account/second-step/app/")
    html = unescape(answer.content.decode())
    assert "<svg" in html
    assert "data:" not in html
    assert " style=" not in html
    assert "data:" not in answer["Content-Security-Policy"]
