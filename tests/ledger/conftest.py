"""Sessions that attack the ledger, each test in a database of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.db import connection

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger.models import Appropriation
from tests import databases, factories
from tests.conftest import Templates
from tests.transactions import Session, ending_as_commits_end

OWNER = databases.owner_of("").user
BEFORE = {
    "granted": f"grant all on all tables in schema public to {databases.application_of('').user}",
    "alone": "update ledger_office set self_approval_rule = 'An office of one.'",
}
"""What the owner did before: a role with every grant, and one whose office is one person."""


@pytest.fixture(scope="session")
def workbench(templates: Templates, worker_id: str, django_db_blocker: Any) -> Iterator[str]:
    """Give the name of a database to copy: two people, and a million dollars in version 1."""
    name = f"{databases.prefix(worker_id)}_workbench"
    databases.make(name, templates.empty)
    with django_db_blocker.unblock(), databases.speaking_to(databases.application_of(name)):
        _people()
        factories.funded(1_000_000)
    yield name
    databases.remove(name)


@pytest.fixture(scope="session")
def shared_workbench(workbench: str) -> Iterator[Callable[[str], str]]:
    """Give the names of copies that tests share, by what their owner did; each is made once."""
    made: dict[str, str] = {}

    def of(login: str) -> str:
        by_owner = BEFORE.get(login, "")
        if by_owner not in made:
            name = made[by_owner] = f"{workbench}_shared_{len(made)}"
            _make(name, workbench, by_owner)
        return made[by_owner]

    yield of
    for name in made.values():
        databases.remove(name)


@pytest.fixture
def login() -> str:
    """Whose session a test in a shared database has: see `BEFORE`; tests name others."""
    return "application"


@pytest.fixture
def database(
    templates: Templates, worker_id: str, request: pytest.FixtureRequest, login: str
) -> Iterator[str]:
    """Give the name of a fresh database: with what else the test asks for, or migrated alone."""
    name = f"{databases.prefix(worker_id)}_copy"
    if "ledger" in request.fixturenames:
        template = request.getfixturevalue("workbench")
    else:
        template = (
            templates.sourced if "sourced_ledger" in request.fixturenames else templates.empty
        )
    _make(name, template, BEFORE.get(login, ""))
    yield name
    databases.remove(name)


def _make(name: str, template: str, by_owner: str) -> None:
    databases.make(name, template)
    if by_owner:
        with psycopg.connect(databases.owner_of(name).conninfo()) as owner:
            owner.execute(by_owner)


@pytest.fixture
def owner(owner: psycopg.Connection) -> psycopg.Connection:
    """A session as the owner of the database, each statement committed."""
    owner.autocommit = True
    return owner


def has_a_copy(request: pytest.FixtureRequest) -> bool:
    """Say whether a test commits, speaks as the owner or opens sessions of its own."""
    asked = {"database", "owner", "another", "connect_application"} & set(request.node.fixturenames)
    return bool(asked) or request.node.get_closest_marker("commits") is not None


@pytest.fixture
def application(
    templates: Templates, django_db_setup: None, request: pytest.FixtureRequest, login: str
) -> Iterator[psycopg.Connection | Session]:
    """A session as the application role, or as `login` says, each statement committed.

    A test with this session alone has it in a transaction that is rolled back, on a database that
    others share, and Django speaks through the same session. A test that also asks for the owner,
    for `another` session or for the `database`, or has the marker `commits`, has a copy.
    """
    if has_a_copy(request):
        session = request.getfixturevalue("connect_application")()
        session.autocommit = True
        yield session
    elif "ledger" in request.fixturenames:
        shared = request.getfixturevalue("shared_workbench")(login)
        address = databases.owner_of if login == "owner" else databases.application_of
        with databases.speaking_to(address(shared)):
            request.getfixturevalue("db")
            with ending_as_commits_end():
                yield Session(connection.connection)
    else:
        request.getfixturevalue("sourced" if "sourced_ledger" in request.fixturenames else "db")
        yield Session(connection.connection)


@pytest.fixture
def session(application: psycopg.Connection | Session) -> psycopg.Connection | Session:
    """The session of whoever attacks: the application role, or as `login` says."""
    return application


@pytest.fixture
def another(connect_application: Callable[[], psycopg.Connection]) -> psycopg.Connection:
    """A second session as the application role."""
    second = connect_application()
    second.autocommit = True
    return second


@pytest.fixture
def django_speaks_as_application(
    application: psycopg.Connection | Session,
    request: pytest.FixtureRequest,
    django_db_blocker: Any,
) -> Iterator[None]:
    """Let Django speak to the test's own database, as the application role."""
    if has_a_copy(request):
        with _django_on(application, django_db_blocker):
            yield
    else:
        yield  # it is Django's own session


@pytest.fixture
def django_speaks_as_owner(owner: psycopg.Connection, django_db_blocker: Any) -> Iterator[None]:
    """Let Django speak to the test's own database, as its owner."""
    with _django_on(owner, django_db_blocker):
        yield


@contextmanager
def _django_on(session: psycopg.Connection, blocker: Any) -> Iterator[None]:
    saved = dict(connection.settings_dict)
    info = session.info
    connection.settings_dict.update(
        NAME=info.dbname, USER=info.user, HOST=info.host, PORT=info.port, PASSWORD=info.password
    )
    with blocker.unblock():
        connection.close()
        yield
        connection.close()
    connection.settings_dict.clear()
    connection.settings_dict.update(saved)


@dataclass
class Ledger:
    """A ledger with a funded appropriation, and two people who had no hand in it."""

    analyst: User
    approver: User
    appropriation: Appropriation


@pytest.fixture
def ledger(django_speaks_as_application: None) -> Ledger:
    """Give a small ledger: one appropriation of a million dollars, posted as version 1."""
    return Ledger(
        User.objects.get(username="ana"),
        User.objects.get(username="pablo"),
        Appropriation.objects.get(),
    )


@pytest.fixture
def sourced_ledger(django_speaks_as_application: None) -> Ledger:
    """Give the sourced ledger, an analyst and an approver; Django speaks as the application."""
    _people()
    return Ledger(
        User.objects.get(username="ana"),
        User.objects.get(username="pablo"),
        Appropriation.objects.get(fiscal_year=2008, account__code="INCLE"),
    )


def _people() -> None:
    factories.analyst(username="ana")
    factories.approver(username="pablo")
