"""The matrix of areas by countries against one plain SELECT over the same rows."""

import time
from datetime import timedelta
from pathlib import Path
from statistics import median

from benchmarks import ledgers
from benchmarks.size import either
from benchmarks.table import Row

ROUNDS = either(15, 1)
SOURCED = 134
PLAIN = """
    select a.code, n.code, sum(e.amount), count(*)
    from ledger_entry e
    join ledger_commitment c on c.id = e.commitment_id
    join ledger_programmingarea a on a.id = c.area_id
    join ledger_country n on n.id = c.country_id
    where e.version <= %s and e.effective_date <= %s and e.stage = 'committed'
    group by a.code, n.code
"""


def measure(folder: Path) -> list[Row]:
    """Return the times of matrix and SELECT at 134, 100,000 and 1,000,000 entries."""
    rows = []
    for entries in either((SOURCED, 100_000, 1_000_000), (SOURCED, 1_000)):
        ledger = ledgers.make(folder, f"matrix_{entries}")
        ledgers.add_entries(ledger, entries - SOURCED)
        with ledgers.speaking_to(ledger.application):
            first, other_day, plain = _rounds()
        rows += [
            _row(f"matrix, {entries:,} entries, first time", first, plain),
            _row(f"matrix, {entries:,} entries, another day", other_day, plain),
        ]
    return rows


def _row(what: str, ours: list[float], plain: list[float]) -> Row:
    return Row(
        f"{what} : plain SELECT",
        f"{1000 * median(ours):,.2f} ms",
        f"{1000 * median(plain):,.2f} ms",
        [o / p for o, p in zip(ours, plain, strict=True)],
        "<= 1.3",
    )


def _rounds() -> tuple[list[float], list[float], list[float]]:
    from django.db import connection

    from carsi_tracker.caching.remembered import forget_everything
    from carsi_tracker.figures import aggregates
    from carsi_tracker.figures.versions import newest
    from carsi_tracker.reports.page.parameters import read

    head, revision = newest()
    query = read({"stage": "committed"}, head, revision)
    first, other_day, plain = [], [], []
    for number in range(ROUNDS):
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(PLAIN, [head.number, query.day])
            cells = cursor.fetchall()
        plain.append(time.perf_counter() - began)
        forget_everything()
        began = time.perf_counter()
        matrix = aggregates.matrix.__wrapped__(query)
        first.append(time.perf_counter() - began)
        began = time.perf_counter()
        aggregates.matrix.__wrapped__(query.through(query.day - timedelta(days=1 + number)))
        other_day.append(time.perf_counter() - began)
        if len(matrix) != len(cells):
            raise RuntimeError("The matrix and the plain SELECT are not about the same rows.")
    return first, other_day, plain
