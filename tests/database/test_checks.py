"""`manage.py check --deploy` says what of the database a public installation lacks."""

import os
from pathlib import Path
from time import time
from typing import Any

import psycopg
import pytest
from django.core.checks import CheckMessage

from carsi_tracker.database import address, checks
from tests import databases


def said(found: list[CheckMessage]) -> str:
    """Return what the only message says, which is one sentence."""
    (message,) = found
    assert message.msg.endswith(".")
    assert ". " not in message.msg
    return str(message.msg)


def test_nothing_is_said_of_an_application_role_that_only_serves(
    database: str, django_db_blocker: Any
) -> None:
    with (
        django_db_blocker.unblock(),
        databases.speaking_to(databases.application_of(database)),
    ):
        assert checks.role_and_clock() == []


def test_an_owner_or_a_superuser_that_serves_is_told(database: str, django_db_blocker: Any) -> None:
    asked = {"owns tables": databases.owner_of(database)}
    if address.is_embedded():  # of it alone do we know the superuser
        asked["is a superuser"] = databases.superuser_of(database)
    for what, role in asked.items():
        with django_db_blocker.unblock(), databases.speaking_to(role):
            assert f"The role {role.user} of DATABASE_URL {what}" in said(checks.role_and_clock())


@pytest.mark.parametrize("table", ["ledger_posting", "ledger_entry"])
def test_a_role_that_was_let_write_the_journal_is_told(
    database: str, owner: psycopg.Connection, django_db_blocker: Any, table: str
) -> None:
    role = databases.application_of(database)
    owner.execute(f"grant update on {table} to {role.user}")
    owner.commit()
    with django_db_blocker.unblock(), databases.speaking_to(role):
        assert "may write the journal" in said(checks.role_and_clock())


@pytest.mark.parametrize("seconds", [-60, 60])
def test_a_clock_that_is_off_is_told(
    database: str, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    monkeypatch.setattr(checks, "time", lambda: time() + seconds)
    with (
        django_db_blocker.unblock(),
        databases.speaking_to(databases.application_of(database)),
    ):
        assert "differ by 60 seconds" in said(checks.role_and_clock())


def test_a_database_that_does_not_answer_is_told(database: str, django_db_blocker: Any) -> None:
    nowhere = address.DatabaseAddress("/nowhere", "", database, "carsi_app")
    with django_db_blocker.unblock(), databases.speaking_to(nowhere):
        assert "does not answer" in said(checks.role_and_clock())


@pytest.mark.parametrize(
    ("host", "options", "told"),
    [
        ("db.example", {}, True),
        ("127.0.0.1,db.example", {"sslmode": "prefer"}, True),
        ("db.example", {"sslmode": "verify-full"}, False),
        ("/run/postgresql", {}, False),
        ("localhost", {}, False),
        ("", {}, False),
    ],
)
def test_a_database_on_another_machine_has_to_be_spoken_to_encrypted(
    monkeypatch: pytest.MonkeyPatch, host: str, options: dict[str, str], told: bool
) -> None:
    for name in ("PGHOST", "PGSSLMODE"):
        monkeypatch.delenv(name, raising=False)
    there = address.DatabaseAddress(host, "", "carsi", "carsi_app", "", tuple(options.items()))
    with databases.speaking_to(there):
        found = checks.encryption()
        assert bool(found) == told
        if told:
            assert "db.example may be spoken to without encryption" in said(found)
            monkeypatch.setenv("PGSSLMODE", "verify-full")
            assert bool(checks.encryption()) == ("sslmode" in options)


def test_back_ups_that_are_not_seen_or_are_old_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BACKUP_STAMP", raising=False)
    assert "No back-up is seen" in said(checks.back_ups())
    stamp = tmp_path / "stamp"
    monkeypatch.setenv("BACKUP_STAMP", str(stamp))
    assert "can't be read: No such file or directory" in said(checks.back_ups())
    stamp.touch()
    assert checks.back_ups() == []
    os.utime(stamp, (time() - 40 * 3600,) * 2)
    assert "The last back-up is 40 hours old" in said(checks.back_ups())
