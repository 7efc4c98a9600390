"""nginx of Debian's package before two web machines, by the lines of `docs/upgrade.md`."""

import re
import shutil
import subprocess
import time
from http.cookiejar import CookieJar
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from tests.copies import ROOT
from tests.drills.clusters import PATIENCE, free_port
from tests.drills.machines import Visitor

FRAME = """
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/bodies; proxy_temp_path {folder}/answers;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
{lines}
}}
"""


class Balancer:
    """A balancer and the ports of two machines, of which one may be out."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin")
        if not program:
            pytest.skip("Debian's package nginx is not installed.")
        (said,) = re.findall(
            r"```nginx\n(upstream.*?)```", (ROOT / "docs/upgrade.md").read_text(), re.DOTALL
        )
        self.folder, self.program, self.lines = folder, program, str(said)
        self.port, *self.ports = free_port(), free_port(), free_port()
        for written, port in zip(("8000", "8001", "8002"), (self.port, *self.ports), strict=True):
            self.lines = self.lines.replace(f"127.0.0.1:{written}", f"127.0.0.1:{port}")
        self._write(self.lines)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen([*self._words(), "-g", "daemon off;"])
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._process.terminate()
        self._process.wait(20)

    def visitor(self) -> Visitor:
        """Return somebody who keeps cookies, and comes by the balancer."""
        return Visitor(self.port, build_opener(HTTPCookieProcessor(CookieJar())))

    def take_out(self, port: int) -> None:
        """Send nobody to a machine any more, and wait until those who were there are answered."""
        self._write(self.lines.replace(f"127.0.0.1:{port} ", f"127.0.0.1:{port} down "))
        self._reload()

    def put_back(self) -> None:
        """Send people to both machines."""
        self._write(self.lines)
        self._reload()

    def _reload(self) -> None:
        before = self._workers()
        subprocess.run([*self._words(), "-s", "reload"], check=True)
        patience = time.monotonic() + PATIENCE
        while before & self._workers():
            assert time.monotonic() < patience, (self.folder / "nginx.log").read_text()
            time.sleep(0.05)

    def _workers(self) -> set[str]:
        main = self._process.pid
        return set(Path(f"/proc/{main}/task/{main}/children").read_text().split())

    def _write(self, lines: str) -> None:
        (self.folder / "nginx.conf").write_text(FRAME.format(folder=self.folder, lines=lines))

    def _words(self) -> list[str]:
        return [self.program, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]
