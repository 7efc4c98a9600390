"""From which server an answer is read. Drills have real replicas; here one database is three."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.db import OperationalError, connection, connections
from psycopg.errors import QueryCanceled, SerializationFailure

from carsi_tracker.database import reading
from carsi_tracker.database.resting import Resting

NAMES = ("replica-1", "replica-2")


@pytest.fixture
def resting(monkeypatch: pytest.MonkeyPatch) -> Resting:
    """Give what leaves servers alone; nobody looks after them."""
    made = Resting(lambda _name: False)
    monkeypatch.setattr(reading, "RESTING", made)
    return made


@pytest.fixture
def replicas(
    desk_database: None, resting: Resting, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Let the test's database stand for two replicas as well."""
    for name in NAMES:
        connections.databases[name] = connections.databases["default"] | connection.settings_dict
    yield
    for name in NAMES:
        with suppress(AttributeError):
            connections[name].close()
            del connections[name]
        del connections.databases[name]


def answers(*failures: Exception) -> list[str]:
    """Return the servers that an answer was read from, which fails so often."""
    asked: list[str] = []
    fail = iter(failures)

    def make() -> None:
        with reading.connection.cursor() as cursor:
            cursor.execute("select 1")
        asked.append(reading.alias())
        for failure in fail:
            raise failure

    reading.answered(make)
    return asked


@pytest.mark.commits
@pytest.mark.usefixtures("replicas")
def test_replicas_are_read_in_turn_and_one_answer_from_one() -> None:
    assert {*answers(), *answers()} == set(NAMES)
    assert len(answers()) == 1
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    assert reading.alias() == "default"  # outside of an answer


@pytest.mark.commits
@pytest.mark.usefixtures("replicas")
def test_an_answer_that_fails_is_made_from_another_server_and_at_last_from_the_primary(
    resting: Resting,
) -> None:
    failed = answers(OperationalError("away"), OperationalError("away too"))
    assert {*failed[:2]} == set(NAMES)
    assert failed[2:] == ["default"]
    assert reading.left_alone() == [*NAMES]
    assert answers() == ["default"]
    assert resting.may_be_asked("default")


@pytest.mark.commits
@pytest.mark.usefixtures("replicas")
def test_a_statement_ended_for_what_is_replayed_is_no_reason_to_leave_a_server_alone() -> None:
    conflict = OperationalError("canceling statement due to conflict with recovery")
    conflict.__cause__ = SerializationFailure()
    assert len(answers(conflict)) == 2
    assert reading.left_alone() == []


@pytest.mark.commits
@pytest.mark.usefixtures("replicas")
def test_what_takes_too_long_is_not_asked_of_all_servers_in_turn() -> None:
    too_long = OperationalError("canceling statement due to statement timeout")
    too_long.__cause__ = QueryCanceled()
    with pytest.raises(OperationalError, match="timeout"):
        answers(too_long)


@pytest.mark.commits
@pytest.mark.usefixtures("replicas")
def test_a_replica_that_tells_another_checksum_is_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told_by = reading.told_by

    def told(alias: str) -> reading.Head:
        head = told_by(alias)
        return head._replace(checksum="f" * 64) if alias == "replica-1" else head

    monkeypatch.setattr(reading, "told_by", told)
    assert {*answers(), *answers(), *answers()} == {"replica-2"}


@pytest.mark.commits
@pytest.mark.usefixtures("replicas")
def test_while_the_primary_is_away_the_newest_replica_that_kept_up_is_believed(
    resting: Resting, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = {
        "replica-1": reading.Head(17, "a" * 64, 1),
        "replica-2": reading.Head(18, "b" * 64, 1),
    }
    monkeypatch.setattr(reading, "told_by", heads.__getitem__)
    resting.rest("default", "away")
    assert {*answers(), *answers()} == {"replica-2"}
    resting.lacks("replica-2", 60)  # it told another ledger while the primary answered
    assert {*answers(), *answers()} == {"replica-1"}


@pytest.mark.commits
@pytest.mark.usefixtures("replicas")
def test_a_late_replica_is_left_alone_beyond_the_limit_only(resting: Resting) -> None:
    resting.lacks("replica-1", 60)
    assert reading.left_alone() == []
    resting.lacks("replica-1", 0)
    assert reading.left_alone() == ["replica-1"]
