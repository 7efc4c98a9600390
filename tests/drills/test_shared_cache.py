"""Web machines that share their pages in a cache server, and do without it; one makes a page."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
import redis

from tests.drills.clusters import PATIENCE, SUPERUSER, Cluster, free_port
from tests.drills.machines import WebMachine, serving

ASKING = 50  # readers at once
HOST = {"Host": "127.0.0.1:1"}  # of one site, whichever machine answers
SLOWEST = 3.0  # seconds that a reader may wait while the cache hangs, beside others on two cores


@dataclass
class CacheServer:
    """A server that keeps what it is given, at a port of its own."""

    folder: Path
    port: int = field(default_factory=free_port)
    more: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        if program is None:
            pytest.skip("Install redis-server or valkey-server of Debian.")
        self.process = subprocess.Popen(
            [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", *self.more],
            cwd=self.folder, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        patience = time.monotonic() + PATIENCE
        while True:
            try:
                self.client.ping()
            except redis.ConnectionError:
                assert time.monotonic() < patience
            else:
                return

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    @property
    def client(self) -> "redis.Redis":
        return redis.Redis(port=self.port)

    def pages(self) -> list[str]:
        """Return the keys of all that it keeps, but what `/ready/` puts there."""
        keys = sorted(key.decode() for key in self.client.scan_iter())
        return [key for key in keys if not key.endswith(":ready")]


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[CacheServer]:
    made = CacheServer(tmp_path)
    made.start()
    yield made
    made.process.send_signal(signal.SIGCONT)
    made.kill()


@pytest.fixture
def logged(primary: Cluster) -> Cluster:
    """Give the primary, which logs all statements."""
    with psycopg.connect(primary.url(SUPERUSER), autocommit=True) as session:
        session.execute("alter system set log_statement = 'all'")
        session.execute("select pg_reload_conf()")
    return primary


@contextmanager
def machines(
    checkout: Path, folder: Path, database: Cluster, number: int, **more: str
) -> Iterator[list[WebMachine]]:
    """Serve a checkout by several machines of two processes."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                serving(checkout, folder / f"web{each}.log", DATABASE_URL=database.url(), **more)
            )
            for each in range(number)
        ]


def made(database: Cluster, day: str) -> int:
    """Return how often the list of entries of a day was asked of the database."""
    log = database.folder.with_name(f"{database.folder.name}.log").read_text()
    statements = re.split(r"LOG:  statement: ", log)
    return sum("ledger_entry" in each and day in each and " LIMIT " in each for each in statements)


def ask_at_once(asked: list[WebMachine], path: str) -> Counter[int]:
    """Ask for a page as many readers at once, of all machines in turn; count the statuses."""
    with ThreadPoolExecutor(ASKING) as readers:
        each = [
            readers.submit(asked[number % len(asked)].get, path, **HOST) for number in range(ASKING)
        ]
        return Counter(answer.result().status for answer in each)


def test_a_cold_page_is_made_once_by_two_machines_of_two_processes(
    checkout: Path, folder: Path, logged: Cluster, cache: CacheServer
) -> None:
    with machines(checkout, folder, logged, 2, CACHE_URL=cache.url) as both:
        assert ask_at_once(both, "/entries/?as_of=2011-02-03") == {200: ASKING}
        assert made(logged, "2011-02-03") == 1


@pytest.mark.long
def test_a_cold_page_is_made_once_by_the_processes_of_a_machine_without_a_cache_server(
    checkout: Path, folder: Path, logged: Cluster
) -> None:
    with machines(checkout, folder, logged, 1) as one:
        assert ask_at_once(one, "/entries/?as_of=2011-02-03") == {200: ASKING}
        assert made(logged, "2011-02-03") == 1


@pytest.mark.long
def test_where_who_makes_a_page_dies_another_makes_it(
    checkout: Path, folder: Path, logged: Cluster, cache: CacheServer
) -> None:
    with machines(checkout, folder, logged, 2, CACHE_URL=cache.url, WEB_PROCESSES="1") as both:
        for machine in both:  # all else that they need is there
            machine.get("/entries/1-1/?as_of=2011-01-01", **HOST)
        path = "/entries/1-1/?as_of=2011-02-03"
        with psycopg.connect(logged.url(SUPERUSER)) as session:
            session.execute("lock table ledger_entry in access exclusive mode")
            with ThreadPoolExecutor(2) as readers:
                dying = readers.submit(_status, both[0], path)
                _until(lambda: any(":turn:" in key for key in cache.pages()))
                living = readers.submit(_status, both[1], path)
                children = f"/proc/{both[0].process.pid}/task/{both[0].process.pid}/children"
                for pid in Path(children).read_text().split():
                    os.kill(int(pid), signal.SIGKILL)
                assert dying.result() == 0
                session.rollback()
                begun = time.monotonic()
                assert living.result() == 200
                assert time.monotonic() - begun < 10


