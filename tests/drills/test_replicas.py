"""Readers are answered by replicas, and none of them is told another ledger than the primary's."""

import hashlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import pytest

from tests.copies import Answer
from tests.drills.clusters import PASSWORD, PATIENCE, SUPERUSER, Cluster
from tests.drills.corrections import post, rename_country
from tests.drills.machines import WebMachine, serving

LOGGED = {"log_statement": "all"}
LONGEST = 8  # seconds that one reader may wait for a server that has just fallen silent
_days = (f"20{n // 336 + 10:02}-{n // 28 % 12 + 1:02}-{n % 28 + 1:02}" for n in count())


@dataclass
class Site:
    """A primary, two standbys, and a web machine of one process that reads from these."""

    checkout: Path
    primary: Cluster
    standbys: list[Cluster]
    web: WebMachine = field(init=False)

    def day(self) -> Answer:
        """Ask for a page that nobody has asked for, and that no process can make from memory."""
        return self.web.get(f"/entries/1-1/?as_of={next(_days)}")

    def version(self) -> int:
        """Return which version a page that nobody has asked for is about."""
        answer = self.day()
        assert answer.status == 200, answer.body
        found = re.search(r"version=(\d+)-", answer.body)
        assert found
        return int(found[1])

    def post(self) -> int:
        """Post a version at the primary."""
        return post(self.checkout, self.primary)

    def until_read_from(self, cluster: Cluster) -> None:
        """Ask until a server answers a page."""
        before, patience = read(cluster), time.monotonic() + PATIENCE
        while read(cluster) == before:
            assert self.day().status == 200
            assert time.monotonic() < patience, self.web.log.read_text()


@pytest.fixture
def site(
    checkout: Path, primary: Cluster, make_standby: Callable[..., Cluster], folder: Path
) -> Iterator[Site]:
    standbys = [make_standby(name, **LOGGED) for name in ("one", "two")]
    made = Site(checkout, primary, standbys)
    with reading_from(made, folder) as made.web:
        yield made


@contextmanager
def reading_from(site: Site, folder: Path, **more: str) -> Iterator[WebMachine]:
    """Serve a site's checkout by one process that reads from its standbys."""
    urls = ", ".join(standby.url() for standby in site.standbys)
    variables = {"DATABASE_URL": site.primary.url(), "DATABASE_REPLICA_URLS": urls}
    more = {"WEB_PROCESSES": "1"} | variables | more
    with serving(site.checkout, folder / "web.log", **more) as web:
        yield web


def read(cluster: Cluster) -> int:
    """Return how often a server was asked for sums of entries."""
    log = cluster.folder.with_name(f"{cluster.folder.name}.log")
    return log.read_text().count("ledger_entry")


def halted(cluster: Cluster) -> list[int]:
    """Halt all processes of a server, as a machine that hangs; return them."""
    main = cluster.postmaster
    children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    pids = [main, *map(int, children)]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    return pids


def resume(pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGCONT)


def start_again(cluster: Cluster) -> None:
    """Start a server that was killed, once its other processes have noticed and let its data go."""
    patience = time.monotonic() + PATIENCE
    while True:
        try:
            return cluster.start()
        except subprocess.CalledProcessError:
            assert time.monotonic() < patience


def pause(cluster: Cluster, function: str = "pg_wal_replay_pause") -> None:
    with psycopg.connect(cluster.url(SUPERUSER), autocommit=True) as session:
        session.execute(f"select {function}()")  # type: ignore[call-overload]


def head(cluster: Cluster) -> str:
    """Return the checksum of the newest version that a server has."""
    with psycopg.connect(cluster.url(SUPERUSER)) as session:
        (checksum,) = session.execute("select checksum from ledger_head").fetchone() or ("",)
    return str(checksum)


def test_readers_are_answered_by_both_standbys_and_the_primary_sums_nothing(
    site: Site,
) -> None:
    with psycopg.connect(site.primary.url(SUPERUSER), autocommit=True) as session:
        session.execute("alter system set log_statement = 'all'")
        session.execute("select pg_reload_conf()")
    sums_before = read(site.primary)
    for standby in site.standbys:
        site.until_read_from(standby)
    for path in ("/entries/", "/tables/entries.csv", "/tables/entries.xlsx", "/search/?q=police"):
        assert (
            site.web.visitor().opener.open(f"http://127.0.0.1:{site.web.port}{path}").status == 200
        )
    assert read(site.primary) == sums_before


