"""What each question costs as the ledger grows tenfold, and tenfold again."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from benchmarks import ledgers
from benchmarks.ledgers import Ledger
from benchmarks.scale.grown import grown
from benchmarks.size import either
from benchmarks.table import Row

SIZES = either((10_000, 100_000, 1_000_000, 10_000_000), (1_000, 10_000))
ROUNDS = either(5, 1)
FIRST_DAY = date(2010, 1, 1)
DRAFT = """
    with made as (
        insert into ledger_batch (title, reason, state, revision, created_at)
        values ('One obligation', 'Measured', 'draft', 0, now())
        returning id
    )
    insert into ledger_line (
        batch_id, appropriation_id, commitment_id, stage, amount, effective_date, document_id,
        locator, basis, note, revision
    )
    select made.id, c.appropriation_id, c.id, 'committed', 0.01, '2016-10-01',
        (select min(id) from ledger_document), '', 'stated', '', 0
    from made, ledger_commitment c where c.reference = 'G-' || %s::text
    returning batch_id
"""

Times = dict[str, list[float]]


@dataclass(frozen=True)
class Submitted:
    """A batch of one line that waits for its approver, and the digest of what that reads."""

    batch: int
    digest: str


def measure(folder: Path, sizes: tuple[int, ...] = SIZES) -> Iterator[Row]:
    """Give a line for each question at each size but the first, against the size before."""
    before: Times = {}
    for size in sizes:
        name = f"entries_{size}"
        began = time.perf_counter()
        ledger = grown(folder, name, size)
        made = time.perf_counter() - began
        print(f"# {size:,} entries made in {made:,.0f} s: {_size(ledger):,.0f} MiB", flush=True)
        times = _times(ledger)
        print(f"# {size:,} entries: {_memory():,.0f} MiB held by the process", flush=True)
        for what, taken in times.items():
            if before:
                yield _row(f"{what}, {size:,} entries", taken, before[what])
        before = times
        ledgers.drop(folder, name)


def _size(ledger: Ledger) -> float:
    with psycopg.connect(ledger.owner.conninfo()) as session:
        ((size,),) = session.execute("select pg_database_size(current_database())").fetchall()
    return float(size) / 2**20


def _memory() -> float:
    told = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in told if line.startswith("VmRSS:")) / 1024


def _row(what: str, larger: list[float], smaller: list[float]) -> Row:
    ratios = [more / fewer for more, fewer in zip(larger, smaller, strict=True)]
    return Row(
        what, *(f"{1000 * median(all_):,.1f} ms" for all_ in (larger, smaller)), ratios, "< 10"
    )


def _times(ledger: Ledger) -> Times:
    """Ask each question of a ledger, in turns, and return the seconds that each took.

    Each round ends with a post, so that the next begins with the first page of a version.
    """
    days = (FIRST_DAY + timedelta(days=number) for number in count())
    with (
        ledgers.speaking_to(ledger.application),
        psycopg.connect(ledger.application.conninfo(), autocommit=True) as desk,
    ):
        batches = [_submitted(desk, 1 + number) for number in range(ROUNDS + 1)]
        approver = _approver()
        times: defaultdict[str, list[float]] = defaultdict(list)
        for batch in batches:
            for what, address in _addresses(days).items():
                times[what].append(_seconds(_get, reader(), address))
            review = f"/admin/ledger/batch/{batch.batch}/review/"
            times["review"].append(_seconds(_get, approver, review))
            times["post"].append(_seconds(_post, desk, batch))
    return {what: taken[1:] for what, taken in times.items()}


def _addresses(days: Iterator[date]) -> dict[str, str]:
    return {
        "overview, first of a version": "/",
        "overview, kept": "/",
        "overview, another day": f"/?as_of={next(days)}",
        "country, another day": f"/countries/gt/?as_of={next(days)}",
        "entries of a country": f"/entries/?country=gt&as_of={next(days)}",
        "commitments": f"/commitments/?as_of={next(days)}",
        "versions": f"/changes/?as_of={next(days)}",
        "search": f"/search/?q=lot+37{next(days):%d}",
        "CSV of a country": f"/tables/entries.csv?country=gt&as_of={next(days)}",
    }


def _seconds(work: Callable[..., None], *arguments: object) -> float:
    began = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - began


def _get(client: Any, address: str) -> None:
    response = client.get(address, secure=True, follow=True)
    if response.status_code != 200:
        raise RuntimeError(f"{address}: {response.status_code}")
    if response.streaming:
        for _ in response.streaming_content:
            pass


def reader() -> Any:
    """Return a browser of somebody who is not signed in."""
    from django.test import Client

    return Client(SERVER_NAME="localhost")


def _approver() -> Any:
    from carsi_tracker.accounts.models import User

    client = reader()
    client.force_login(User.objects.get(username="petra"))
    return client


def _submitted(desk: psycopg.Connection, commitment: int) -> Submitted:
    with desk.transaction():
        desk.execute("select set_config('carsi.actor', '1001', true)")
        ((batch,),) = desk.execute(DRAFT, [commitment]).fetchall()
        ((digest,),) = desk.execute("select rules.submit(%s)", [batch]).fetchall()
    return Submitted(batch, digest)


def _post(desk: psycopg.Connection, item: Submitted) -> None:
    with desk.transaction():
        desk.execute("select set_config('carsi.actor', '1002', true)")
        desk.execute("select rules.post(%s, %s)", [item.batch, item.digest])
