"""Readers a second: by web processes, and with a replica that answers beside the primary."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from itertools import count, islice
from pathlib import Path
from statistics import median

from benchmarks import ledgers
from benchmarks.ledgers import Ledger
from benchmarks.processes import cpu_seconds, served
from benchmarks.reader import rate
from benchmarks.size import either
from benchmarks.table import Row
from carsi_tracker.local import place, postgresql

ROUNDS = either(5, 1)
REQUESTS = either(400, 16)  # in a round
PAGES = ("/", "/areas/", "/countries/gt/", "/entries/", "/commitments/", "/changes/")
FIRST_DAY = date(2009, 1, 1)


def measure(folder: Path) -> Iterator[Row]:
    """Compare 2 and 4 web processes with one, and a replica beside the primary with none."""
    ledger = ledgers.make(folder, "readers")
    alone = _rates(ledger, WEB_PROCESSES="1")
    for processes in ("2", "4"):
        more = _rates(ledger, WEB_PROCESSES=processes)
        for what in alone:
            yield _row(f"{what}, {processes} processes : 1", more[what], alone[what])
    with _standby(folder, folder.with_name("standby")) as host:
        address = replace(ledger.application, host=host)
        beside = _rates(ledger, WEB_PROCESSES="2", DATABASE_REPLICA_URLS=address.url)
        without = _rates(ledger, WEB_PROCESSES="2")
        for what in without:
            yield _row(f"{what}, with a replica : without", beside[what], without[what])


def _rates(ledger: Ledger, **environment: str) -> dict[str, list[float]]:
    """Return pages a second, kept ones and those of another day each time, round by round."""
    days = (FIRST_DAY + timedelta(days=number) for number in count())
    rates: dict[str, list[float]] = {"kept pages": [], "other days": []}
    os.environ.update(environment)
    try:
        with served(ledger) as (port, process):
            for _ in range(ROUNDS + 1):
                kept = [PAGES[number % len(PAGES)] for number in range(REQUESTS)]
                rates["kept pages"].append(rate(port, kept))
                other = [
                    f"{PAGES[number % len(PAGES)]}?as_of={day}"
                    for number, day in enumerate(islice(days, REQUESTS // 4))
                ]
                rates["other days"].append(rate(port, other))
            print(f"# {environment}: {cpu_seconds([process]):,.1f} s of processor", flush=True)
    finally:
        for name in environment:
            del os.environ[name]
    return {what: of_rounds[1:] for what, of_rounds in rates.items()}


def _row(what: str, ours: list[float], theirs: list[float]) -> Row:
    ratios = [first / second for first, second in zip(ours, theirs, strict=True)]
    return Row(what, f"{median(ours):,.0f}/s", f"{median(theirs):,.0f}/s", ratios)


@contextmanager
def _standby(primary: Path, folder: Path) -> Iterator[str]:
    """Start a hot standby of the server of a folder; give where its socket is."""
    place.make_private(place.data_folder(folder))
    postgresql._run(
        folder, "pg_basebackup", "-D", place.data_folder(folder), "-R", "-c", "fast",
        "-h", postgresql.socket_folder(primary), "-U", postgresql.SUPERUSER,
    )  # fmt: skip
    for copied in place.data_folder(folder).glob(".s.PGSQL.*"):  # the primary's socket is its own
        copied.unlink()
    postgresql.start(folder)
    try:
        yield str(postgresql.socket_folder(folder))
    finally:
        postgresql.release(folder)
