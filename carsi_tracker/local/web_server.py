"""The web server as `make run` sees it: started, started again, ended whole."""

import contextlib
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from carsi_tracker.web import serving
from carsi_tracker.web.processes import PortTaken
from carsi_tracker.web.signals import uninterrupted

SECONDS_OF_A_START = 10.0
TRIES = 3


class WebServer:
    """`carsi_tracker.web` at a socket that is handed to it.

    All its processes hold a lock on `lock_file`, so that the next start knows when they have gone,
    and the end of a pipe, by which they know when this process has.
    """

    def __init__(self, lock_file: Path) -> None:
        self.lock: IO[str] = lock_file.open("a")
        self.process: subprocess.Popen[bytes] | None = None
        self.listener: socket.socket | None = None
        self.lifeline = -1
        self.started = 0.0
        self.failures = 0

    def wait_for_former(self) -> None:
        """Wait for the processes of a start that was killed. Raises PortTaken."""
        patience = time.monotonic() + 2 * serving.SECONDS_TO_STOP
        while True:
            try:
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > patience:
                    message = "The web server of an earlier start has not ended; try again."
                    raise PortTaken(message) from None
                time.sleep(0.1)
            else:
                return

    def start(self, listener: socket.socket | None = None) -> None:
        """Start the server, again at the socket it had; it answers when this returns."""
        self.listener = listener or self.listener
        assert self.listener is not None  # noqa: S101 (by the first start)
        with uninterrupted():
            if self.lifeline >= 0:
                os.close(self.lifeline)
            theirs, self.lifeline = os.pipe()
            handed = (self.listener.fileno(), theirs)
            self.process = subprocess.Popen(  # noqa: S603 (our own words)
                [sys.executable, "-m", "carsi_tracker.web", *map(str, handed)],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                pass_fds=(*handed, self.lock.fileno()),
            )
            os.close(theirs)
        self.started = time.monotonic()
        while self.is_running() and not self._answers():
            time.sleep(0.05)

    def is_running(self) -> bool:
        """Say whether the server's main process runs."""
        return self.process is not None and self.process.poll() is None

    def ended_at_once(self) -> bool:
        """Say whether it ended soon after its start, and so again and again."""
        soon = time.monotonic() - self.started < SECONDS_OF_A_START
        self.failures = self.failures + 1 if soon else 0
        return self.failures >= TRIES

    def stop(self) -> None:
        """Stop the server and every process that it started."""
        if self.process is None:
            return
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(serving.seconds_to_drain() + serving.SECONDS_TO_STOP + 5)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _answers(self) -> bool:
        """Say whether a request is answered, whatever the answer."""
        assert self.listener is not None  # noqa: S101 (by the first start)
        host, port = self.listener.getsockname()[:2]
        here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (compared)
        asking = http.client.HTTPConnection(here, port, timeout=2)
        try:
            asking.request("HEAD", "/health/")
            asking.getresponse()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asking.close()
        return True
