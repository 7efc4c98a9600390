"""The overview's requests a second against an empty view behind the same middleware."""

import os
import socket
import tempfile
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from benchmarks import ledgers
from benchmarks.reader import rate
from benchmarks.table import Row
from carsi_tracker.web import WebServer

ROUNDS = 7
REQUESTS = 1200  # in a round
COLD_REQUESTS = 120
FIRST_DAY = date(2009, 1, 1)


def measure(folder: Path) -> list[Row]:
    """Return the rates of the overview, cached and of another day each time."""
    from django.core.management import call_command

    ledger = ledgers.make(folder, "overview")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    os.environ["DATABASE_URL"] = ledger.application.url
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as kept:
        server = WebServer(port, Path(kept) / "web.pid")
        server.start()
        try:
            return _rows(port)
        finally:
            server.stop()
            del os.environ["DATABASE_URL"]


def _rows(port: int) -> list[Row]:
    empty, cached, cold = [], [], []
    for number in range(ROUNDS + 1):
        empty.append(rate(port, ["/nothing/"] * REQUESTS))
        cached.append(rate(port, ["/"] * REQUESTS))
        cold.append(rate(port, _other_days(number * COLD_REQUESTS)))
    return [
        Row(
            f"overview, {name} : empty view",
            f"{median(rates[1:]):,.0f}/s",
            f"{median(empty[1:]):,.0f}/s",
            [page / nothing for page, nothing in zip(rates[1:], empty[1:], strict=True)],
            goal,
        )
        for name, rates, goal in (
            ("cached", cached, ">= 0.5"),
            ("another day each time", cold, ""),
        )
    ]


def _other_days(first: int) -> list[str]:
    days = (FIRST_DAY + timedelta(days=first + number) for number in range(COLD_REQUESTS))
    return [f"/?as_of={day}" for day in days]
