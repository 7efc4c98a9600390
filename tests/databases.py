"""The databases of a test run: a migrated one and a sourced one, and fresh copies of them."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg import sql
from psycopg.errors import ObjectInUse

from carsi_tracker.database import address
from carsi_tracker.database.address import DatabaseAddress
from carsi_tracker.database.limits import set_limits
from carsi_tracker.local import postgresql

FOLDER: Path = address.VAR / "test-postgres"


def prefix(worker: str) -> str:
    """Return how the names of a worker's databases begin: with the process of the test run."""
    controller = os.getppid() if worker != "master" else os.getpid()
    return f"test_{controller}_{worker}"


def remove_those_of_dead_runs() -> None:
    """Remove what runs that were killed left behind."""
    with _maintenance() as session:
        for (name,) in session.execute("select datname from pg_database").fetchall():
            run = re.match(r"test_(\d+)_", name)
            if run and not Path(f"/proc/{run[1]}").exists() and Path("/proc/self").exists():
                with suppress(ObjectInUse):  # its last statement is still at work
                    session.execute(_named("drop database if exists {}", name))


def owner_of(name: str) -> DatabaseAddress:
    """Return the address of a test database for its owner."""
    return replace(_server(postgresql.OWNER) or address.owner(), name=name)


def application_of(name: str) -> DatabaseAddress:
    """Return the address of a test database for the application role."""
    return replace(_server(postgresql.APPLICATION) or address.application(), name=name)


def superuser_of(name: str) -> DatabaseAddress:
    """Return the address of a test database for the superuser of the embedded server."""
    return replace(address.embedded(FOLDER, postgresql.SUPERUSER), name=name)


def make(name: str, template: str | None = None) -> None:
    """Make a database anew, empty or as a copy of a template that no session is at."""
    with _maintenance() as session:
        session.execute(_named("drop database if exists {}", name))
        if template:
            session.execute(
                _named("create database {} template {} strategy file_copy", name, template)
            )
        else:
            session.execute(_named("create database {}", name))


def exists(name: str) -> bool:
    """Say whether there is a database of this name."""
    with _maintenance() as session:
        found = session.execute("select from pg_database where datname = %s", [name])
        return found.fetchone() is not None


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let no other worker make databases while this lasts."""
    with _maintenance() as session:
        session.execute("select pg_advisory_lock(hashtext('databases of tests'))")
        yield


def make_limited(name: str, template: str) -> None:
    """Make a copy that also has what `migrate` sets on a database, which no copy takes over."""
    make(name, template)
    with speaking_to(owner_of(name)):
        set_limits(connection)


def remove(name: str) -> None:
    """Remove a database; sessions that are just closing are waited for."""
    with _maintenance() as session:
        session.execute(_named("drop database if exists {}", name))


def make_templates(empty: str, sourced: str) -> None:
    """Make a migrated database, and one with the sourced ledger."""
    make(empty)
    with speaking_to(owner_of(empty)):
        call_command("migrate", verbosity=0)
    make(sourced, empty)
    with speaking_to(owner_of(sourced)):
        call_command("load_ledger", verbosity=0)


@contextmanager
def speaking_to(database: DatabaseAddress) -> Iterator[None]:
    """Let Django speak to a database, in the role of the address."""
    saved = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(
        HOST=database.host,
        PORT=database.port,
        NAME=database.name,
        USER=database.user,
        PASSWORD=database.password,
        OPTIONS=dict(database.options),
    )
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(saved)


def _server(role: str) -> DatabaseAddress | None:
    return address.embedded(FOLDER, role) if address.is_embedded() else None


def _maintenance() -> psycopg.Connection:
    return psycopg.connect(owner_of("postgres").conninfo(), autocommit=True)


def _named(statement: str, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*(sql.Identifier(name) for name in names))
