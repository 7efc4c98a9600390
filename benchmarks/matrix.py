"""The matrix of areas by countries against one plain SELECT over the same rows."""

import time
from pathlib import Path
from statistics import median

from benchmarks import ledgers

ROUNDS = 9
PLAIN = """
    select a.code, n.code, sum(e.amount), count(*)
    from ledger_entry e
    join ledger_commitment c on c.id = e.commitment_id
    join ledger_programmingarea a on a.id = c.area_id
    join ledger_country n on n.id = c.country_id
    where e.version <= %s and e.effective_date <= %s and e.stage = 'committed'
    group by a.code, n.code
"""


def measure(folder: Path) -> list[tuple[str, str]]:
    """Return rows of (what, ratio) at 134, 100,000 and 1,000,000 entries."""
    from django.db import connection

    from carsi_tracker.figures import answers
    from carsi_tracker.figures.question import newest, read

    rows = []
    for entries in (134, 100_000, 1_000_000):
        ledger = ledgers.make(folder, f"matrix_{entries}")
        if entries > 134:
            ledgers.add_entries(ledger, entries)
        with ledgers.speaking_to(ledger.application):
            head, revision = newest()
            question = read({"stage": "committed"}, head, revision)
            ours, plain = [], []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                with connection.cursor() as cursor:
                    cursor.execute(PLAIN, [head.number, question.day])
                    cursor.fetchall()
                between = time.perf_counter()
                answers.matrix.__wrapped__(question)
                ours.append(time.perf_counter() - between)
                plain.append(between - began)
        ratio = median(o / p for o, p in zip(ours, plain, strict=True))
        rows.append(
            (
                f"matrix, {entries:,} entries",
                (
                    f"{1000 * median(ours):,.1f} ms; plain SELECT {1000 * median(plain):,.1f} ms; "
                    f"{ratio:.2f} times"
                ),
            )
        )
    return rows
