"""How many requests are answered at once: the one place that `make run` and deployments read."""

from carsi_tracker import environment

MOST_PROCESSES = 64
MOST_THREADS = 32


def processes() -> int:
    """Return how many web processes serve: WEB_PROCESSES, or 2."""
    return environment.number("WEB_PROCESSES", 2, 1, MOST_PROCESSES)


def threads() -> int:
    """Return how many requests a web process answers at once: WEB_THREADS, or 4.

    Each thread keeps one connection to PostgreSQL.
    """
    return environment.number("WEB_THREADS", 4, 2, MOST_THREADS)
