"""An installation is watched: metrics of several processes, alerts, verification on a standby."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest

from tests.copies import ROOT
from tests.drills.clusters import PATIENCE, SUPERUSER, Cluster, free_port
from tests.drills.machines import environment, manage, serving

ALERTS = ROOT / "deploy" / "monitoring" / "carsi-alerts.yml"


def told(port: int) -> dict[str, float]:
    """Return the samples that are told at a port, by name and labels."""
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    samples = [line.rpartition(" ") for line in lines if not line.startswith("#")]
    return {name: float(value) for name, _, value in samples}


def workers(port: int) -> set[str]:
    return {name for name in told(port) if 'process_memory_bytes{process="web' in name}


def test_all_processes_of_a_machine_count_together_and_no_death_loses_a_count(
    checkout: Path, primary: Cluster, folder: Path
) -> None:
    port = free_port()
    overview = 'carsi_requests_total{method="GET",route="overview",status="200"}'
    with serving(
        checkout, folder / "web.log", DATABASE_URL=primary.url(), WEB_PROCESSES="3",
        METRICS_PORT=str(port),
    ) as machine:  # fmt: skip
        for _ in range(12):
            assert machine.get("/").status == 200
        assert machine.get("/metrics").status == 404
        first = told(port)
        assert first[overview] == 12
        assert first["carsi_database_up"] == 1
        assert len(workers(port)) == 3
        children = Path(f"/proc/{machine.process.pid}/task/{machine.process.pid}/children")
        for pid in children.read_text().split():
            os.kill(int(pid), signal.SIGKILL)
        patience = time.monotonic() + PATIENCE
        while True:
            try:
                if len(workers(port)) == 3:
                    break
            except OSError:
                assert time.monotonic() < patience
        machine.until_it_answers()
        machine.get("/")
        assert told(port)[overview] == 13
        primary.stop("immediate")
        assert told(port)["carsi_database_up"] == 0
        assert machine.get("/ready/").body == "the database does not answer\n"
        assert machine.get("/health/").status == 200


def test_what_is_told_and_what_alerts_ask_is_well_formed(
    checkout: Path, primary: Cluster, folder: Path
) -> None:
    port = free_port()
    with serving(
        checkout, folder / "web.log", DATABASE_URL=primary.url(), METRICS_PORT=str(port)
    ) as machine:
        machine.get("/")
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
            text = answer.read()
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, check=False
    )
    assert checked.returncode == 0, checked.stderr.decode()
    subprocess.run(["promtool", "check", "rules", ALERTS], check=True, capture_output=True)


def failed(checkout: Path, **more: str) -> str:
    """Run the command of the timer, which has to fail, and return what it says."""
    run = subprocess.run(
        [sys.executable, "manage.py", "keep_verification"],
        cwd=checkout, env=environment(**more), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 1, run.stdout + run.stderr
    return run.stderr


def kept(primary: Cluster) -> list[tuple[int | None, str, int]]:
    query = "select version, place, problem_count from monitoring_verification order by id"
    with psycopg.connect(primary.url()) as session:
        return session.execute(query).fetchall()


@pytest.mark.long
def test_a_hot_standby_is_verified_by_the_application_role_and_the_primary_keeps_what_it_found(
    checkout: Path, primary: Cluster, make_standby: Callable[..., Cluster]
) -> None:
    standby = make_standby("standby")
    at = {"DATABASE_URL": primary.url(), "VERIFY_DATABASE_URL": standby.url()}
    assert "Verified by reading, on a standby: version " in manage(
        checkout, "keep_verification", **at
    )
    with psycopg.connect(primary.url(SUPERUSER), autocommit=True) as session:
        session.execute("set session_replication_role = replica")
        session.execute("update ledger_entry set amount = amount + 1 where version = 3")
    standby.wait_for(primary)
    said = failed(checkout, **at)
    assert "The ledger does not verify: version 3: its entries are not those of its file" in said
    standby.stop()
    assert "the database that was to be verified does not answer" in failed(checkout, **at)
    (good, bad, gone) = kept(primary)
    assert good[1:] == ("on a standby", 0)
    assert (bad[0], bad[1]) == (good[0], "on a standby")
    assert bad[2] > 0
    assert gone == (None, "", 1)


@pytest.mark.long
@pytest.mark.parametrize("place", ["where it is", "on a copy"])
def test_it_verifies_where_it_is_too(checkout: Path, primary: Cluster, place: str) -> None:
    more = {"VERIFY_DATABASE_URL": primary.url()} if place == "on a copy" else {}
    said = manage(checkout, "keep_verification", DATABASE_URL=primary.url(), **more)
    assert f"Verified by reading, {place}: version " in said