def _status(machine: WebMachine, path: str) -> int:
    """Return the status of an answer, 0 where there was none."""
    try:
        return machine.get(path, **HOST).status
    except OSError:
        return 0


def _until(holds: object) -> None:
    patience = time.monotonic() + PATIENCE
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < patience


@pytest.mark.long
def test_two_machines_share_pages_and_the_desk_shares_none(
    checkout: Path, folder: Path, logged: Cluster, cache: CacheServer
) -> None:
    with machines(checkout, folder, logged, 2, CACHE_URL=cache.url) as (one, other):
        one.get("/entries/?as_of=2011-02-03")
        kept = cache.pages()
        assert len(kept) == 1
        for path in ("/admin/", "/account/login/", "/health/", "/nowhere/", "/?as_of=never"):
            assert "immutable" not in one.get(path).headers.get("Cache-Control", "")
        assert cache.pages() == kept
        first = one.get("/entries/?as_of=2011-03-04", **HOST)
        again = other.get("/entries/?as_of=2011-03-04", **HOST)
        assert (first.status, first.headers["Etag"]) == (200, again.headers["Etag"])
        assert made(logged, "2011-03-04") == 1


def test_pages_come_from_the_database_while_the_cache_is_away_and_from_it_when_it_is_back(
    checkout: Path, folder: Path, logged: Cluster, cache: CacheServer
) -> None:
    with machines(checkout, folder, logged, 1, CACHE_URL=cache.url, WEB_PROCESSES="1") as (
        machine,
    ):
        machine.get("/")
        cache.process.send_signal(signal.SIGSTOP)
        took = [_timed(machine, f"/entries/?as_of=2012-01-{day:02}") for day in range(1, 13)]
        assert max(took) < SLOWEST
        assert sum(seconds > 0.45 for seconds in took) <= 1 + sum(took) // 5, took
        cache.process.send_signal(signal.SIGCONT)
        cache.kill()
        for day in range(1, 13):
            assert machine.get(f"/entries/?as_of=2012-02-{day:02}").status == 200
        cache.start()
        patience = time.monotonic() + PATIENCE
        while not cache.pages():
            assert machine.get("/entries/?as_of=2012-03-01").status == 200
            assert time.monotonic() < patience
        said = machine.log.read_text()
        assert said.count("CACHE_URL does not answer") == 1
        assert "Traceback" not in said


def _timed(machine: WebMachine, path: str) -> float:
    begun = time.monotonic()
    assert machine.get(path).status == 200
    return time.monotonic() - begun


@pytest.mark.long
def test_a_full_cache_and_foreign_things_in_it_are_no_error(
    checkout: Path, folder: Path, logged: Cluster, tmp_path: Path
) -> None:
    cache = CacheServer(tmp_path, more=("--maxmemory", "2mb", "--maxmemory-policy", "noeviction"))
    cache.start()
    try:
        with machines(checkout, folder, logged, 1, CACHE_URL=cache.url) as (machine,):
            path = "/entries/?as_of=2011-02-03"
            first = machine.get(path)
            (key,) = cache.pages()
            for put in (
                lambda: cache.client.rpush(key, "a list"),
                lambda: cache.client.set(key, "7"),
                lambda: cache.client.set(key, b"\x80\x05no page"),
                lambda: cache.client.set(key, b"<html>"),
            ):
                cache.client.delete(key)
                put()
                again = machine.get(path)
                assert (again.status, again.body) == (200, first.body)
            fill(cache)
            for day in range(1, 5):
                assert machine.get(f"/entries/?as_of=2012-01-{day:02}").status == 200
            assert "Traceback" not in machine.log.read_text()
    finally:
        cache.kill()


def fill(cache: CacheServer) -> None:
    """Fill a cache server until it takes nothing more."""
    for number in range(10_000):
        try:
            cache.client.set(f"other:{number}", b"x" * 10_000)
        except redis.exceptions.ResponseError:
            return
    raise AssertionError("it was never full")
