"""Attempts to sign in: counted or refused, never taken for too many because of a write error."""

from typing import Any

import psycopg
import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import Client

from carsi_tracker.accounts.models import Attempt
from carsi_tracker.caching.choice import page_cache
from tests import databases, factories

SIGN_IN = "/account/login/"
PASSWORD = "a-long-walk-in-Tegucigalpa"


@pytest.fixture
def _ana(db: None) -> None:
    factories.analyst(username="ana", password=PASSWORD)


def sign_in(password: str = PASSWORD) -> Any:
    client = Client(raise_request_exception=False)
    return client.post(SIGN_IN, {"login": "ana", "password": password})


@pytest.mark.usefixtures("_ana")
def test_without_the_shared_cache_attempts_are_counted_all_the_same(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setenv("CACHE_URL", "redis://127.0.0.1:1")
    settings.CACHES = {**settings.CACHES, "pages": page_cache()}
    for _each in range(5):
        assert "not correct" in sign_in("wrong").content.decode()
    assert "Too many" in sign_in().content.decode()


@pytest.mark.usefixtures("_ana")
@pytest.mark.parametrize("attempt", ["the first", "a further"])
def test_on_a_standby_it_is_said_that_nobody_can_sign_in(attempt: str) -> None:
    if attempt == "a further":
        assert "not correct" in sign_in("wrong").content.decode()
    with connection.cursor() as cursor:
        cursor.execute("set transaction read only")
    is_said(sign_in())


def test_on_a_full_disk_it_is_said_that_nobody_can_sign_in(
    owner: psycopg.Connection, database: str, django_db_blocker: Any
) -> None:
    owner.execute(FULL)
    owner.commit()
    with (
        django_db_blocker.unblock(),
        databases.speaking_to(databases.application_of(database)),
    ):
        is_said(sign_in())
        assert Client().get("/ready/").status_code == 200


FULL = """
    create function full_() returns trigger language plpgsql as $$ begin
        raise 'could not extend file: No space left on device' using errcode = 'disk_full';
    end $$;
    create trigger full_ before insert or update on accounts_attempt
        for each row execute function full_()
"""


def is_said(answer: Any) -> None:
    """Require the words of a database that reads but does not write."""
    assert answer.status_code == 503
    assert "Nothing can be saved right now</h1>" in answer.content.decode()
    assert int(answer["Retry-After"]) > 0


def test_letting_somebody_in_empties_the_attempts_and_nothing_else(db: None) -> None:
    factories.administrator(username="ada", password=PASSWORD)
    caches["default"].set("allauth:rl:any", [1], 300)
    caches["pages"].set("page", b"kept")
    call_command("let_in", "ada")
    assert not Attempt.objects.exists()
    assert caches["pages"].get("page") == b"kept"


def test_of_two_that_add_at_once_one_is_first(db: None) -> None:
    attempts = caches["default"]
    assert attempts.add("used-code", "y", 30)
    assert not attempts.add("used-code", "y", 30)
    attempts.set("used-code", "over", -1)
    assert attempts.get("used-code") is None
    assert attempts.add("used-code", "y", 30)
    assert attempts.get("used-code") == "y"


def test_expired_attempts_make_room_for_new_ones(db: None, settings: Any) -> None:
    options = {**settings.CACHES["default"], "OPTIONS": {"MAX_ENTRIES": 10}}
    settings.CACHES = {**settings.CACHES, "default": options}
    for number in range(11):
        caches["default"].set(str(number), number, -1)
    caches["default"].set("now", 1, 30)
    assert list(Attempt.objects.values_list("cache_key", flat=True)) == [":1:now"]
