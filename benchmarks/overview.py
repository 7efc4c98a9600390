"""Public pages' requests a second against an empty view behind the same middleware."""

import os
import tempfile
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from benchmarks import ledgers
from benchmarks.reader import rate
from benchmarks.table import Row
from carsi_tracker.local.web_server import WebServer
from carsi_tracker.web.processes import bound

ROUNDS = 7
REQUESTS = 800  # in a round
COLD_REQUESTS = 120
CACHED = ("/", "/entries/", "/commitments/", "/documents/", "/changes/")
COLD = ("/", "/areas/")
FIRST_DAY = date(2009, 1, 1)


def measure(folder: Path) -> list[Row]:
    """Return the rates of the overview and the tables, cached, and of another day each time."""
    from django.core.management import call_command

    ledger = ledgers.make(folder, "overview")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    os.environ["DATABASE_URL"] = ledger.application.url
    with tempfile.TemporaryDirectory() as kept, bound("127.0.0.1", 0) as listener:
        server = WebServer(Path(kept) / "web.lock")
        server.start(listener)
        try:
            return _rows(listener.getsockname()[1])
        finally:
            server.stop()
            server.lock.close()
            del os.environ["DATABASE_URL"]


def _rows(port: int) -> list[Row]:
    empty: list[float] = []
    cached: dict[str, list[float]] = {path: [] for path in CACHED}
    cold: dict[str, list[float]] = {path: [] for path in COLD}
    for number in range(ROUNDS + 1):
        empty.append(rate(port, ["/nothing/"] * REQUESTS))
        for path in CACHED:
            cached[path].append(rate(port, [path] * REQUESTS))
        for path in COLD:
            cold[path].append(rate(port, _other_days(path, number * COLD_REQUESTS)))
    return [
        *(_row(f"{path} cached", rates, empty, ">= 0.5") for path, rates in cached.items()),
        *(_row(f"{path} another day each time", rates, empty, "") for path, rates in cold.items()),
    ]


def _row(what: str, rates: list[float], empty: list[float], goal: str) -> Row:
    return Row(
        f"{what} : empty view",
        f"{median(rates[1:]):,.0f}/s",
        f"{median(empty[1:]):,.0f}/s",
        [page / nothing for page, nothing in zip(rates[1:], empty[1:], strict=True)],
        goal,
    )


def _other_days(path: str, first: int) -> list[str]:
    days = (FIRST_DAY + timedelta(days=first + number) for number in range(COLD_REQUESTS))
    return [f"{path}?as_of={day}" for day in days]
