"""The web server as a process group of its own, which is stopped whole."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

PROCESSES = 2
SECONDS_TO_STOP = 15
SECONDS_TO_FREE = 5  # a port, once its processes are killed
APPLICATION = "carsi_tracker.wsgi:application"


class PortTaken(Exception):
    """Something else listens on the port; the message is one plain sentence."""


class WebServer:
    """Granian on a port of 127.0.0.1; `pid_file` remembers its process group."""

    def __init__(self, port: int, pid_file: Path) -> None:
        self.port, self.pid_file = port, pid_file
        self.process: subprocess.Popen[bytes] | None = None

    def require_port(self) -> None:
        """End what a killed start left behind; raise PortTaken if another program has the port."""
        patience = time.monotonic() + (SECONDS_TO_FREE if self._end_orphans() else 0)
        while not self._is_free():
            if time.monotonic() > patience:
                message = (
                    f"Port {self.port} is taken by another program; stop it, "
                    f"or choose another port: PORT={self.port % 65535 + 1} make run."
                )
                raise PortTaken(message)
            time.sleep(0.05)

    def start(self) -> None:
        """Start the server; it answers when this returns."""
        words = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)]
        words += ["--workers", str(PROCESSES), "--blocking-threads", "1"]
        words += ["--workers-kill-timeout", "10", "--respawn-failed-workers", "--no-ws"]
        words += ["--log-level", "warning", APPLICATION]
        self.process = subprocess.Popen(  # noqa: S603 (our own words)
            [sys.executable, "-m", "granian", *words],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.pid_file.write_text(str(self.process.pid))
        while self.is_running() and not self._answers():
            time.sleep(0.05)

    def is_running(self) -> bool:
        """Say whether the server's main process runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Stop the server and every process that it started."""
        if self.process is None:
            return
        group = self.process.pid
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(SECONDS_TO_STOP)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        self.process.wait()
        self.pid_file.unlink(missing_ok=True)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _is_free(self) -> bool:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except PermissionError:
                message = f"Port {self.port} can't be used by this user; choose one by PORT=."
                raise PortTaken(message) from None
            except OSError:
                return False
        return True

    def _end_orphans(self) -> bool:
        """End the processes of a server whose parent was killed, if they still are ours."""
        try:
            group = int(self.pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return False
        ours = any(APPLICATION in command for command in _commands(group))
        if ours:
            os.killpg(group, signal.SIGKILL)
        self.pid_file.unlink(missing_ok=True)
        return ours


def _commands(group: int) -> list[str]:
    """Return the command lines of the living processes of a group."""
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pgid=,stat=,args="],  # noqa: S607 (wherever it is)
        capture_output=True,
        text=True,
        check=False,
    )
    rows = (line.split(None, 2) for line in listed.stdout.splitlines())
    return [row[2] for row in rows if len(row) == 3 and row[0] == str(group) and "Z" not in row[1]]
