"""Copies of the tracker in folders of their own, each served by a process of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from django.conf import settings

from carsi_tracker.database.address import DatabaseAddress

ROOT = Path(settings.BASE_DIR)
COPIED = (
    "carsi_tracker", "content", "fixtures", "locale", "static", "templates", "manage.py",
)  # fmt: skip
SERVE = """
import socketserver, wsgiref.simple_server
from carsi_tracker.wsgi import application

class Server(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    daemon_threads = True

class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *words): pass

server = wsgiref.simple_server.make_server("127.0.0.1", 0, application, Server, Quiet)
print(server.server_port, flush=True)
server.serve_forever()
"""


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Served:
    """A server, and the file into which it writes what goes wrong."""

    port: int
    log: Path

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page, whatever its status."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(f"http://127.0.0.1:{self.port}{path}", headers=named)
        try:
            with urlopen(request, timeout=60) as found:
                return Answer(found.status, dict(found.headers), found.read().decode())
        except HTTPError as other:
            with other:
                return Answer(other.code, dict(other.headers), other.read().decode())


@dataclass(frozen=True)
class Copy:
    """A copy of the tracker, on a database that is there already."""

    folder: Path
    database: DatabaseAddress

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the folder."""
        return subprocess.run(
            [sys.executable, *words],
            cwd=self.folder,
            env=self._environment(environment),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    @contextmanager
    def served(self, **environment: str) -> Iterator[Served]:
        """Serve the copy while this lasts."""
        log = self.folder / "log"
        with (
            log.open("w") as said,
            subprocess.Popen(
                [sys.executable, "-c", SERVE],
                cwd=self.folder,
                env=self._environment(environment),
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
            ) as process,
        ):
            try:
                assert process.stdout is not None
                port = process.stdout.readline()
                assert port, log.read_text()
                yield Served(int(port), log)
            finally:
                process.kill()

    def _environment(self, more: dict[str, str]) -> dict[str, str]:
        ours = ("DJANGO_SETTINGS_MODULE", "CACHE_URL", "ALLOWED_HOSTS")
        inherited = {name: value for name, value in os.environ.items() if name not in ours}
        return {
            **inherited,
            "SECRET_KEY": "signs nothing but what tests make",
            "DATABASE_URL": self.database.url,
            **more,
        }


def copied(folder: Path, database: DatabaseAddress) -> Copy:
    """Copy what serving needs into a folder, to be served on a database."""
    copy_into(folder)
    return Copy(folder, database)


def copy_into(folder: Path) -> None:
    """Copy what serving needs into a folder."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / name)
