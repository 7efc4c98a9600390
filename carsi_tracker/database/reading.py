"""From which server an answer is read: a replica that has the newest version, or the primary.

The primary says which version is the newest, and revision of the texts; while it is away, the
replica that has the newest does. Whoever writes, signs in or works at the desk asks the primary.
"""

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from itertools import count
from typing import Any, NamedTuple, TypeVar

import psycopg
from django.conf import settings
from django.db import Error, InterfaceError, InternalError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.errors import DeadlockDetected, QueryCanceled, SerializationFailure

from carsi_tracker.database.reconnecting import first_row
from carsi_tracker.database.resting import Resting

PRIMARY = "default"
HEAD = (
    "select h.version, h.checksum, t.revision * 4294967296 + t.xmin::text::bigint"
    " from ledger_head h, ledger_texts t"
)
CONFLICTS = (SerializationFailure, DeadlockDetected)
"""How a standby ends a statement that stands in the way of what it has to replay."""

T = TypeVar("T")
_turns = count()


class Head(NamedTuple):
    """The newest version that a server has, its checksum, and the revision of the texts.

    The revision tells also by which transaction it was written, because its count alone comes again
    where one was rolled back, or a backup restored.
    """

    version: int
    checksum: str
    revision: int


class ReadAnswer:
    """What one answer reads: the head that it speaks of, and the one server that it asks."""

    def __init__(self, head: Head, told_by: str, without: frozenset[str]) -> None:
        self.head, self.told_by, self.without = head, told_by, without
        self.server = ""

    def alias(self) -> str:
        """Return the server that this answer asks; it is chosen when one is first needed."""
        self.server = self.server or self._choose()
        return self.server

    def _choose(self) -> str:
        for alias in _in_turn(replicas()):
            if alias not in self.without and RESTING.may_be_asked(alias):
                told = _told_or_none(alias)
                if told and self.told_by == PRIMARY:
                    self._note_lag(alias, told)
                if told == self.head:
                    return alias
        return PRIMARY

    def _note_lag(self, alias: str, told: Head) -> None:
        if told == self.head:
            RESTING.keeps_up(alias)
        else:
            RESTING.lacks(alias, settings.REPLICA_LAG_SECONDS)


_now: ContextVar[ReadAnswer | None] = ContextVar("_now", default=None)


class ReadingRouter:
    """Tell Django from where to read; everything is written to the primary."""

    def db_for_read(self, _model: Any, **_hints: Any) -> str:
        """Return the server that the answer asks."""
        return alias()

    def db_for_write(self, _model: Any, **_hints: Any) -> str:
        """Return the primary."""
        return PRIMARY

    def allow_relation(self, _one: Any, _other: Any, **_hints: Any) -> bool:
        """Let rows of all servers go together: they are the same rows."""
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool:
        """Make nothing on a replica: it follows."""
        return db == PRIMARY


class ReadingConnection:
    """Stands in for `django.db.connection`, at the server from which this answer is read."""

    def __getattr__(self, name: str) -> Any:
        return getattr(connections[alias()], name)


connection: BaseDatabaseWrapper = ReadingConnection()  # type: ignore[assignment]  # acts as one


def alias() -> str:
    """Return the name, in Django's DATABASES, of the server from which to read now."""
    reading = _now.get()
    return reading.alias() if reading else PRIMARY


def replicas() -> list[str]:
    """Return the names of the replicas, in Django's DATABASES."""
    return [alias for alias in settings.DATABASES if alias != PRIMARY]


def head() -> Head:
    """Return the newest version: that of which this answer speaks, else that of the primary."""
    reading = _now.get()
    return reading.head if reading else told_by(PRIMARY)


def told_by(alias: str) -> Head:
    """Ask a server for the newest version that it has. Raises django.db.Error."""
    return Head(*first_row(HEAD, connections[alias]))


def answered(make: Callable[[], T]) -> T:
    """Return what is made by reading; made again from another server where a replica fails.

    Raises what the primary raises.
    """
    if not replicas() or _now.get():
        return make()
    (newest, told_by), without = _newest(), frozenset[str]()
    while True:
        reading = ReadAnswer(newest, told_by, without)
        token = _now.set(reading)
        try:
            return make()
        except (Error, psycopg.Error) as error:
            if reading.server in ("", PRIMARY) or isinstance(_cause(error), QueryCanceled):
                raise
            _note(reading.server, error)
            without |= {reading.server}
        finally:
            _now.reset(token)


def _is_well(alias: str) -> bool:
    """Say whether a server answers, a replica as the primary does; for a thread of its own."""
    try:
        told = told_by(alias)
        return alias == PRIMARY or not RESTING.may_be_asked(PRIMARY) or told == told_by(PRIMARY)
    except Error:
        return False
    finally:
        connections.close_all()


RESTING = Resting(_is_well)


def left_alone() -> list[str]:
    """Return the servers to which this process sends no readers now, as DATABASES names them."""
    return [name for name in settings.DATABASES if not RESTING.may_be_asked(name)]


def _newest() -> tuple[Head, str]:
    """Return the primary's head; while it is away, the newest of its replicas; and who told it."""
    failure: Error | None = None
    if RESTING.may_be_asked(PRIMARY):
        try:
            return told_by(PRIMARY), PRIMARY
        except (OperationalError, InterfaceError) as error:
            failure = error
            _note(PRIMARY, error)
    told = {
        alias: found
        for alias in replicas()
        if RESTING.may_be_asked(alias) and (found := _told_or_none(alias))
    }
    if told:
        best = max(told, key=lambda alias: (not RESTING.is_late(alias), told[alias]))
        return told[best], best
    if failure:
        raise failure
    return told_by(PRIMARY), PRIMARY


def _told_or_none(alias: str) -> Head | None:
    try:
        return told_by(alias)
    except Error as error:
        _note(alias, error)
        return None


def _note(alias: str, error: Exception) -> None:
    """Leave a server alone that fails; not one that gave up a statement for what it replays."""
    if isinstance(_cause(error), CONFLICTS):
        return
    connections[alias].close()
    sick = OperationalError, InterfaceError, InternalError, psycopg.OperationalError
    if isinstance(error, sick):
        RESTING.rest(alias, str(error))


def _cause(error: Exception) -> BaseException:
    return error.__cause__ or error


def _in_turn(aliases: list[str]) -> Iterator[str]:
    """Yield all, beginning with another one each time."""
    first = next(_turns) % max(1, len(aliases))
    yield from aliases[first:] + aliases[:first]
