"""A post against a bare transaction that inserts two rows."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from threading import Barrier

import psycopg

from benchmarks import ledgers
from benchmarks.ledgers import Ledger

ROUNDS = 5
POSTS = 192  # in a round, shared by the connections

DRAFT = """
    with made as (
        insert into ledger_batch (title, reason, state, revision, created_at)
        select 'Batch ' || n, 'Measured', 'draft', 0, now() from generate_series(1, %(n)s) n
        returning id
    )
    insert into ledger_line (
        batch_id, appropriation_id, commitment_id, stage, amount, effective_date, document_id,
        locator, basis, note, revision
    )
    select made.id, c.appropriation_id, c.id, 'obligated', 0.01, '2011-10-01',
        (select min(id) from ledger_document), '', 'stated', '', 0
    from made, ledger_commitment c where c.reference = 'CARSI-09-INCLE-01'
"""
BARE = """
    insert into bare (v, t) values (1, 'x'), (2, 'y')
"""


def measure(folder: Path) -> list[tuple[str, str]]:
    """Return rows of (what, ratio) for 1 and 32 connections, at 100 and 10,000 entries."""
    rows = []
    for entries in (100, 10_000):
        ledger = ledgers.make(folder, f"posting_{entries}")
        _fund(ledger, entries)
        rates = {connections: _rounds(ledger, connections) for connections in (1, 32)}
        for connections, (post, bare) in rates.items():
            ratio = median(b / p for p, b in zip(post, bare, strict=True))
            rows.append(
                (
                    f"post, {entries:,} entries, {connections} connection(s)",
                    (
                        f"{median(post):,.0f}/s; bare {median(bare):,.0f}/s; "
                        f"a post costs {ratio:.1f} bare transactions"
                    ),
                )
            )
        share = median(rates[32][0]) / median(rates[1][0])
        rows.append((f"post, {entries:,} entries, 32 connections against 1", f"{share:.2f}"))
    return rows


def _fund(ledger: Ledger, entries: int) -> None:
    """Put as many entries on the appropriation, and the people and the bare table in place."""
    ledger.run_as_owner(
        f"""
        insert into ledger_entry (
            version, line, appropriation_id, commitment_id, stage, amount, effective_date,
            document_id, locator, basis, note
        )
        select 16, 1000 + n, c.appropriation_id, c.id, 'committed', 0.01,
            '2009-03-11'::date + (n % 900), (select min(id) from ledger_document), '', 'stated', ''
        from generate_series(1, {entries}) n, ledger_commitment c
        where c.reference = 'CARSI-09-INCLE-01';
        insert into accounts_user (
            id, username, password, is_superuser, first_name, last_name, email, is_active,
            date_joined, is_analyst, is_approver, is_administrator
        ) values
            (1001, 'ana', '!', false, '', '', '', true, now(), true, false, false),
            (1002, 'petra', '!', false, '', '', '', true, now(), false, true, false);
        create table bare (id bigint generated always as identity primary key, v int, t text);
        grant insert on bare to {ledger.application.user}
        """
    )


def _rounds(ledger: Ledger, connections: int) -> tuple[list[float], list[float]]:
    posts, bares = [], []
    sessions = [psycopg.connect(ledger.application.conninfo()) for _ in range(connections)]
    try:
        for _ in range(ROUNDS):
            batches = _submitted(ledger, POSTS)
            bares.append(_rate(sessions, lambda s, _: _bare(s), list(range(POSTS))))
            posts.append(_rate(sessions, _post, batches))
    finally:
        for session in sessions:
            session.close()
    return posts, bares


def _rate(
    sessions: list[psycopg.Connection],
    work: Callable[[psycopg.Connection, int], None],
    items: list[int],
) -> float:
    start = Barrier(len(sessions) + 1)

    def one(number: int) -> None:
        start.wait()
        for item in items[number :: len(sessions)]:
            work(sessions[number], item)

    with ThreadPoolExecutor(len(sessions)) as threads:
        waiting = [threads.submit(one, number) for number in range(len(sessions))]
        start.wait()
        began = time.perf_counter()
        for future in waiting:
            future.result()
        return len(items) / (time.perf_counter() - began)


def _bare(session: psycopg.Connection) -> None:
    with session.transaction():
        session.execute(BARE)


def _post(session: psycopg.Connection, batch: int) -> None:
    with session.transaction():
        session.execute("select set_config('carsi.actor', '1002', true)")
        session.execute("select rules.post(%s, %s)", [batch, DIGESTS[batch]])


DIGESTS: dict[int, str] = {}


def _submitted(ledger: Ledger, number: int) -> list[int]:
    with psycopg.connect(ledger.application.conninfo()) as session:
        session.execute("select set_config('carsi.actor', '1001', true)")
        session.execute(DRAFT, {"n": number})
        rows = session.execute(
            "select id, rules.submit(id) from ledger_batch where state = 'draft' order by id"
        ).fetchall()
    DIGESTS.clear()
    DIGESTS.update(rows)
    return [batch for batch, _ in rows]
