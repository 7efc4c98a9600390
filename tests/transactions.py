"""Tests in one transaction that is rolled back: what commits inside is a savepoint of it.

What a commit does beside writing is done when a savepoint of the first level ends: who acts is
forgotten, and what waits for the commit happens.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg
from django.db import connection

from carsi_tracker.caching.remembered import forget_everything

NOBODY = "select " + ", ".join(
    f"set_config('carsi.{name}', '', true)"
    for name in ("actor", "provider", "reason", "address", "session")
)
STATE = "select version, checksum, (select revision from ledger_texts) from ledger_head"


@contextmanager
def ending_as_commits_end() -> Iterator[None]:
    """Let Django's outermost savepoints end as transactions do; forget what was read in them."""
    before = _state()

    def run(execute: Callable[..., Any], sql: str, *words: Any) -> Any:
        result = execute(sql, *words)
        if sql.startswith("RELEASE SAVEPOINT") and not connection.savepoint_ids:
            connection.connection.execute(NOBODY)
            waiting, connection.run_on_commit = connection.run_on_commit, []
            for _, function, _ in waiting:
                function()
        return result

    def on_commit(function: Callable[[], Any], robust: bool = False) -> None:  # noqa: FBT002 (as Django calls it)
        if connection.savepoint_ids:
            wait(function, robust)
        else:
            function()

    wait = connection.on_commit
    with connection.execute_wrapper(run), patch.object(connection, "on_commit", on_commit):
        yield
    if _state() != before:
        forget_everything()


def _state() -> Any:
    if connection.needs_rollback or not connection.is_usable():
        return None
    with psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(STATE).fetchone()


class Session:
    """Django's connection as a raw session of psycopg, each statement a savepoint of its own."""

    def __init__(self, connected: psycopg.Connection) -> None:
        self._connected = connected
        self._depth = 0
        connected.execute("select 1")  # the transaction has begun

    @property
    def info(self) -> psycopg.ConnectionInfo:
        return self._connected.info

    def cursor(self) -> "Cursor":
        return Cursor(self)

    def execute(self, sql: Any, values: Any = None) -> "Cursor":
        return self.cursor().execute(sql, values)

    @contextmanager
    def transaction(self, *, force_rollback: bool = False) -> Iterator[None]:
        with self._connected.transaction(force_rollback=force_rollback):
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
        if not self._depth and not force_rollback:
            self._connected.execute(NOBODY)

    @contextmanager
    def statement(self) -> Iterator[None]:
        if self._depth:
            yield
        else:
            with self.transaction():
                yield


class Cursor(psycopg.Cursor[Any]):
    """A cursor that reads values as psycopg does, not as Django does."""

    def __init__(self, session: Session) -> None:
        super().__init__(session._connected)
        self._session = session
        self._adapters = psycopg.adapt.AdaptersMap(psycopg.adapters)
        self._reset()

    def execute(self, *words: Any, **named: Any) -> "Cursor":
        with self._session.statement():
            return super().execute(*words, **named)

    @contextmanager
    def copy(self, *words: Any, **named: Any) -> Iterator[psycopg.Copy]:
        with self._session.statement(), super().copy(*words, **named) as rows:
            yield rows
