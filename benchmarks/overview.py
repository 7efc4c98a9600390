"""The overview's requests a second against an empty view behind the same middleware."""

import http.client
import os
import socket
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from benchmarks import ledgers
from carsi_tracker.web import WebServer

ROUNDS = 5
CONNECTIONS = 8
REQUESTS = 1600  # in a round, shared by the connections
COLD_REQUESTS = 160
FIRST_DAY = date(2009, 1, 1)


def measure(folder: Path) -> list[tuple[str, str]]:
    """Return rows of (what, rate and ratio) for the cached and the cold overview."""
    ledger = ledgers.make(folder, "overview")
    os.environ["DATABASE_URL"] = ledger.application.url
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as kept:
        server = WebServer(port, Path(kept) / "web.pid")
        server.start()
        try:
            return _measure(port)
        finally:
            server.stop()
            del os.environ["DATABASE_URL"]


def _measure(port: int) -> list[tuple[str, str]]:
    nothing, cached, cold = [], [], []
    for round_ in range(ROUNDS):
        nothing.append(_rate(port, REQUESTS, lambda _: "/nothing/"))
        cached.append(_rate(port, REQUESTS, lambda _: "/"))
        first = FIRST_DAY + timedelta(days=round_ * COLD_REQUESTS)
        cold.append(_rate(port, COLD_REQUESTS, lambda n, first=first: _of_day(first, n)))
    rows = [("empty view", f"{median(nothing):,.0f}/s")]
    for name, rates in (("overview, cached", cached), ("overview, another day each time", cold)):
        ratio = median(rate / empty for rate, empty in zip(rates, nothing, strict=True))
        rows.append((name, f"{median(rates):,.0f}/s; {ratio:.2f} of the empty view"))
    return rows


def _of_day(first: date, number: int) -> str:
    return f"/?as_of={first + timedelta(days=number)}"


def _rate(port: int, requests: int, address: Callable[[int], str]) -> float:
    def one(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for request in range(number, requests, CONNECTIONS):
            connection.request("GET", address(request))
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                message = f"{address(request)}: {response.status}"
                raise RuntimeError(message)
        connection.close()

    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        list(threads.map(one, range(CONNECTIONS)))
    return requests / (time.perf_counter() - began)
