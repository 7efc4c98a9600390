"""Two people who post by SQL as the application role, and what was acknowledged to them when."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psycopg

from tests.drills.clusters import Cluster

PEOPLE = """
    insert into accounts_user (
        username, first_name, last_name, email, password, is_superuser, is_active, date_joined,
        is_analyst, is_approver, is_administrator, must_change_password
    )
    values
        ('ana', 'Ana', '', '', '!', false, true, now(), true, false, false, false),
        ('pablo', 'Pablo', '', '', '!', false, true, now(), false, true, false, false)
    on conflict do nothing
"""
ACTS = "select set_config('carsi.actor', id::text, true) from accounts_user where username = %s"
DRAFT = """
    with made as (
        insert into ledger_batch (title, reason, state, created_at, created_by_id, revision)
        values ('A drill', %s, 'draft', now(), rules.actor(), 0) returning id
    )
    insert into ledger_line (batch_id, appropriation_id, stage, amount, effective_date,
        document_id, locator, basis, note, revision, changed_at)
    select
        made.id, a.id, 'appropriated', 1, '2009-06-15', a.law_id, 'page 1', 'stated', '', 0, now()
    from made, (select id, law_id from ledger_appropriation order by id limit 1) a
    returning batch_id
"""


def post(session: psycopg.Connection, reason: str = "A drill") -> int:
    """Draft, submit and post a dollar; return its version once PostgreSQL has acknowledged it."""
    with session.transaction():
        session.execute(ACTS, ["ana"])
        (batch,) = session.execute(DRAFT, [reason]).fetchone() or (0,)
        session.execute("select rules.submit(%s)", [batch])
    with session.transaction():
        session.execute(ACTS, ["pablo"])
        sql = "select rules.post(%s, rules.batch_digest(%s), '')"
        (version,) = session.execute(sql, [batch, batch]).fetchone() or (0,)
    return int(version)


@dataclass
class Postings:
    """Which versions were acknowledged, and when; `slowest` is the longest anybody waited."""

    acknowledged: dict[int, datetime] = field(default_factory=dict)
    slowest: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def newest(self) -> int:
        """The last version that was acknowledged."""
        return max(self.acknowledged)

    def until(self, number: int, seconds: float = 60) -> None:
        """Wait until so many more are acknowledged."""
        wanted, patience = len(self.acknowledged) + number, time.monotonic() + seconds
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < patience, "nothing is posted"
            time.sleep(0.02)


def people_of(cluster: Cluster) -> psycopg.Connection:
    """Return a session as the application role, in whose database Ana and Pablo are."""
    session = psycopg.connect(cluster.url(), autocommit=True)
    session.execute(PEOPLE)
    return session


@contextmanager
def posting(cluster: Cluster, pause: float = 0.1) -> Iterator[Postings]:
    """Let Ana and Pablo post while this lasts, or until their server is gone."""
    told = Postings()

    def work() -> None:
        try:
            with people_of(cluster) as session:
                while not told.stop.is_set():
                    began = time.monotonic()
                    version = post(session)
                    told.acknowledged[version] = datetime.now(UTC)
                    told.slowest = max(told.slowest, time.monotonic() - began)
                    told.stop.wait(pause)
        except psycopg.OperationalError:
            return

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield told
    finally:
        told.stop.set()
        worker.join()


def versions_in(cluster: Cluster) -> tuple[int, str]:
    """Return the newest version and its checksum."""
    with psycopg.connect(cluster.url()) as session:
        found = session.execute("select version, checksum from ledger_head").fetchone()
    assert found
    return int(found[0]), str(found[1])
