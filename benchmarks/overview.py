"""Public pages' requests a second against an empty view behind the same middleware."""

from datetime import date, timedelta
from pathlib import Path
from statistics import median

from benchmarks import ledgers
from benchmarks.processes import served
from benchmarks.reader import rate
from benchmarks.size import either
from benchmarks.table import Row

ROUNDS = either(7, 1)
REQUESTS = either(800, 16)  # in a round
COLD_REQUESTS = either(120, 16)
CACHED = ("/", "/entries/", "/commitments/", "/documents/", "/changes/")
COLD = ("/", "/areas/")
FIRST_DAY = date(2009, 1, 1)


def measure(folder: Path) -> list[Row]:
    """Return the rates of the overview and the tables, cached, and of another day each time."""
    with served(ledgers.make(folder, "overview")) as (port, _process):
        return _rows(port)


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