def test_a_post_and_a_correction_are_read_at_once_while_every_standby_lags(site: Site) -> None:
    before = site.version()
    for standby in site.standbys:
        pause(standby)
    posted = site.post()
    assert posted == before + 1
    assert [site.version() for _ in range(4)] == [posted] * 4
    assert "Republic of Guatemala" not in site.web.get("/countries/").body
    rename_country(site.checkout, site.primary, "Guatemala", "Republic of Guatemala")
    assert "Republic of Guatemala" in site.web.get("/countries/").body
    pinned = site.web.get(f"/changes/{posted}/")
    assert pinned.status == 200
    for standby in site.standbys:
        pause(standby, "pg_wal_replay_resume")
        site.until_read_from(standby)
    assert site.version() == posted


@pytest.mark.long
def test_of_two_standbys_the_one_that_keeps_up_is_read(site: Site) -> None:
    late, other = site.standbys
    pause(late)
    posted = site.post()
    other.wait_for(site.primary)
    before = read(late)
    site.until_read_from(other)
    assert [site.version() for _ in range(6)] == [posted] * 6
    assert read(late) == before


@pytest.mark.long
def test_a_standby_late_beyond_the_limit_is_left_alone_and_read_again_when_it_has_caught_up(
    site: Site, folder: Path
) -> None:
    with reading_from(site, folder, REPLICA_LAG_SECONDS="0") as site.web:
        late, _other = site.standbys
        pause(late)
        posted = site.post()
        for _ in range(4):
            assert site.version() == posted
        assert "'replica-1': for 0 seconds it has not told what the primary" in (
            site.web.log.read_text()
        )
        pause(late, "pg_wal_replay_resume")
        site.until_read_from(late)


@pytest.mark.long
def test_standbys_that_are_killed_are_done_without_and_read_again_when_they_return(
    site: Site,
) -> None:
    one, two = site.standbys
    site.until_read_from(one)
    one.kill()
    for _ in range(6):
        assert site.version() > 0
    two.kill()
    for _ in range(6):
        assert site.version() > 0
    for standby in site.standbys:
        start_again(standby)
        site.until_read_from(standby)


@pytest.mark.long
def test_while_the_primary_is_away_the_public_reads_on_and_the_desk_says_that_it_can_not(
    site: Site,
) -> None:
    version = site.version()
    person = site.web.visitor()
    site.primary.kill()
    for _ in range(10):
        assert site.version() == version
    for path in ("/es/", "/entries/", f"/changes/{version}.csv", "/versions.csv", "/nowhere/"):
        assert person.get(path).status == (404 if path == "/nowhere/" else 200), path
    refused = site.web.get("/admin/")
    desk = site.web.visitor().post("/account/login/", {"login": "a", "password": "b"})
    assert desk.status == 503
    assert refused.status in (200, 503)
    start_again(site.primary)
    posted = site.post()
    patience = time.monotonic() + PATIENCE
    while site.version() != posted:
        assert time.monotonic() < patience


@pytest.mark.long
def test_without_any_server_pages_and_the_probe_say_that_the_database_does_not_answer(
    site: Site,
) -> None:
    servers = [site.primary, *site.standbys]
    site.version()
    for server in servers:
        server.kill()
    for _ in range(4):
        page = site.day()
        assert (page.status, "The database does not answer right now" in page.body) == (503, True)
        ready = site.web.get("/ready/")
        assert (ready.status, ready.body) == (503, "the database does not answer\n")
    assert site.web.get("/health/").status == 200
    start_again(site.standbys[0])
    site.web.until_it_answers()
    assert site.version() > 0


@pytest.mark.long
def test_while_the_primary_is_away_the_standby_that_has_the_most_is_read(site: Site) -> None:
    late, newest = site.standbys
    pause(late)
    posted = site.post()
    newest.wait_for(site.primary)
    assert site.version() == posted
    site.primary.kill()
    assert [site.version() for _ in range(8)] == [posted] * 8


