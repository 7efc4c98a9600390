"""How it is served: the one place that `make run` and the command of a deployment read."""

from carsi_tracker import environment

MOST_PROCESSES = 64
MOST_THREADS = 32
MOST_CONNECTIONS = 1000
"""Open connections that a web process keeps; then those that wait longest for nothing are ended."""
LARGEST_BODY = 16 * 2**20
"""Bytes of a request; what the desk takes is refused with words from 10 MB on."""
LARGEST_HEAD = 64 * 2**10
"""Bytes of a request's first line and headers."""
KEPT_ANSWERS = 512 * 2**20
"""Bytes of an answer that wait, on disk, for a slow reader, before its thread waits too."""
KEPT_TOGETHER = 2 * 2**30
"""Bytes of answers that wait for all slow readers of a process; beyond, those of most are ended."""
SECONDS_IDLE = 60
"""Seconds in which an open connection may ask nothing."""
SECONDS_TO_MOVE = 30
LEAST_MOVED = 30_000
"""Bytes that a client which sends or reads has to move in each SECONDS_TO_MOVE, or be done."""
SECONDS_TO_STOP = 10
"""Seconds for answers under way when a process is told to stop."""


def host() -> str:
    """Return the address that is listened on: HOST, or this machine's own."""
    return environment.text("HOST", "127.0.0.1").strip()


def port() -> int:
    """Return the port that is listened on: PORT, or 8000."""
    return environment.number("PORT", 8000, 1, 65535)


def processes() -> int:
    """Return how many web processes serve: WEB_PROCESSES, or 2."""
    return environment.number("WEB_PROCESSES", 2, 1, MOST_PROCESSES)


def threads() -> int:
    """Return how many requests a web process answers at once: WEB_THREADS, or 8.

    Each thread keeps one connection to PostgreSQL.
    """
    return environment.number("WEB_THREADS", 8, 2, MOST_THREADS)


def seconds_to_drain() -> int:
    """Return how long a process that was told to stop serves on, no longer ready: DRAIN_SECONDS."""
    return environment.number("DRAIN_SECONDS", 0, 0, 300)


def metrics_host() -> str:
    """Return the address at which metrics are told: METRICS_HOST, or this machine's own."""
    return environment.text("METRICS_HOST", "127.0.0.1").strip()


def metrics_port() -> int:
    """Return the port at which metrics are told: METRICS_PORT; 0 where they are not."""
    return environment.number("METRICS_PORT", 0, 0, 65535)
