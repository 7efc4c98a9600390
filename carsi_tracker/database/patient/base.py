"""Django's PostgreSQL, given up where the server has fallen silent instead of waited for.

A statement may take its time while the server answers others. A server that answers nobody, because
it was halted or its machine has gone, would hold every thread of the tracker for as long.
"""

import time
from typing import Any, ClassVar, TypeVar

import psycopg
from django.db.backends.postgresql import base
from psycopg.abc import PQGen
from psycopg.errors import ConnectionTimeout, OperationalError, _WaitTimeout
from psycopg.waiting import Ready

SECONDS_OF_PATIENCE = 3.0
"""Seconds of a statement after which the server is asked whether it answers, again and again."""
SECONDS_OF_SILENCE = 2.0
"""Seconds in which a server that has just not answered is not asked again."""
Result = TypeVar("Result")


def _resumed(gen: PQGen[Result]) -> PQGen[Result]:
    """Let a statement be waited for again: each wait begins with None, which says nothing.

    A statement that is still being sent takes it for an error.
    """
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            wanted = gen.send(ready or Ready.NONE)
    except StopIteration as ended:
        result: Result = ended.value
        return result


class PatientConnection(psycopg.Connection[Any]):
    """A connection that asks after its server while it waits for it."""

    silent_until: ClassVar[dict[str, float]] = {}  # of the clock of time.monotonic(), by server
    made_by: tuple[tuple[Any, ...], dict[str, Any]]

    @classmethod
    def connect(cls, *args: Any, **options: Any) -> "PatientConnection":
        """Connect; at once an OperationalError where the server was silent a moment ago."""
        server = repr((args, [options.get(name) for name in ("host", "port")]))
        if time.monotonic() < cls.silent_until.get(server, 0.0):
            raise OperationalError("the server did not answer a moment ago")
        try:
            made = super().connect(*args, **options)
        except ConnectionTimeout:
            cls.silent_until[server] = time.monotonic() + SECONDS_OF_SILENCE
            raise
        made.made_by = (args, options)
        return made

    def wait(
        self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None
    ) -> Result:
        """Wait for a statement as long as the server answers. Raises OperationalError."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        resumed = _resumed(gen)
        while True:
            try:
                return super().wait(resumed, interval, SECONDS_OF_PATIENCE)
            except _WaitTimeout:
                if not self._answers_others():
                    self.pgconn.finish()
                    raise OperationalError("the server has fallen silent") from None

    def _answers_others(self) -> bool:
        args, options = self.made_by
        try:
            PatientConnection.connect(*args, **options).close()
        except OperationalError as error:
            return "FATAL" in str(error)  # it refuses, so it answers
        return True


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's wrapper, with connections that have this patience."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> PatientConnection:
        """Connect, at the isolation that PostgreSQL has by default."""
        self.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        return PatientConnection.connect(**conn_params)

    def chunked_cursor(self) -> Any:
        """Return a cursor of the server within a transaction, outside of one an ordinary one.

        A pool of connections gives the server's session to others at the end of each transaction.
        """
        return super().chunked_cursor() if self.in_atomic_block else self.cursor()
