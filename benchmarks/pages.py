"""Public pages of another day each time, with 1,000,000 entries against 100,000."""

import random
import time
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from benchmarks import ledgers
from benchmarks.ledgers import Ledger
from benchmarks.matrix import SOURCED
from benchmarks.size import either
from benchmarks.table import Row

ROUNDS = either(7, 1)
SIZES = either((100_000, 1_000_000), (1_000, 2_000))
FIRST_DAY = date(2009, 3, 12)
DAYS = 900
ADDRESSES = (
    "/",
    "/areas/",
    "/countries/pa/",
    "/entries/",
    "/commitments/",
    "/documents/",
    "/changes/",
    "/balance/",
)


def measure(folder: Path) -> list[Row]:
    """Return the times of each page, as a web process that has shown it before answers it."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    small, large = (_ledger(folder, entries) for entries in SIZES)
    days = random.Random(165)
    times: dict[tuple[str, Ledger], list[float]] = {
        (address, ledger): [] for address in ADDRESSES for ledger in (small, large)
    }
    for _ in range(ROUNDS + 1):
        for ledger in (small, large):
            with ledgers.speaking_to(ledger.application):
                for address in ADDRESSES:
                    day = FIRST_DAY + timedelta(days=days.randrange(DAYS))
                    times[address, ledger].append(_seconds(f"{address}?as_of={day}"))
    return [
        _row(address, times[address, large][1:], times[address, small][1:]) for address in ADDRESSES
    ]


def _row(address: str, large: list[float], small: list[float]) -> Row:
    return Row(
        f"page {address}, {SIZES[1]:,} entries : {SIZES[0]:,}",
        f"{1000 * median(large):,.1f} ms",
        f"{1000 * median(small):,.1f} ms",
        [more / fewer for more, fewer in zip(large, small, strict=True)],
        "<= 3",
    )


def _ledger(folder: Path, entries: int) -> Ledger:
    ledger = ledgers.make(folder, f"pages_{entries}")
    ledgers.add_entries(ledger, entries - SOURCED)
    return ledger


def _seconds(address: str) -> float:
    from django.test import Client

    reader = Client(SERVER_NAME="localhost")
    began = time.perf_counter()
    response = reader.get(address)
    taken = time.perf_counter() - began
    if response.status_code != 200:
        raise RuntimeError(f"{address}: {response.status_code}")
    return taken
