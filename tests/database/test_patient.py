"""A statement may take its time while the server answers others; one that is silent is given up."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from carsi_tracker.database import address
from carsi_tracker.database.patient import base
from carsi_tracker.local import place, postgresql
from tests.database.conftest import remove_places


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[base.PatientConnection]:
    """Give a session on a server of its own, with little patience."""
    monkeypatch.setattr(base, "SECONDS_OF_PATIENCE", 0.2)
    postgresql.start(tmp_path / "data", durable=False)
    where = address.embedded(tmp_path / "data", postgresql.APPLICATION)
    with base.PatientConnection.connect(where.conninfo(), connect_timeout=2) as made:
        yield made
    base.PatientConnection.silent_until.clear()
    postgresql.release(tmp_path / "data")
    remove_places(tmp_path)


def test_a_long_statement_is_waited_for(session: base.PatientConnection) -> None:
    found = session.execute("select pg_sleep(1.5), 7").fetchone()
    assert found
    assert found[1] == 7


def test_a_statement_that_takes_long_to_be_sent_is_waited_for(
    session: base.PatientConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "SECONDS_OF_PATIENCE", 0.001)
    found = session.execute("select length(%s)", ["a page of a large file" * 1_000_000]).fetchone()
    assert found == (22_000_000,)


def test_a_server_that_is_halted_is_given_up_and_not_asked_again_at_once(
    session: base.PatientConnection, tmp_path: Path
) -> None:
    data = place.data_folder(tmp_path / "data")
    postmaster = int((data / "postmaster.pid").read_text().split("\n")[0])
    halted = [postmaster, session.info.backend_pid]
    for pid in halted:
        os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(psycopg.OperationalError, match="has fallen silent"):
            session.execute("select 1")
        assert session.closed
        with pytest.raises(psycopg.OperationalError, match="a moment ago"):
            base.PatientConnection.connect(*session.made_by[0])
    finally:
        for pid in halted:
            os.kill(pid, signal.SIGCONT)
    (until,) = base.PatientConnection.silent_until.values()
    time.sleep(max(0.0, until - time.monotonic()))
    base.PatientConnection.connect(*session.made_by[0]).close()
