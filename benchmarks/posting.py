"""A post against a bare transaction that inserts two rows."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Barrier

import psycopg

from benchmarks import ledgers
from benchmarks.ledgers import Ledger
from benchmarks.size import either
from benchmarks.table import Row

ROUNDS = either(11, 1)
POSTS = either(96, 32)  # in a round, shared by the connections
CONNECTIONS = (1, 32)
FIRST_YEAR = 2030

# An appropriation for each round, with ten commitments and 900 days of entries of a cent.
FUND = """
    with appropriation as (
        insert into ledger_appropriation (fiscal_year, account_id, law_id, first_version)
        select {first_year} + n, a.account_id, a.law_id, 16
        from generate_series(0, {rounds}) n, ledger_appropriation a
        where a.id = (select min(id) from ledger_appropriation)
        returning id, fiscal_year
    ),
    commitment as (
        insert into ledger_commitment (
            reference, title, title_es, appropriation_id, area_id, country_id, agency_id,
            introduced_by_id, first_version
        )
        select 'M-' || a.fiscal_year || '-' || n, 'Measured', '', a.id, c.area_id, c.country_id,
            c.agency_id, b.id, 16
        from appropriation a, generate_series(0, 9) n, ledger_commitment c, ledger_batch b
        where c.reference = 'CARSI-09-INCLE-01' and b.version = 1 + (a.fiscal_year + n) % 16
        returning id, appropriation_id, right(reference, 1)::int as position
    ),
    amount as (
        select id as appropriation_id, null::bigint as commitment_id, 'appropriated' as stage,
            1000000 as amount, 0 as day
        from appropriation
        union all
        select c.appropriation_id, c.id, 'committed', 0.01, n % 900
        from generate_series(2, {entries}) n join commitment c on c.position = n % 10
    )
    insert into ledger_entry (
        version, line, appropriation_id, commitment_id, stage, amount, effective_date,
        document_id, locator, basis, note
    )
    select 16, 1000 + row_number() over (), appropriation_id, commitment_id, stage, amount,
        '2009-03-11'::date + day, (select min(id) from ledger_document), '', 'stated', ''
    from amount
"""
PEOPLE = """
    insert into accounts_user (
        id, username, password, is_superuser, first_name, last_name, email, is_active,
        date_joined, is_analyst, is_approver, is_administrator, must_change_password
    ) values
        (1001, 'ana', '!', false, '', '', '', true, now(), true, false, false, false),
        (1002, 'petra', '!', false, '', '', '', true, now(), false, true, false, false)
"""
BARE_TABLE = """
    create table bare (id bigint generated always as identity primary key, v int, t text);
    grant insert on bare to {role}
"""
BARE = "insert into bare (v, t) values (1, 'x'), (2, 'y')"
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
    select made.id, c.appropriation_id, c.id, 'committed', 0.01, '2011-10-01',
        (select min(id) from ledger_document), '', 'stated', '', 0
    from made
    join ledger_commitment c on c.reference = 'M-' || %(year)s::text || '-' || made.id %% 10
"""


@dataclass(frozen=True)
class Round:
    """What a second brought, and milliseconds of CPU that its sessions spent on each item."""

    rate: float
    cpu: float


Rounds = dict[int, list[Round]]


@dataclass(frozen=True)
class Submitted:
    """A batch to post, and the digest of what its approver read."""

    batch: int
    digest: str


def measure(folder: Path) -> list[Row]:
    """Return rates and CPU of posts and bare transactions, at 100 and at 10,000 entries."""
    rows, cpu = [], []
    for entries in (100, 10_000):
        ledger = ledgers.make(folder, f"posting_{entries}")
        posts, bares = _rounds(ledger, _prepare(ledger, entries))
        rows += _rows(entries, posts, bares)
        cpu.append([one.cpu for one in posts[1]])
    few, many = cpu
    what = "post, CPU, 10,000 entries : 100"
    return [*rows, Row(what, _ms(many), _ms(few), _ratios(many, few), "<= 2")]


