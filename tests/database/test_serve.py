"""`make run`: one command, all data kept, no process left behind, one sentence where it can't."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from tests.database.conftest import Checkout, clean_environment, passwords
from tests.sourced import COMMITTED, VERSION, dollars, millions

EVERYTHING = bool(os.environ.get("EVERYTHING"))


def test_the_first_start_serves_the_sourced_figures_and_makes_passwords(
    new_checkout: Checkout,
) -> None:
    checkout = new_checkout
    with checkout.serving() as run:
        run.until("their passwords are in")
        said = "".join(run.said)
        assert "Starting PostgreSQL" in said
        assert "Loading and verifying the sourced ledger" in said
        assert f"http://127.0.0.1:{run.port}/" in said
        assert f"${millions(COMMITTED)} million" in run.get("/")
        assert dollars(COMMITTED) in run.get("/es/entries/?stage=committed")
        assert run.get("/ready/") == "ready\n"
        made = passwords(checkout)
        assert set(made) == {"analyst", "approver", "administrator"}
        assert min(map(len, made.values())) >= 16
        kept = checkout.folder / "var" / "passwords.txt"
        assert kept.stat().st_mode & 0o777 == 0o600
        assert not any(password in said for password in made.values())
        assert run.stop() == 0
    assert checkout.processes() == []


def test_a_second_start_keeps_passwords_and_data_and_loads_nothing(checkout: Checkout) -> None:
    with checkout.serving() as run:
        run.until("their passwords are in")
    before, checksum = passwords(checkout), checkout.manage("verify_ledger").stdout
    with checkout.serving() as run:
        run.until("their passwords are in")
        assert "Loading" not in "".join(run.said)
        assert "Collecting" not in "".join(run.said)
        assert run.stop(signal.SIGTERM) == 0
    assert passwords(checkout) == before
    assert checkout.manage("verify_ledger").stdout == checksum
    assert checkout.processes() == []


@pytest.mark.parametrize(
    "killed", ["the command", "PostgreSQL", "both"] if EVERYTHING else ["both"]
)
def test_after_a_kill_it_starts_again_with_all_data(checkout: Checkout, killed: str) -> None:
    with checkout.serving() as run:
        run.until("their passwords are in")
        port = run.port
        if killed in ("PostgreSQL", "both"):
            os.kill(checkout.postmaster(), signal.SIGKILL)
        if killed in ("the command", "both"):
            run.process.kill()
            run.process.wait()
            with checkout.serving(PORT=str(port)) as again:
                again.until("their passwords are in")
                assert f"${millions(COMMITTED)} million" in again.get("/")
        else:
            run.until("PostgreSQL has gone: starting it again")
    assert checkout.processes() == []
    assert checkout.manage("verify_ledger").stdout.startswith(f"Verified: {VERSION} versions")


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("", 0.2),
        ("", 0.4),
        ("", 0.6),
        ("Starting PostgreSQL", 0.0),
        ("Starting PostgreSQL", 0.2),
        ("Bringing the database", 0.0),
        ("Bringing the database", 1.5),
        ("CARSI Tracker is at", 0.0),
    ],
)
def test_stopped_in_any_moment_of_its_start_it_leaves_no_process(
    checkout: Checkout, words: str, seconds: float
) -> None:
    with checkout.serving() as run:
        if words:
            run.until(words)
        time.sleep(seconds)
        run.process.send_signal(signal.SIGINT)
        run.stop(signal.SIGTERM)
        assert run.process.stdout is not None
        assert "Traceback" not in run.process.stdout.read()
    assert checkout.processes() == []


def test_a_port_taken_by_another_program_is_said_in_one_sentence(checkout: Checkout) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with checkout.serving(PORT=str(port)) as run:
            said = run.fail()
    assert said == (
        f"Port {port} is taken by another program; stop it, "
        f"or choose another port: PORT={port % 65535 + 1}.\n"
    )
    assert checkout.processes() == []


@pytest.mark.parametrize("port", ["0", "65536", "eight", "-1"])
def test_a_port_that_is_none_is_said_in_one_sentence(checkout: Checkout, port: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "carsi_tracker.local.serve"],
        cwd=checkout.folder,
        env=clean_environment(PORT=port),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr == f"PORT is {port!r}; it has to be a number from 1 to 65535.\n"


def test_a_database_of_a_newer_release_is_said_in_one_sentence(checkout: Checkout) -> None:
    with checkout.serving() as run:
        run.until("their passwords are in")
    as_owner(checkout, "Recorder.objects.create(app='ledger', name='0099_newer')")
    with checkout.serving() as run:
        said = run.fail()
    assert said.splitlines()[-1] == (
        "The database belongs to a newer release of the tracker (it has ledger.0099_newer); "
        "use that release."
    )
    assert "Traceback" not in said
    as_owner(checkout, "Recorder.objects.filter(name='0099_newer').delete()")


def as_owner(checkout: Checkout, statement: str) -> None:
    lines = (
        "import os, django",
        "from carsi_tracker.database import address",
        "from carsi_tracker.local import postgresql",
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'carsi_tracker.settings'",
        "address.act_as_owner()",
        "postgresql.start(address.EMBEDDED)",
        "django.setup()",
        "from django.db.migrations.recorder import MigrationRecorder",
        "Recorder = MigrationRecorder.Migration",
        statement,
    )
    subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        cwd=checkout.folder,
        env=clean_environment(),
        check=True,
    )


def test_a_python_that_is_too_old_is_said_in_one_sentence(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\ncase "$1" in -V) echo "Python 3.9.2";; *) exit 1;; esac\n')
    old.chmod(0o755)
    result = make(f"PYTHON={old}", "python")
    assert result.returncode
    assert "Python 3.9.2: Python 3.11 or newer is needed" in result.stdout


def test_a_python_without_venv_is_said_in_one_sentence(tmp_path: Path) -> None:
    bare = tmp_path / "python3"
    bare.write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexit 0\n')
    bare.chmod(0o755)
    result = make(f"PYTHON={bare}", "python")
    assert result.returncode
    assert "has no venv module" in result.stdout


def test_no_python_at_all_is_said_in_one_sentence() -> None:
    result = make("PYTHON=no-such-python", "python")
    assert "No no-such-python: install Python 3.11 or newer" in result.stdout


def make(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "-s", *words],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
        env=clean_environment(),
    )
