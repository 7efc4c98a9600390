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


@pytest.fixture
def database(templates: Templates, worker_id: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the name of a fresh database: migrated, and sourced where a test asks for that."""
    name = f"{databases.prefix(worker_id)}_copy"
    asks_for_sourced = "sourced_ledger" in request.fixturenames
    databases.make(name, templates.sourced if asks_for_sourced else templates.empty)
    yield name
    databases.remove(name)


@pytest.fixture
def owner(owner: psycopg.Connection) -> psycopg.Connection:
    """A session as the owner of the database, each statement committed."""
    owner.autocommit = True
    return owner


@pytest.fixture
def application(application: psycopg.Connection) -> psycopg.Connection:
    """A session as the application role, each statement committed."""
    application.autocommit = True
    return application


@pytest.fixture
def another(connect_application: Callable[[], psycopg.Connection]) -> psycopg.Connection:
    """A second session as the application role."""
    second = connect_application()
    second.autocommit = True
    return second


@pytest.fixture
def django_speaks_as_application(
    application: psycopg.Connection, django_db_blocker: Any
) -> Iterator[None]:
    """Let Django speak to the test's own database, as the application role."""
    with _django_on(application, django_db_blocker):
        yield


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
        factories.analyst(username="ana"),
        factories.approver(username="pablo"),
        factories.funded(1_000_000),
    )


@pytest.fixture
def sourced_ledger(django_speaks_as_application: None) -> Ledger:
    """Give the sourced ledger, an analyst and an approver; Django speaks as the application."""
    return Ledger(
        factories.analyst(username="ana"),
        factories.approver(username="pablo"),
        Appropriation.objects.get(fiscal_year=2008, account__code="INCLE"),
    )
