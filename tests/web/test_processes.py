"""The command of a deployment: the same settings as `make run`, one sentence where it can't."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.database.conftest import clean_environment, copied, free_port


def said_by(
    module: str, folder: Path = settings.BASE_DIR, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module],
        cwd=folder,
        env=clean_environment(**variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_port_that_another_program_has_is_refused_whoever_shares_it() -> None:
    for share in (False, True):
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, share)
            other.bind(("", 0))
            other.listen()
            port = other.getsockname()[1]
            found = said_by("carsi_tracker.web", PORT=str(port))
        assert found.returncode == 1
        assert found.stderr == (
            f"Port {port} is taken by another program; stop it, "
            f"or choose another port: PORT={port % 65535 + 1}.\n"
        )


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "http"), ("HOST", "no.such.host.invalid"), ("HOST", "203.0.113.1"),
     ("WEB_PROCESSES", "0"), ("WEB_THREADS", "one")],
)  # fmt: skip
def test_a_wrong_value_ends_the_start_with_one_sentence(name: str, value: str) -> None:
    found = said_by("carsi_tracker.web", **{"PORT": "18766", name: value})
    assert found.returncode == 1
    assert found.stderr.startswith(f"{name} is {value!r}")
    assert found.stderr.count("\n") == 1


def test_without_spanish_messages_it_says_that_alone(tmp_path: Path) -> None:
    folder = copied(tmp_path).folder
    for compiled in folder.glob("locale/*/LC_MESSAGES/*.mo"):
        compiled.unlink()
    address, secret = "postgresql://app@127.0.0.1:1/carsi", "signs nothing"
    found = said_by(
        "carsi_tracker.web", folder, PORT=str(free_port()), DATABASE_URL=address, SECRET_KEY=secret
    )
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.startswith("The messages of es are not compiled")
    assert found.stderr.count("\n") == 1
