"""An installation is watched: metrics of several processes, alerts, verification on a standby."""

import json
import os
import re
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
from tests.drills.corrections import post
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


@pytest.mark.long
def test_replicas_that_are_behind_are_told_and_one_alert_names_them(
    checkout: Path, primary: Cluster, make_standby: Callable[..., Cluster], folder: Path
) -> None:
    """One replays nothing, one follows nobody and so knows of no lag, one follows."""
    late, good = make_standby("late"), make_standby("good")
    alone = make_standby("alone", primary_conninfo="")
    with psycopg.connect(late.url(SUPERUSER), autocommit=True) as session:
        session.execute("select pg_wal_replay_pause()")
    posted = post(checkout, primary)
    good.wait_for(primary)
    port = free_port()
    replicas = ",".join(each.url() for each in (late, alone, good))
    with serving(
        checkout, folder / "web.log", DATABASE_URL=primary.url(), DATABASE_REPLICA_URLS=replicas,
        METRICS_PORT=str(port),
    ):  # fmt: skip
        said = told(port)
        assert said[of("lag_seconds", 1)] > 0
        assert said.get(of("lag_seconds", 2)) != 0
        assert said[of("lag_seconds", 3)] == 0
        assert [said[of("version", n)] for n in (1, 2, 3)] == [posted - 1, posted - 1, posted]
        assert alerted("CarsiReplicaLag", said, folder) == {"replica-1", "replica-2"}
        assert alerted("CarsiReplicaDown", said, folder) == set()
        good.stop()
        assert alerted("CarsiReplicaDown", told(port), folder) == {"replica-3"}


def of(name: str, replica: int) -> str:
    return f'carsi_replica_{name}{{replica="replica-{replica}"}}'


def alerted(alert: str, said: dict[str, float], folder: Path) -> set[str]:
    """Return of which replicas Prometheus warns, when these samples stay for ten minutes."""
    samples = [
        {"series": name, "values": f"{value}x10"}
        for name, value in said.items()
        if name.startswith(("carsi_replica_", "carsi_ledger_version"))
    ]
    firing = f'count by (replica) (ALERTS{{alertname="{alert}", alertstate="firing"}})'
    asked = {"expr": firing, "eval_time": "7m", "exp_samples": [{"labels": "{}", "value": -1}]}
    tests = [{"interval": "1m", "input_series": samples, "promql_expr_test": [asked]}]
    rules = folder / "rules.yml"
    rules.write_text(json.dumps({"rule_files": [str(ALERTS)], "tests": tests}))
    run = subprocess.run(
        ["promtool", "test", "rules", rules], capture_output=True, text=True, check=False
    )
    found = re.search(r"got:(.*)", run.stdout + run.stderr)
    assert found, run.stdout + run.stderr
    return set(re.findall(r'replica="([^"]+)"', found[1]))
