"""The overview's requests a second against an empty view behind the same middleware."""

import os
import re
import socket
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from benchmarks import ledgers
from benchmarks.table import Row
from carsi_tracker.web import WebServer

ROUNDS = 7
CONNECTIONS = 4
REQUESTS = 1200  # in a round, shared by the connections
COLD_REQUESTS = 120
FIRST_DAY = date(2009, 1, 1)
SIZE = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


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
        first = FIRST_DAY + timedelta(days=number * COLD_REQUESTS)
        empty.append(_rate(port, REQUESTS, lambda _: "/nothing/"))
        cached.append(_rate(port, REQUESTS, lambda _: "/"))
        cold.append(_rate(port, COLD_REQUESTS, lambda n, first=first: _of_day(first, n)))
    return [
        Row(
            f"overview, {name} : empty view",
            f"{median(rates[1:]):,.0f}/s",
            f"{median(empty[1:]):,.0f}/s",
            [rate / nothing for rate, nothing in zip(rates[1:], empty[1:], strict=True)],
            goal,
        )
        for name, rates, goal in (
            ("cached", cached, ">= 0.5"),
            ("another day each time", cold, ""),
        )
    ]


def _of_day(first: date, number: int) -> str:
    return f"/?as_of={first + timedelta(days=number)}"


def _rate(port: int, requests: int, address: Callable[[int], str]) -> float:
    """Return requests a second over a few connections that are kept open."""

    def one(number: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            for request in range(number, requests, CONNECTIONS):
                _get(connection, address(request))

    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        list(threads.map(one, range(CONNECTIONS)))
    return requests / (time.perf_counter() - began)


def _get(connection: socket.socket, address: str) -> None:
    """Read one page and drop it: as little work as can be, for the processors are shared."""
    connection.sendall(f"GET {address} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    received = b""
    while not (found := re.search(rb"\r\n\r\n", received)):
        received += _some(connection)
    size = SIZE.search(received, 0, found.start())
    if size is None or not received.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"{address}: {received[: found.start()].decode()}")
    left = found.end() + int(size[1]) - len(received)
    while left > 0:
        left -= len(_some(connection))


def _some(connection: socket.socket) -> bytes:
    part = connection.recv(1 << 20)
    if not part:
        raise RuntimeError("The web server closed a connection.")
    return part
