"""What all tests share: the database server, a database of their own, people."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import psycopg
import pytest
from django.core.cache import caches
from django.utils import translation
from psycopg.errors import ObjectInUse

from carsi_tracker.caching.remembered import forget_everything
from carsi_tracker.database import address
from carsi_tracker.local import postgresql
from carsi_tracker.reports.page import answering
from carsi_tracker.reports.page.places import Places
from tests import databases
from tests.transactions import ending_as_commits_end

WAYS_IN = ("any_way", "file_way")
"""Fixtures that give a test each way in."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests run in one of their circumstances or ways in, in turn; with everything, in all."""
    if os.environ.get("EVERYTHING"):
        return
    alike: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if of := _in_turn(item):
            others = sorted(case for case in item.callspec.indices.items() if case[0] not in of)  # type: ignore[attr-defined]
            alike[f"{item.nodeid.partition('[')[0]}{others}"].append(item)
    left_out = set()
    for name, group in alike.items():
        del group[crc32(name.encode()) % len(group)]
        left_out.update(group)
    items[:] = [item for item in items if item not in left_out]


def _in_turn(item: pytest.Item) -> set[str]:
    """Return the parameters of a test of whose values a run takes one."""
    spec = getattr(item, "callspec", None)
    if spec is None:
        return set()
    if os.environ.get("ONE_CASE"):
        return set(spec.params)
    if marker := item.get_closest_marker("in_turn"):
        return set(marker.args or spec.params)
    return {way for way in WAYS_IN if way in spec.params}


@dataclass(frozen=True)
class Templates:
    """The names of the databases that tests copy; no test speaks to them."""

    empty: str
    sourced: str


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Let one more work than there are cores: tests of servers wait for much of their time."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def templates(worker_id: str, django_db_blocker: Any) -> Iterator[Templates]:
    """Give the databases that all workers' tests start from; the next run removes them."""
    run = databases.prefix(worker_id).removesuffix(worker_id)
    made = Templates(f"{run}empty", f"{run}sourced")
    if address.is_embedded():
        postgresql.start(databases.FOLDER, durable=False)
    with databases.one_at_a_time(), django_db_blocker.unblock():
        if not databases.exists(made.sourced):
            databases.remove_those_of_dead_runs()
            databases.make_templates(made.empty, made.sourced)
    yield made
    with suppress(ObjectInUse):  # Django's session ends with the process; the next run removes it
        for name in _spoken_to(worker_id):
            databases.remove(name)
    if address.is_embedded():
        postgresql.release(databases.FOLDER)


@pytest.fixture(scope="session")
def django_db_setup(templates: Templates, worker_id: str) -> Iterator[None]:
    """Let Django speak to a migrated database, as the application role."""
    for name, template in zip(
        _spoken_to(worker_id), (templates.empty, templates.sourced), strict=True
    ):
        databases.make(name, template)
    with databases.speaking_to(databases.application_of(_spoken_to(worker_id)[0])):
        yield


@pytest.fixture(autouse=True)
def _no_language_of_another_test() -> None:
    translation.deactivate()


@pytest.fixture(autouse=True)
def _places_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests leave streamed files unread, which then keep their places for dear pages."""
    monkeypatch.setattr(answering, "PLACES", Places(1000, 0))


@pytest.fixture(autouse=True)
def _nothing_of_another_ledger(request: pytest.FixtureRequest) -> Iterator[None]:
    """Forget what was remembered of a ledger that is gone after the test.

    A rolled-back transaction sees to that itself, where it wrote what figures come from, so that
    tests which only read the sourced ledger share what they remember.
    """
    caches["pages"].clear()
    yield
    committed = {"db", "database", "connect_application"} & set(request.node.fixturenames)
    if committed or request.node.get_closest_marker("commits"):
        forget_everything()


@pytest.fixture
def sourced(
    worker_id: str, django_db_setup: None, request: pytest.FixtureRequest
) -> Iterator[None]:
    """Give the sourced ledger, as the application role, in a transaction that is rolled back."""
    with databases.speaking_to(databases.application_of(_spoken_to(worker_id)[1])):
        request.getfixturevalue("db")
        with ending_as_commits_end():
            yield


@pytest.fixture
def database(templates: Templates, worker_id: str) -> Iterator[str]:
    """Give the name of a fresh migrated database, for tests whose sessions commit."""
    name = f"{databases.prefix(worker_id)}_copy"
    databases.make(name, templates.empty)
    yield name
    databases.remove(name)


@pytest.fixture
def owner(database: str) -> Iterator[psycopg.Connection]:
    """Give a session on the fresh database, as its owner."""
    with psycopg.connect(databases.owner_of(database).conninfo()) as session:
        yield session


@pytest.fixture
def connect_application(database: str) -> Iterator[Callable[[], psycopg.Connection]]:
    """Give what opens sessions on the fresh database, as the application role."""
    sessions: list[psycopg.Connection] = []

    def connect() -> psycopg.Connection:
        session = psycopg.connect(databases.application_of(database).conninfo())
        sessions.append(session)
        return session

    yield connect
    for session in sessions:
        session.close()


@pytest.fixture
def application(connect_application: Callable[[], psycopg.Connection]) -> psycopg.Connection:
    """Give a session on the fresh database, as the application role."""
    return connect_application()


@pytest.fixture
def desk_database(
    templates: Templates, worker_id: str, django_db_blocker: Any, request: pytest.FixtureRequest
) -> Iterator[None]:
    """Give the sourced ledger, to which Django writes as the application role.

    All that a test writes is in a transaction that is rolled back, so no other session sees it;
    with the marker `commits` the test writes to a copy, and commits.
    """
    if request.node.get_closest_marker("commits"):
        name = f"{databases.prefix(worker_id)}_written"
        databases.make(name, templates.sourced)
        with django_db_blocker.unblock(), databases.speaking_to(databases.application_of(name)):
            yield
        databases.remove(name)
    else:
        request.getfixturevalue("sourced")
        yield


def _spoken_to(worker: str) -> tuple[str, str]:
    """Name the copies that a worker's tests in a transaction share: without figures, and with."""
    return f"{databases.prefix(worker)}_empty_shared", f"{databases.prefix(worker)}_sourced_shared"
