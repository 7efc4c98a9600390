"""How tests attack: raw SQL as a person, and the refusal that they expect."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import IsolationLevel

from carsi_tracker.accounts.models import User


@contextmanager
def acting(
    session: psycopg.Connection, user: User, level: IsolationLevel | None = None
) -> Iterator[psycopg.Connection]:
    """Run a transaction of a session, in which a person acts."""
    with session.transaction():
        if level is not None:
            session.execute(f"set transaction isolation level {level.name.replace('_', ' ')}")
        session.execute("select set_config('carsi.actor', %s, true)", [str(user.pk)])
        yield session


def run(session: psycopg.Connection, user: User, sql: str, *values: Any) -> Any:
    """Run one statement as a person; return the first value of its first row, if any."""
    with acting(session, user):
        cursor = session.execute(sql, values)
        row = cursor.fetchone() if cursor.description else None
        return row and row[0]


def value(session: psycopg.Connection, sql: str, *values: Any) -> Any:
    """Return the first value of a statement's first row."""
    row = session.execute(sql, values).fetchone()
    return row and row[0]


@contextmanager
def refused(rule: str, **detail: Any) -> Iterator[None]:
    """Expect the database to refuse what runs inside by a rule, with this detail."""
    with pytest.raises(psycopg.errors.CheckViolation) as caught:
        yield
    diagnostic = caught.value.diag
    assert diagnostic.constraint_name == rule, diagnostic.message_primary
    if detail:
        told = json.loads(diagnostic.message_detail or "{}")
        assert {name: told.get(name) for name in detail} == detail


def denied() -> Any:
    """Expect PostgreSQL's own refusal of what a role may not do."""
    return pytest.raises(psycopg.errors.InsufficientPrivilege)


def sealed(login: str, rule: str) -> Any:
    """Expect what is sealed: no grant for the application, and the rule whatever it is granted."""
    return denied() if login == "application" else refused(rule)


def post(session: psycopg.Connection, user: User, batch: int, reason: str = "") -> int:
    """Post a batch as it stands, by raw SQL."""
    with acting(session, user):
        return int(
            value(
                session, "select rules.post(%s, rules.batch_digest(%s), %s)", batch, batch, reason
            )
        )
