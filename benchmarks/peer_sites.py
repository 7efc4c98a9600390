"""Datasette and Fava, with the rows of a ledger, each served by two processes."""

import json
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from benchmarks.ledgers import Ledger
from carsi_tracker.settings import BASE_DIR

PINNED = ("datasette==0.65.5", "fava==1.30.16", "beancount==3.2.3")
PLACE = BASE_DIR / "var" / "benchmarks" / "peers"
PROCESSES = 2
SECONDS_TO_START = 300

TOTALS = """
    select area, country, sum(cents) / 100.0 as committed, count(*) as entries from entries
    where stage = 'committed' and effective_date <= :day group by area, country
"""
DATASETTE_TOTALS = "/peers/totals?day={}"
DATASETTE_LIST = "/peers/entries?country__exact=HN&effective_date__lte={}&_sort=effective_date"
FAVA_TOTALS = "/peers/api/trial_balance?time=1990-01-01+to+{}"
FAVA_LIST = "/peers/api/account_report?a=Expenses:HN&time=1990-01-01+to+{}"

COLUMNS = "version, line, stage, effective_date, area, country, cents, reference, document, locator"
ROWS = """
    select e.version, e.line, e.stage, e.effective_date::text, coalesce(a.code, 'none'),
        coalesce(n.code, 'none'), (e.amount * 100)::bigint, coalesce(c.reference, ''), d.title,
        e.locator
    from ledger_entry e
    join ledger_document d on d.id = e.document_id
    left join ledger_commitment c on c.id = e.commitment_id
    left join ledger_programmingarea a on a.id = c.area_id
    left join ledger_country n on n.id = c.country_id
    order by e.version, e.line
"""
Rows = Sequence[tuple[object, ...]]
Served = tuple[tuple[int, ...], tuple[int, ...]]
"""Ports, and processes."""


def install() -> None:
    """Install both, where they are not at these versions."""
    told = PLACE / "installed.txt"
    wanted = "\n".join(PINNED)
    if not told.exists() or told.read_text() != wanted:
        venv.create(PLACE, clear=True, with_pip=True)
        pip = [PLACE / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *PINNED], check=True)  # noqa: S603 (our own words)
        told.write_text(wanted)


def rows_of(ledger: Ledger) -> Rows:
    """Return the entries of a ledger, with what they are asked by."""
    with psycopg.connect(ledger.application.conninfo()) as session:
        return session.execute(ROWS).fetchall()


@contextmanager
def datasette(rows: Rows) -> Iterator[Served]:
    """Serve rows by Datasette, immutable, with counts made before, and an index for each page."""
    with tempfile.TemporaryDirectory() as folder:
        file, inspected, said = (Path(folder) / name for name in ("peers.db", "i.json", "m.json"))
        with sqlite3.connect(file) as made:
            made.execute(f"create table entries ({COLUMNS}, primary key (version, line))")
            holes = ", ".join("?" * (COLUMNS.count(",") + 1))
            made.executemany(f"insert into entries values ({holes})", rows)
            made.execute(
                "create index sums on entries (stage, effective_date, area, country, cents)"
            )
            made.execute("create index lists on entries (country, effective_date)")
            made.execute("analyze")
        queries = {"totals": {"sql": TOTALS, "title": "Totals by area and country"}}
        said.write_text(json.dumps({"databases": {"peers": {"queries": queries}}}))
        program = str(PLACE / "bin" / "datasette")
        subprocess.run(  # noqa: S603 (our own words)
            [program, "inspect", str(file), "--inspect-file", str(inspected)], check=True
        )
        words = ["serve", "-i", str(file), "--inspect-file", str(inspected)]
        words += ["--setting", "sql_time_limit_ms", "60000"]
        with _started([program, *words, "--metadata", str(said)], DATASETTE_TOTALS) as served:
            yield served


@contextmanager
def fava(rows: Rows) -> Iterator[Served]:
    """Serve rows by Fava, each a transaction whose account names country, area and stage."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "peers.beancount"
        file.write_text("\n".join(_beancount(rows)), encoding="utf-8")
        with _started([str(PLACE / "bin" / "fava"), str(file)], FAVA_TOTALS) as served:
            yield served


def _beancount(rows: Rows) -> Iterator[str]:
    yield 'option "title" "peers"'
    yield 'option "operating_currency" "USD"'
    yield "1990-01-01 open Equity:Appropriations"
    accounts = set()
    for _version, _line, stage, day, area, country, cents, reference, document, locator in rows:
        words = (str(word).capitalize() for word in (area, stage))
        account = ":".join(("Expenses", f"{str(country)[0].upper()}{str(country)[1:]}", *words))
        if account not in accounts:
            accounts.add(account)
            yield f"1990-01-01 open {account} USD"
        told = json.dumps(f"{document}, {locator}", ensure_ascii=False)
        yield f'{day} * "{reference}" {told}'
        yield f"  {account}  {int(str(cents)) / 100:.2f} USD"
        yield "  Equity:Appropriations"


@contextmanager
def _started(words: Sequence[str], page: str) -> Iterator[Served]:
    """Start a server in several processes, each at a port of its own; wait for a page of each."""
    ports = tuple(_free_port() for _ in range(PROCESSES))
    servers = [
        subprocess.Popen(  # noqa: S603 (our own words)
            [*words, "--host", "127.0.0.1", "--port", str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for port in ports
    ]
    try:
        for port in ports:
            _wait_for(port, page.format("2010-01-01"))
        yield ports, tuple(server.pid for server in servers)
    finally:
        for server in servers:
            server.terminate()
            server.wait()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
    return port


def _wait_for(port: int, page: str) -> None:
    from benchmarks.reader import rate

    patience = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < patience:
        try:
            rate(port, [page], 1)
        except ConnectionRefusedError:
            time.sleep(0.2)
        else:
            return
    sys.exit(f"No server answers at {port}.")
