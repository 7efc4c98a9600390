"""The memory of all processes after many different requests."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from benchmarks import ledgers
from benchmarks.processes import memory, postgres, served
from benchmarks.reader import rate
from benchmarks.size import either
from benchmarks.table import Row

FEW, MANY = either(500, 30), either(5000, 60)
CONNECTIONS = 4
FIRST_DAY = date(2008, 6, 30)
PAGES = (
    "/",
    "/areas/",
    "/countries/hn/",
    "/entries/?country=HN",
    "/commitments/",
    "/documents/",
    "/changes/",
    "/balance/",
    "/compare/",
    "/search/?q=police",
    "/charts/map.png",
    "/charts/timeline.png",
    "/charts/bar.svg",
    "/tables/entries.csv",
    "/tables/commitments.xlsx",
)


def measure(folder: Path) -> list[Row]:
    """Return what web server and PostgreSQL take, parts that they share counted once."""
    ledger = ledgers.make(folder, "memory")
    with served(ledger) as (port, process):
        processes = (process, postgres(folder))
        addresses = _addresses()
        rate(port, list(islice(addresses, FEW)), CONNECTIONS)
        few = memory(processes)
        rate(port, list(islice(addresses, MANY - FEW)), CONNECTIONS)
        many = memory(processes)
    return [
        Row(
            f"memory after {MANY:,} different requests : {FEW:,}",
            f"{many:.0f} MiB",
            f"{few:.0f} MiB",
            [many / few],
            "<=400 MiB",
        )
    ]


def _addresses() -> Iterator[str]:
    """Yield each page in both languages, of another day each round."""
    day = FIRST_DAY
    while True:
        for language in ("", "/es"):
            for page in PAGES:
                yield f"{language}{page}{'&' if '?' in page else '?'}as_of={day}"
        day += timedelta(days=3)
