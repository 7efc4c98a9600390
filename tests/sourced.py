"""What the sourced ledger holds, added up from the files of `fixtures/` by plain Python.

Tests that name a total of it take it from here, so that another batch changes no test.
"""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

LEDGER = Path(__file__).parent.parent / "fixtures" / "ledger"
Row = dict[str, str]


def _rows(name: str) -> list[Row]:
    with (LEDGER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


POSTED = _rows("versions.csv")
BATCHES = [f"changes/{row['version']}.csv" for row in POSTED]
VERSION = len(BATCHES)
HEAD = "17-9ee6d52d"
"""How addresses cite the newest version: on every installation in the world."""
CHECKSUM = "9ee6d52d5a2b20a4642186509a4ab064152fa895517450c9bf70d8608f161202"
NEXT = VERSION + 1


def entries(
    stage: str = "", *, until: int = VERSION, on: date = date.max, **described: str
) -> Iterator[Row]:
    """Yield the rows of a stage, up to a version and a day, whose columns hold what is given."""
    for name in BATCHES[:until]:
        for row in _rows(name):
            if (
                row["stage"] == (stage or row["stage"])
                and date.fromisoformat(row["effective_date"]) <= on
                and all(row[column] == value for column, value in described.items())
            ):
                yield row


def total(stage: str, *, until: int = VERSION, on: date = date.max, **described: str) -> Decimal:
    """Add up the amounts of such rows, in U.S. dollars."""
    rows = entries(stage, until=until, on=on, **described)
    return sum((Decimal(row["amount_usd"]) for row in rows), Decimal(0))


def of_version(version: int, stage: str) -> Decimal:
    """Add up what a version alone enters at a stage."""
    return total(stage, until=version) - total(stage, until=version - 1)


def by(column: str, stage: str = "committed") -> dict[str, Decimal]:
    """Add up a stage by what a column holds, an empty one under an empty text."""
    return {key: total(stage, **{column: key}) for key in {row[column] for row in entries(stage)}}


def dollars(amount: Decimal) -> str:
    """Write whole dollars as tables do: 123,109,500."""
    return f"{amount:,.0f}"


def millions(amount: Decimal) -> str:
    """Write millions of dollars with one decimal, half a tenth away from zero: 123.1."""
    return str((amount / 1_000_000).quantize(Decimal("0.1"), "ROUND_HALF_UP"))


def percent(part: Decimal, whole: Decimal) -> str:
    """Write a share with one decimal: 9.5%."""
    return f"{(100 * part / whole).quantize(Decimal('0.1'), 'ROUND_HALF_UP')}%"


ENTRIES = sum(1 for _ in entries())
COMMITMENTS = len({row["reference"] for row in entries() if row["reference"]})
APPROPRIATED = total("appropriated")
COMMITTED = total("committed")
OBLIGATED = total("obligated")
DISBURSED = total("disbursed")
AVAILABLE = APPROPRIATED - COMMITTED