def _rows(entries: int, posts: Rounds, bares: Rounds) -> list[Row]:
    what = f"post, {entries:,} entries,"
    rates = [
        ([one.rate for one in posts[number]], [one.rate for one in bares[number]])
        for number in CONNECTIONS
    ]
    (alone, _bare), (together, _bares) = rates
    cpu, bare_cpu = ([one.cpu for one in of[1]] for of in (posts, bares))
    return [
        *(
            Row(
                f"{what} {connections} at once : bare",
                f"{median(post):,.0f}/s",
                f"{median(bare):,.0f}/s",
                _ratios(bare, post),
                "<= 4" if (entries, connections) == (100, 1) else "",
            )
            for connections, (post, bare) in zip(CONNECTIONS, rates, strict=True)
        ),
        Row(
            f"{what} 32 at once : 1",
            f"{median(together):,.0f}/s",
            f"{median(alone):,.0f}/s",
            _ratios(together, alone),
            ">= 0.9" if entries == 100 else "",
        ),
        Row(f"{what} CPU : bare", _ms(cpu), _ms(bare_cpu), _ratios(cpu, bare_cpu)),
    ]


def _ms(cpu: list[float]) -> str:
    return f"{median(cpu):.2f} ms"


def _ratios(of: list[float], to: list[float]) -> list[float]:
    return [first / second for first, second in zip(of, to, strict=True)]


def _prepare(ledger: Ledger, entries: int) -> list[list[Submitted]]:
    """Submit the batches of each round, and of one before them, on an appropriation of its own.

    The appropriation passes `entries` halfway through the round.
    """
    rounds = ROUNDS * len(CONNECTIONS)
    ledger.run_as_owner(
        FUND.format(first_year=FIRST_YEAR, rounds=rounds, entries=entries - POSTS // 2),
        PEOPLE,
        BARE_TABLE.format(role=ledger.application.user),
    )
    batches = [_submitted(ledger, FIRST_YEAR + number) for number in range(rounds + 1)]
    ledger.settle()
    return batches


def _submitted(ledger: Ledger, year: int) -> list[Submitted]:
    """Draft and submit batches of a line each, on the commitments of a year."""
    with psycopg.connect(ledger.application.conninfo()) as session:
        session.execute("select set_config('carsi.actor', '1001', true)")
        session.execute(DRAFT, {"n": POSTS, "year": year})
        rows = session.execute(
            "select id, rules.submit(id) from ledger_batch where state = 'draft' order by id"
        ).fetchall()
    return [Submitted(batch, digest) for batch, digest in rows]


def _rounds(ledger: Ledger, batches: list[list[Submitted]]) -> tuple[Rounds, Rounds]:
    posts: Rounds = {connections: [] for connections in CONNECTIONS}
    bares: Rounds = {connections: [] for connections in CONNECTIONS}
    sessions = [psycopg.connect(ledger.application.conninfo()) for _ in range(max(CONNECTIONS))]
    first, *others = batches
    try:
        _round(sessions, _bare, first)
        _round(sessions, _post, first)
        for number, items in enumerate(others):
            connections = CONNECTIONS[number % len(CONNECTIONS)]
            bares[connections].append(_round(sessions[:connections], _bare, items))
            posts[connections].append(_round(sessions[:connections], _post, items))
    finally:
        for session in sessions:
            session.close()
    return posts, bares


def _round(
    sessions: list[psycopg.Connection],
    work: Callable[[psycopg.Connection, Submitted], None],
    items: list[Submitted],
) -> Round:
    """Let the sessions work through the items together."""
    start = Barrier(len(sessions) + 1)

    def one(number: int) -> None:
        start.wait()
        for item in items[number :: len(sessions)]:
            work(sessions[number], item)

    with ThreadPoolExecutor(len(sessions)) as threads:
        waiting = [threads.submit(one, number) for number in range(len(sessions))]
        before = _cpu(sessions)
        start.wait()
        began = time.perf_counter()
        for future in waiting:
            future.result()
        taken = time.perf_counter() - began
        return Round(len(items) / taken, (_cpu(sessions) - before) / len(items))


def _cpu(sessions: list[psycopg.Connection]) -> float:
    """Return the milliseconds of CPU that the server's processes of the sessions have spent."""
    told = (Path(f"/proc/{session.info.backend_pid}/schedstat") for session in sessions)
    return sum(int(file.read_text().split()[0]) for file in told) / 1e6


def _bare(session: psycopg.Connection, _item: Submitted) -> None:
    with session.transaction():
        session.execute(BARE)


def _post(session: psycopg.Connection, item: Submitted) -> None:
    with session.transaction():
        session.execute("select set_config('carsi.actor', '1002', true)")
        session.execute("select rules.post(%s, %s)", [item.batch, item.digest])
