"""`make run` survives its database and its own processes; readers are told to come back."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psycopg
import pytest

from carsi_tracker.database import address
from carsi_tracker.local import postgresql
from tests.database.conftest import Checkout, Run, clean_environment
from tests.sourced import COMMITTED, millions

PATIENCE = 60  # seconds after which a site that has not come back is lost


@pytest.fixture(scope="module")
def run(checkout: Checkout) -> Iterator[Run]:
    """Give one run that is served through all outages; it must be the same one at their end."""
    with checkout.serving() as run:
        run.until("their passwords are in")
        yield run
        assert run.process.poll() is None
        assert run.stop() == 0
        assert run.process.stdout is not None
        said = "".join(run.said) + run.process.stdout.read()
        assert "Traceback" not in said
        assert "Stopped. All data are kept." in said
    assert checkout.processes() == []


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def web(run: Run) -> int:
    """Return the main process of the web server."""
    return next(
        pid
        for pid in children(run.process.pid)
        if b"carsi_tracker.web" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )


def a_backend(checkout: Checkout, run: Run) -> list[int]:
    with psycopg.connect(superuser(checkout)) as session:
        found = session.execute(
            "select pid from pg_stat_activity where usename = 'carsi_app' limit 1"
        ).fetchone()
    assert found
    return [found[0]]


def all_backends(checkout: Checkout, run: Run) -> list[int]:
    with psycopg.connect(superuser(checkout)) as session:
        rows = session.execute("select pid from pg_stat_activity where usename = 'carsi_app'")
        return [row[0] for row in rows]


def the_postmaster(checkout: Checkout, run: Run) -> list[int]:
    return [checkout.postmaster()]


def a_worker(checkout: Checkout, run: Run) -> list[int]:
    return children(web(run))[:1]


def all_workers(checkout: Checkout, run: Run) -> list[int]:
    return children(web(run))


def the_web_server(checkout: Checkout, run: Run) -> list[int]:
    return [web(run)]


def superuser(checkout: Checkout) -> str:
    folder = checkout.folder / "var" / "postgres"
    return replace(address.embedded(folder, postgresql.SUPERUSER), name="postgres").conninfo()


@pytest.mark.parametrize(
    "victims",
    [a_backend, all_backends, the_postmaster, a_worker, all_workers, the_web_server],
    ids=lambda victims: victims.__name__,
)
def test_what_is_killed_comes_back_by_itself(
    checkout: Checkout, run: Run, victims: Callable[[Checkout, Run], list[int]]
) -> None:
    for _ in range(8):  # so that every process has sessions
        run.get("/ready/")
    killed = victims(checkout, run)
    for pid in killed:
        with suppress(ProcessLookupError):  # a session that ended by itself meanwhile
            os.kill(pid, signal.SIGKILL)
    eventually(lambda: not set(killed) & {*checkout.processes(), *children(run.process.pid)})
    eventually(lambda: f"${millions(COMMITTED)} million" in run.get("/"))
    eventually(lambda: len(set(children(web(run))) - set(killed)) == 2)
    assert run.process.poll() is None


def test_a_database_that_is_halted_for_20_seconds_is_waited_for(
    checkout: Checkout, run: Run
) -> None:
    """As a machine does it that is suspended, or starved."""
    postmaster = checkout.postmaster()
    halted = [postmaster, *children(postmaster)]
    for pid in halted:
        os.kill(pid, signal.SIGSTOP)
    try:
        until = time.monotonic() + 20
        for path, language in (("/", "en"), ("/es/countries/hn/", "es"), ("/versions.csv", "en"),
                               ("/admin/", "en"), ("/es/admin/", "es")):  # fmt: skip
            refused, page = refusal(run, path)
            assert (refused.code, refused.headers["Retry-After"]) == (503, "10"), path
            assert refused.headers["Content-Language"] == language
            assert f'<html lang="{language}">' in page
        assert refusal(run, "/ready/")[1] == "the database does not answer\n"
        assert run.get("/health/") == "ok\n"
        time.sleep(max(0, until - time.monotonic()))
    finally:
        for pid in halted:
            os.kill(pid, signal.SIGCONT)
    eventually(lambda: f"${millions(COMMITTED)} million" in run.get("/"))
    run.until("Service Unavailable: /es/countries/hn/: ")
    run.until("PostgreSQL answers again")
    assert checkout.postmaster() == postmaster
    said = "".join(run.said)
    assert "PostgreSQL does not answer: waiting for it" in said
    assert said.count("/es/countries/hn/") == 1


def test_a_second_start_in_the_same_folder_is_told_so_and_ends_nothing(
    checkout: Checkout, run: Run
) -> None:
    for port in (str(run.port), "18765"):
        second = subprocess.run(
            [sys.executable, "-m", "carsi_tracker.local.serve"],
            cwd=checkout.folder,
            env=clean_environment(PORT=port),
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 1
        assert second.stderr == (
            f"The tracker of this folder runs already, at http://127.0.0.1:{run.port}/; "
            "Ctrl-C where it was started stops it.\n"
        )
    assert run.get("/health/") == "ok\n"


def refusal(run: Run, path: str) -> tuple[HTTPError, str]:
    """Return how a page is refused, and the page that says so."""
    asked = Request(
        f"http://127.0.0.1:{run.port}{path}", headers={"Cookie": f"sessionid={32 * 'x'}"}
    )
    with pytest.raises(HTTPError) as refused:
        urlopen(asked, timeout=30)
    with refused.value as answer:
        return answer, answer.read().decode()


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds; whatever fails until then is tried again."""
    patience = time.monotonic() + PATIENCE
    while True:
        try:
            if holds():
                return
        except HTTPError as refused:
            refused.close()
        except (OSError, StopIteration):
            pass
        assert time.monotonic() < patience
        time.sleep(0.1)
