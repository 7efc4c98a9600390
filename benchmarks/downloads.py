"""A download of entries against PostgreSQL's own COPY of the same rows, and its memory."""

import resource
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks import ledgers
from benchmarks.ledgers import Ledger
from benchmarks.size import either
from benchmarks.table import Row

FEW, MANY = either((100_000, 1_000_000), (1_000, 2_000))
ROUNDS = either(3, 1)
BARE = """
    copy (
        select
            c.reference, c.title, a.fiscal_year, k.code, p.code, n.code, g.number, o.code, q.code,
            e.stage, e.amount, e.effective_date, d.key, e.locator, e.basis, e.note, e.quote,
            c.title_es, p.name_en, n.name_en, e.amount, e.version, e.line
        from ledger_entry e
        join ledger_appropriation a on a.id = e.appropriation_id
        join ledger_account k on k.id = a.account_id
        join ledger_document d on d.id = e.document_id
        left join ledger_commitment c on c.id = e.commitment_id
        left join ledger_programmingarea p on p.id = c.area_id
        left join ledger_country n on n.id = c.country_id
        left join ledger_goal g on g.id = c.goal_id
        left join ledger_organization o on o.id = c.agency_id
        left join ledger_organization q on q.id = c.partner_id
        order by e.effective_date, e.version, e.line
    ) to stdout (format csv, header)
"""


def measure(folder: Path) -> list[Row]:
    """Compare seconds with COPY's at a million entries, and memory with ten times fewer."""
    few, many = ledgers.make(folder, "downloads_few"), ledgers.make(folder, "downloads_many")
    ledgers.add_entries(few, FEW)
    ledgers.add_entries(many, MANY)
    rounds = [
        (_in_a_process(many, csv), _in_a_process(many, bare), _in_a_process(few, csv))
        for _ in range(ROUNDS)
    ]
    books = [(_in_a_process(few, xlsx), _in_a_process(few, some_xlsx)) for _ in range(ROUNDS)]
    seconds = sorted(ours[0] for ours, _bare, _less in rounds)[ROUNDS // 2]
    against = sorted(theirs[0] for _ours, theirs, _less in rounds)[ROUNDS // 2]
    book = sorted(ours[0] for ours, _some in books)[ROUNDS // 2]
    return [
        Row(
            f"CSV of {MANY:,} entries, against bare COPY",
            f"{seconds:.1f} s",
            f"{against:.1f} s",
            [theirs[0] / ours[0] for ours, theirs, _less in rounds],
            ">= 0.5",
        ),
        Row(
            f"its memory, {MANY:,} entries against {FEW:,}",
            f"{rounds[0][0][1]:.0f} MiB",
            f"{rounds[0][2][1]:.0f} MiB",
            [ours[1] / less[1] for ours, _bare, less in rounds],
            "flat",
        ),
        Row(
            f"memory of a workbook of {FEW:,} entries ({book:.1f} s) against one of a tenth",
            f"{books[0][0][1]:.0f} MiB",
            f"{books[0][1][1]:.0f} MiB",
            [ours[1] / some[1] for ours, some in books],
            "flat",
        ),
    ]


def csv() -> None:
    """Download all entries as CSV."""
    _download("/tables/entries.csv")


def xlsx() -> None:
    """Download all entries as a workbook."""
    _download("/tables/entries.xlsx")


def some_xlsx() -> None:
    """Download a tenth of the entries as a workbook: those of 90 of 900 days."""
    _download("/tables/entries.xlsx?date_from=2009-03-11&date_to=2009-06-08")


def bare() -> None:
    """Let PostgreSQL write the same columns of the same rows."""
    from django.db import connection

    with connection.cursor() as cursor, cursor.copy(BARE) as rows:
        for _row in rows:
            pass


def _download(address: str) -> None:
    from django.conf import settings
    from django.test import Client

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    response = Client(SERVER_NAME="localhost").get(address)
    if response.status_code != 200:
        raise SystemExit(f"{address}: {response.status_code}")
    for _chunk in response:
        pass


def _in_a_process(ledger: Ledger, work: Callable[[], None]) -> tuple[float, float]:
    """Return the seconds of work in a process of its own, and its memory at most, in MiB."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(theirs, ledger, work))
    process.start()
    theirs.close()
    measured: tuple[float, float] = ours.recv()
    process.join()
    return measured


def _run(answer: Connection, ledger: Ledger, work: Callable[[], None]) -> None:
    ledgers.settings()
    with ledgers.speaking_to(ledger.application):
        began = time.perf_counter()
        work()
        seconds = time.perf_counter() - began
    answer.send((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
