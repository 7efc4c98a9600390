"""Guessing is bounded, and keeps nobody out who signs in where they did before."""

import secrets
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from carsi_tracker.accounts.models import User
from tests import factories

SIGN_IN = "/account/login/"
PASSWORD = "a-long-walk-in-Tegucigalpa"


@pytest.fixture(autouse=True)
def _behind_a_proxy(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1


@pytest.fixture
def ana(db: None) -> User:
    return factories.analyst(username="ana", password=PASSWORD, email="ana@office.example")


def at(address: str) -> Client:
    return Client(headers={"x-forwarded-for": address})


def sign_in(client: Client, password: str = PASSWORD, name: str = "ana") -> Any:
    return client.post(SIGN_IN, {"login": name, "password": password})


def is_let_in(answer: Any) -> bool:
    return answer.status_code == 302


def guesses_from_everywhere(names: tuple[str, ...] = ("ana",)) -> Iterator[bool]:
    """Guess from an address after the other; say each time whether the password was looked at."""
    for number in count():
        name = names[number % len(names)]
        answer = sign_in(at(f"10.{number // 250}.0.{number % 250}"), secrets.token_hex(), name)
        yield "not correct" in answer.content.decode()


@pytest.fixture
def known(ana: User) -> Client:
    """Give Ana's device, on which she signed in once, without a session."""
    client = at("203.0.113.7")
    assert is_let_in(sign_in(client))
    client.post("/account/logout/")
    return client


def test_fifty_guesses_an_hour_are_looked_at_for_one_person_from_everywhere(ana: User) -> None:
    names = ("ana", "ana@office.example", "ANA@office.example")
    looked_at = [
        answer for answer, _number in zip(guesses_from_everywhere(names), range(70), strict=False)
    ]
    assert looked_at == [True] * 50 + [False] * 20
    assert not is_let_in(sign_in(at("198.51.100.1")))


def test_who_guesses_from_everywhere_keeps_nobody_from_a_device_they_used_before(
    known: Client,
) -> None:
    guesses = guesses_from_everywhere()
    while next(guesses):
        pass
    for _each in range(3):
        assert is_let_in(sign_in(known))
        known.post("/account/logout/")
        assert not next(guesses)


def test_who_guesses_from_the_same_address_does_not_either(known: Client) -> None:
    for _each in range(15):
        sign_in(at("203.0.113.7"), "wrong")
    assert not is_let_in(sign_in(at("203.0.113.7")))
    assert is_let_in(sign_in(known))


def test_a_known_device_guesses_five_times_in_five_minutes(known: Client) -> None:
    for _each in range(5):
        assert "not correct" in sign_in(known, "wrong").content.decode()
    assert "Too many" in sign_in(known).content.decode()


def test_a_device_is_known_for_who_signed_in_on_it_alone(known: Client) -> None:
    factories.analyst(username="benito", password=PASSWORD)
    for _each in range(5):
        sign_in(at("203.0.113.7"), "wrong", "benito")
    assert not is_let_in(sign_in(known, name="benito"))


@pytest.mark.parametrize("forged", ["", "x", "eyJkZXZpY2UiOiJ4IiwicGVvcGxlIjpbMV19:1:x"])
def test_a_forged_device_is_none(ana: User, forged: str) -> None:
    for _each in range(5):
        sign_in(at("203.0.113.7"), "wrong")
    client = at("203.0.113.7")
    client.cookies["device"] = forged
    assert not is_let_in(sign_in(client))


def test_who_is_signed_in_confirms_their_password_whatever_others_guess(ana: User) -> None:
    client = at("203.0.113.7")
    sign_in(client)
    guesses = guesses_from_everywhere()
    while next(guesses):
        pass
    answer = client.post("/account/confirm/?next=/account/", {"password": PASSWORD})
    assert answer["Location"] == "/account/"


def test_a_right_password_counts_as_no_guess(ana: User) -> None:
    for number in range(60):
        assert is_let_in(sign_in(at(f"203.0.113.{number}")))


def test_a_sign_in_on_a_new_device_is_mailed_and_on_a_known_one_not(
    ana: User, django_capture_on_commit_callbacks: Any
) -> None:
    client = at("203.0.113.7")
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(client)
    (sent,) = mail.outbox
    assert sent.to == ["ana@office.example"]
    assert "203.0.113.7" in sent.body
    client.post("/account/logout/")
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(client)
    assert len(mail.outbox) == 1