@pytest.mark.long
def test_a_standby_that_hangs_holds_readers_up_once_and_nobody_thereafter(site: Site) -> None:
    one, _two = site.standbys
    site.until_read_from(one)
    pids = halted(one)
    try:
        took = []
        with ThreadPoolExecutor(4) as readers:
            for _ in range(6):
                begun = time.monotonic()
                assert all(
                    answer.status == 200 for answer in readers.map(lambda _: site.day(), range(4))
                )
                took.append(time.monotonic() - begun)
        assert max(took) < LONGEST, took
        assert len([seconds for seconds in took if seconds > 1.5]) <= 1, took
    finally:
        resume(pids)
    site.until_read_from(one)


@pytest.mark.long
def test_a_primary_that_hangs_holds_readers_up_once(site: Site) -> None:
    version = site.version()
    pids = halted(site.primary)
    try:
        took = []
        for _ in range(8):
            begun = time.monotonic()
            assert site.version() == version
            took.append(time.monotonic() - begun)
        assert max(took) < LONGEST, took
        assert len([seconds for seconds in took if seconds > 1.5]) <= 1, took
    finally:
        resume(pids)


@pytest.mark.long
def test_a_statement_that_stands_in_the_way_of_replay_is_asked_elsewhere(
    site: Site,
) -> None:
    """A standby that has to lock what readers read ends their statements: they don't notice."""
    for standby in site.standbys:
        with psycopg.connect(standby.url(SUPERUSER), autocommit=True) as session:
            session.execute("alter system set max_standby_streaming_delay = 0")
            session.execute("select pg_reload_conf()")
    statuses: list[int] = []
    with (
        ThreadPoolExecutor(3) as readers,
        psycopg.connect(site.primary.url(SUPERUSER), autocommit=True) as session,
    ):
        until = time.monotonic() + 10
        asked = [readers.submit(lambda: _asking(site, statuses, until)) for _ in range(3)]
        while time.monotonic() < until:
            session.execute("begin; lock table ledger_entry in access exclusive mode; commit")
        for each in asked:
            each.result()
    assert set(statuses) == {200}
    conflicts = 0
    for standby in site.standbys:
        log = standby.folder.with_name(f"{standby.folder.name}.log").read_text()
        conflicts += log.count("due to conflict with recovery")
    assert conflicts > 0


def _asking(site: Site, statuses: list[int], until: float) -> None:
    while time.monotonic() < until:
        statuses.append(site.day().status)


@pytest.mark.long
def test_a_standby_whose_password_is_wrong_is_done_without(
    checkout: Path, primary: Cluster, make_standby: Callable[..., Cluster], folder: Path
) -> None:
    standby = make_standby("one", **LOGGED)
    site = Site(checkout, primary, [standby])
    wrong = standby.url().replace(PASSWORD, "not-this-word")
    with reading_from(site, folder, DATABASE_REPLICA_URLS=wrong) as site.web:
        assert site.version() > 0
        assert read(standby) == 0
        said = site.web.log.read_text()
        assert "password authentication failed" in said
        assert "not-this-word" not in said


@pytest.mark.long
def test_after_a_promotion_that_lost_a_version_the_old_timeline_is_not_read(
    site: Site, folder: Path
) -> None:
    """Two ledgers have a version of the same number; that of the primary is told, and no other."""
    old, promoted = site.standbys
    promoted.stop()
    lost = site.post()
    old.wait_for(site.primary)
    site.primary.kill()
    promoted.start()
    promoted.promote()
    site.primary = promoted
    assert site.post() == lost
    assert head(old) != head(promoted)
    with reading_from(site, folder, REPLICA_LAG_SECONDS="0") as site.web:
        before = read(old)
        for _ in range(6):
            assert f"version={lost}-{head(promoted)[:8]}" in site.day().body
        assert head(promoted) in site.web.get("/versions.csv").body
        assert read(old) == before


@pytest.mark.long
def test_the_checksum_of_a_version_shows_that_a_standby_tells_the_ledger(site: Site) -> None:
    site.until_read_from(site.standbys[0])
    version = site.version()
    *_, line = site.web.get("/versions.csv").body.splitlines()
    told = site.web.get(f"/changes/{version}.csv").body.encode()
    assert line.startswith(f"{version},")
    assert hashlib.sha256(told).hexdigest() in line
