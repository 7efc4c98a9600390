"""Whether a process lives, apart from whether it can serve."""

from collections.abc import Iterator

import psycopg
import pytest
from django.core.cache import caches
from django.db import OperationalError, connection, connections
from django.db.backends.utils import CursorWrapper
from django.test import Client

from carsi_tracker.monitoring import probes
from tests import databases


@pytest.fixture
def owning(desk_database: None) -> Iterator[psycopg.Connection]:
    """Give a session of the owner on the database that this test has to itself."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(databases.owner_of(name).conninfo(), autocommit=True) as session:
        yield session


def test_a_process_lives_whatever_becomes_of_the_database(client: Client) -> None:
    answer = client.get("/health/")  # a test without a database may ask it nothing
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.usefixtures("db")
def test_with_its_database_it_is_ready(client: Client) -> None:
    answer = client.get("/ready/")
    assert (answer.status_code, answer.content) == (200, b"ready\n")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.commits
def test_a_migration_that_is_missing_is_named(client: Client, owning: psycopg.Connection) -> None:
    owning.execute("delete from django_migrations where app = 'ledger' and name like '0016%'")
    answer = client.get("/ready/")
    said = b"the migration ledger.0016_kinds_of_organizations was not applied\n"
    assert (answer.status_code, answer.content) == (503, said)


@pytest.mark.commits
def test_a_migration_of_a_later_release_is_no_reason_to_leave(
    client: Client, owning: psycopg.Connection
) -> None:
    owning.execute(
        "insert into django_migrations (app, name, applied) values ('ledger', '9999_x', now())"
    )
    assert client.get("/ready/").status_code == 200


def test_a_database_that_does_not_answer_is_said_without_its_address(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_args: object) -> CursorWrapper:
        raise OperationalError("connection to secret.example failed")

    monkeypatch.setattr(connections["default"], "cursor", gone)
    answer = client.get("/ready/")
    assert (answer.status_code, answer.content) == (503, b"the database does not answer\n")


@pytest.mark.usefixtures("db")
def test_a_cache_that_does_not_answer_is_said_and_does_without(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(caches["pages"]), "get", lambda *_args: None)
    answer = client.get("/ready/")
    said = b"ready\nthe cache does not answer: pages go without\n"
    assert (answer.status_code, answer.content) == (200, said)


@pytest.mark.commits
def test_a_ledger_without_a_head_is_not_ready(client: Client, owning: psycopg.Connection) -> None:
    owning.execute("alter table ledger_head disable trigger user; delete from ledger_head")
    assert client.get("/ready/").content == b"the ledger has no head\n"


@pytest.mark.usefixtures("db")
def test_a_process_that_stops_lives_and_is_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(probes._process, "stops", True)  # noqa: FBT003 (as it is kept)
    answer = client.get("/ready/")
    assert (answer.status_code, answer.content) == (503, b"this process is stopping\n")
    assert client.get("/health/").status_code == 200
