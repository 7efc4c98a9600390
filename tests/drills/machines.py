"""Web machines: the tracker served by its own web server, as an installation does."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from tests.copies import Answer
from tests.drills.clusters import PATIENCE, free_port

NOT_INHERITED = ("DJANGO_SETTINGS_MODULE", "DATABASE_", "CACHE_URL", "ALLOWED_HOSTS", "SECRET_KEY")


def environment(**more: str) -> dict[str, str]:
    """Return an environment without what the tests' own run says of the tracker."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(NOT_INHERITED)
    }
    said = {
        "SECRET_KEY": "signs nothing but what tests make",
        "IATI_ORG_REF": "US-EIN-123456789",
        "IATI_ORG_TYPE": "22",
        "IATI_ORG_NAME": "An office",
    }
    return inherited | said | more


def manage(folder: Path, *words: str, **more: str) -> str:
    """Run `manage.py` of a checkout and return what it printed; fails with what it said."""
    run = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=folder, env=environment(**more), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@dataclass(frozen=True)
class WebMachine:
    """A web server of its own processes; `log` is what it prints."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def get(self, path: str, seconds: float = 60, **headers: str) -> Answer:
        """Ask for a page, whatever its status."""
        return self.visitor().get(path, seconds, **headers)

    def visitor(self) -> "Visitor":
        """Return somebody who keeps cookies."""
        return Visitor(self.port, build_opener(HTTPCookieProcessor(CookieJar())))

    def until_it_answers(self, path: str = "/ready/") -> None:
        """Wait until a page is 200."""
        patience = time.monotonic() + PATIENCE
        while True:
            try:
                if self.get(path).status == 200:
                    return
            except (URLError, ConnectionError, TimeoutError):
                pass
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < patience, self.log.read_text()


@dataclass(frozen=True)
class Visitor:
    """Somebody with a browser's cookies, at one web machine."""

    port: int
    opener: OpenerDirector

    def get(self, path: str, seconds: float = 60, **headers: str) -> Answer:
        """Ask for a page, whatever its status."""
        return self._send(Request(self._at(path), headers=_named(headers)), seconds)

    def post(
        self, path: str, fields: dict[str, str], seconds: float = 60, form: str | Answer = ""
    ) -> Answer:
        """Send a form; its page, at the same address or at `form`, is fetched first, or given."""
        page = form if isinstance(form, Answer) else self.get(form or path, seconds)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body)
        data = urlencode(fields | {"csrfmiddlewaretoken": token[1] if token else ""}).encode()
        return self._send(Request(self._at(path), data, {"Referer": self._at(path)}), seconds)

    def sign_in(self, name: str, password: str) -> None:
        """Sign in; fails where that is refused."""
        answer = self.post("/account/login/", {"login": name, "password": password})
        assert answer.status == 200 and "/account/logout/" in answer.body, answer.body  # noqa: PT018

    def _at(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def _send(self, request: Request, seconds: float) -> Answer:
        try:
            with self.opener.open(request, timeout=seconds) as found:
                return Answer(
                    found.status, dict(found.headers), found.read().decode(errors="surrogateescape")
                )
        except HTTPError as other:
            with other:
                return Answer(
                    other.code, dict(other.headers), other.read().decode(errors="surrogateescape")
                )


@contextmanager
def serving(folder: Path, log: Path, probe: str = "/ready/", **more: str) -> Iterator[WebMachine]:
    """Serve a checkout by `python -m carsi_tracker.web` while this lasts."""
    port = int(more.get("PORT") or free_port())
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "carsi_tracker.web"],
            cwd=folder, env=environment(**{"PORT": str(port)} | more),
            stdout=said, stderr=subprocess.STDOUT,
        )  # fmt: skip
    machine = WebMachine(process, port, log)
    try:
        machine.until_it_answers(probe)
        yield machine
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(40)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
