"""A copy of the tracker in a folder of its own, served by the command that people type."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import pytest

from carsi_tracker.local import place
from tests.copies import copy_into


def clean_environment(**more: str) -> dict[str, str]:
    """Return an environment without what the tests' own database says."""
    ours = ("DATABASE_URL", "DATABASE_OWNER_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "PORT")
    return {name: value for name, value in os.environ.items() if name not in ours} | more


@dataclass
class Run:
    """A run of `carsi_tracker.local.serve`; `said` is what it printed so far."""

    process: subprocess.Popen[str]
    port: int
    said: list[str] = field(default_factory=list)

    def until(self, words: str) -> str:
        """Read what it prints until a line has these words; fail when it ends before."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if words in line:
                return line
        raise AssertionError("".join(self.said))

    def get(self, path: str) -> str:
        """Return a page."""
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as response:
            return str(response.read().decode())

    def stop(self, number: int = signal.SIGINT) -> int:
        """Stop it and return how it exited."""
        self.process.send_signal(number)
        return self.process.wait(40)

    def fail(self) -> str:
        """Wait until it ends with exit code 1; return what it printed."""
        assert self.process.stdout is not None
        self.said.append(self.process.stdout.read())
        assert self.process.wait(40) == 1
        return "".join(self.said)


@dataclass(frozen=True)
class Checkout:
    """A copy of the tracker."""

    folder: Path

    @contextmanager
    def serving(self, **environment: str) -> Iterator[Run]:
        """Run what `make run` runs, on a free port unless one is given."""
        port = int(environment.get("PORT") or free_port())
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "carsi_tracker.local.serve"],
            cwd=self.folder,
            env=clean_environment(**{"PORT": str(port)} | environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield Run(process, port)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(40)
            assert process.stdout is not None
            process.stdout.close()

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `manage.py`."""
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=self.folder,
            env=clean_environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def processes(self) -> list[int]:
        """Return the living processes that serve this copy, PostgreSQL's own included."""
        data = place.data_folder(self.folder / "var" / "postgres")
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                try:
                    working = (entry / "cwd").readlink()
                    state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
                except (FileNotFoundError, ProcessLookupError, PermissionError):
                    continue
                if state != "Z" and working in (self.folder, data):
                    found.append(int(entry.name))
        return found

    def postmaster(self) -> int:
        """Return the main process of PostgreSQL."""
        data = place.data_folder(self.folder / "var" / "postgres")
        return int((data / "postmaster.pid").read_text().split("\n")[0])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """Give a copy of the tracker, in a folder with a space in its name."""
    made = copied(tmp_path_factory.mktemp("a checkout"))
    yield made
    remove_places(made.folder)


@pytest.fixture
def new_checkout(tmp_path: Path) -> Iterator[Checkout]:
    """Give a copy of the tracker that nobody has run yet."""
    yield copied(tmp_path)
    remove_places(tmp_path)


def copied(folder: Path) -> Checkout:
    """Copy what serving needs into a folder."""
    copy_into(folder)
    return Checkout(folder)


def remove_places(folder: Path) -> None:
    """Remove what the embedded server keeps elsewhere for a folder."""
    for note in place.PLACES.glob("*/folder") if place.PLACES.exists() else ():
        if Path(note.read_text()).is_relative_to(folder):
            shutil.rmtree(note.parent)


def passwords(checkout: Checkout) -> dict[str, str]:
    """Return the passwords that the first start made."""
    text = (checkout.folder / "var" / "passwords.txt").read_text()
    return dict(re.findall(r"(\w+): (\S+)", text))
