"""A process that is killed takes no acknowledged posting with it, and nobody has to lend a hand."""

import os
import signal
from pathlib import Path

import psycopg
import pytest

from tests.drills.at_work import (
    CUT_OFF,
    NO_ANSWER,
    SILENT,
    assert_nothing_was_lost,
    people_at_work,
)
from tests.drills.clusters import SUPERUSER, Cluster
from tests.drills.machines import serving


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def test_a_web_process_is_killed(checkout: Path, primary: Cluster, folder: Path) -> None:
    with (
        serving(checkout, folder / "web.log", **primary.environment) as machine,
        people_at_work(machine, primary) as work,
    ):
        work.until_posted()
        os.kill(children(machine.process.pid)[0], signal.SIGKILL)
        work.until_posted()
        assert_nothing_was_lost(work, machine, primary, checkout, NO_ANSWER)
        assert len(children(machine.process.pid)) == 2


@pytest.mark.long
def test_the_web_servers_main_process_is_killed_and_started_as_its_unit_says(
    checkout: Path, primary: Cluster, folder: Path
) -> None:
    with (
        serving(checkout, folder / "web.log", **primary.environment) as machine,
        people_at_work(machine, primary) as work,
    ):
        work.until_posted()
        machine.process.kill()
        machine.process.wait()
        port = str(machine.port)
        with serving(checkout, folder / "again.log", PORT=port, **primary.environment) as again:
            work.until_posted()
            assert_nothing_was_lost(work, again, primary, checkout, NO_ANSWER)


@pytest.mark.long
def test_a_session_of_the_database_is_killed(
    checkout: Path, primary: Cluster, folder: Path
) -> None:
    with (
        serving(checkout, folder / "web.log", **primary.environment) as machine,
        people_at_work(machine, primary) as work,
    ):
        work.until_posted()
        with psycopg.connect(primary.url(SUPERUSER)) as session:
            (pid,) = session.execute(
                "select pid from pg_stat_activity where usename = 'carsi_app' limit 1"
            ).fetchone() or (0,)
        os.kill(pid, signal.SIGKILL)
        work.until_posted()
        assert_nothing_was_lost(work, machine, primary, checkout, SILENT, CUT_OFF)


@pytest.mark.long
def test_the_databases_main_process_is_killed_and_started_as_its_unit_says(
    checkout: Path, primary: Cluster, folder: Path
) -> None:
    with (
        serving(checkout, folder / "web.log", **primary.environment) as machine,
        people_at_work(machine, primary) as work,
    ):
        work.until_posted()
        primary.kill()
        work.until_refused(SILENT)
        primary.start_again()
        work.until_posted()
        assert_nothing_was_lost(work, machine, primary, checkout, SILENT, CUT_OFF)
