"""One process that listens, and keeps the number of those that serve; they end with it."""

import contextlib
import ctypes
import errno
import logging
import os
import resource
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from tempfile import TemporaryDirectory
from typing import NoReturn

from django.core.exceptions import ImproperlyConfigured

from carsi_tracker.caching import choice
from carsi_tracker.web import serving
from carsi_tracker.web.connections import work
from carsi_tracker.web.signals import SIGNALS, is_stopping, stop_on_signals, uninterrupted

LARGE_PIECES, MOST_ARENAS = -3, -8  # M_MMAP_THRESHOLD and M_ARENA_MAX of glibc's malloc.h
log = logging.getLogger(__name__)
SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_BETWEEN_STARTS = 1.0  # of a process that ends at once


class PortTaken(Exception):
    """The port can't be listened on; the message is one plain sentence."""


def main() -> None:
    """Serve until told to stop; two numbers say which socket and which lifeline were handed on."""
    stop_on_signals()
    handed = [int(word) for word in sys.argv[1:]]
    try:
        if handed:
            serve(socket.socket(fileno=handed[0]), handed[1:])
        else:
            serve(bound(serving.host(), serving.port()), [])
    except (ImproperlyConfigured, PortTaken) as error:
        sys.exit(str(error))
    except BaseException:
        if not is_stopping():
            raise


Job = Callable[[list[int]], None]
"""What a process does for all its life; it is given the lifelines that end it."""


def serve(listener: socket.socket, lifelines: list[int]) -> None:
    """Keep processes that serve at a socket, until Stop is raised or a lifeline is closed."""
    _allow_connections()
    count, _, _ = serving.processes(), serving.threads(), serving.seconds_to_drain()
    _give_memory_back()
    with TemporaryDirectory(prefix="carsi-pages-") as pages, _telling() as told:
        os.environ[choice.FOLDER] = pages
        _keep_serving(listener, lifelines, count, told)


@contextmanager
def _telling() -> Iterator[list[Job]]:
    """Give the job of telling metrics, if they are wanted; processes count in a folder then."""
    if not (port := serving.metrics_port()):
        yield []
        return
    with (
        bound(serving.metrics_host(), port, "METRICS_") as listener,
        TemporaryDirectory(prefix="carsi-metrics-") as counts,
    ):
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = counts  # before the library is loaded
        yield [partial(_tell, listener)]


def _tell(listener: socket.socket, lifelines: list[int]) -> None:
    from carsi_tracker.monitoring.telling import tell  # when the settings are loaded

    tell(listener, lifelines)


def _keep_serving(
    listener: socket.socket, lifelines: list[int], count: int, others: list[Job]
) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carsi_tracker.settings")
    from carsi_tracker.wsgi import application

    if not lifelines:  # else it is said by whom they lead to
        print(f"CARSI Tracker is at {address_of(listener)} (Ctrl-C stops it).", flush=True)
    ours, held = os.pipe()
    idle: list[Job] = [*others, *[partial(work, listener, application)] * count]
    workers: dict[int, tuple[Job, float]] = {}
    try:
        listener.listen(1024)
        while True:
            while idle:
                with uninterrupted():
                    job = idle.pop()
                    pid = os.fork()
                    if not pid:
                        os.close(held)
                        _work(job, [ours, *lifelines])
                    workers[pid] = job, time.monotonic()
            if select.select(lifelines, [], [], SECONDS_BETWEEN_LOOKS)[0]:
                return
            idle = _bury(workers)
    finally:
        os.close(held)  # which tells them to stop, as a signal would
        _end(workers)


def bound(host: str, port: int, of: str = "") -> socket.socket:
    """Return a socket that has the port to itself, and does not listen yet. Raises PortTaken.

    The variables that say host and port begin with `of`.
    """
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError):
        message = f"{of}HOST is {host!r}; it has to be an address of this machine."
        raise PortTaken(message) from None
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # left by closed connections
    try:
        made.bind(where)
        made.listen(1)  # only now does the system say that another program listens
    except PermissionError:
        made.close()
        message = f"Port {port} can't be used by this user; choose one by {of}PORT=."
        raise PortTaken(message) from None
    except OSError as error:
        made.close()
        message = f"{of}HOST is {host!r}: {error.strerror}."
        if error.errno == errno.EADDRINUSE:
            message = (
                f"Port {port} is taken by another program; stop it, "
                f"or choose another port: {of}PORT={port % 65535 + 1}."
            )
        raise PortTaken(message) from None
    return made


def address_of(listener: socket.socket) -> str:
    """Return the address at which a browser finds what listens at a socket."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def _work(job: Job, lifelines: list[int]) -> NoReturn:
    """Be one of the processes that serve."""
    failed = 1
    try:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        job(lifelines)
        failed = 0
    except BaseException:  # noqa: BLE001 (it must not return into its parent's work)
        traceback.print_exc()
    finally:
        os._exit(failed)  # the rest of this process belongs to the one that forked it


def _bury(workers: dict[int, tuple[Job, float]]) -> list[Job]:
    """Forget the processes that have ended, and say so; return what they did.

    One that ended at once is waited for.
    """
    ended = []
    for pid, (job, since) in list(workers.items()):
        if os.waitpid(pid, os.WNOHANG)[0]:
            del workers[pid]
            ended.append(job)
            _stop_counting(pid)
            log.warning("A web process has ended: starting another")
            if time.monotonic() - since < SECONDS_BETWEEN_STARTS:
                time.sleep(SECONDS_BETWEEN_STARTS)
    return ended


def _stop_counting(pid: int) -> None:
    """Take what a process that has ended remembered out of the metrics."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client.multiprocess import mark_process_dead  # reads the folder's name

        mark_process_dead(pid)  # type: ignore[no-untyped-call]


def _end(workers: dict[int, tuple[Job, float]]) -> None:
    """End all processes: those that have not stopped in time are killed."""
    patience = time.monotonic() + serving.seconds_to_drain() + serving.SECONDS_TO_STOP + 2
    while workers and time.monotonic() < patience:
        for pid in list(workers):
            if os.waitpid(pid, os.WNOHANG)[0]:
                del workers[pid]
        time.sleep(0.02)
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _give_memory_back() -> None:
    """Let the C library give large pieces of memory, as of pictures, back to the system at once.

    It would keep them else, for each thread that has asked for one. Other libraries lack the call.
    """
    with contextlib.suppress(AttributeError, OSError):
        library = ctypes.CDLL(None)
        library.mallopt(LARGE_PIECES, 256 * 2**10)
        library.mallopt(MOST_ARENAS, 2)


def _allow_connections() -> None:
    """Let each process open as many files as it may have connections, and some."""
    wanted = 2 * serving.MOST_CONNECTIONS
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed < wanted:
        wanted = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
