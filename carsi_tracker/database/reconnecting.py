"""The first query of a page, which finds out whether PostgreSQL is still there."""

from typing import Any

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper


def first_row(query: str, connection: BaseDatabaseWrapper) -> tuple[Any, ...]:
    """Return the one row of a query; a connection that PostgreSQL has closed is opened again.

    Stands in for Django's health check of the connection, which would be a second round trip on
    each page.
    """
    connection.health_check_done = True  # type: ignore[attr-defined]  # the stubs lack it
    try:
        return _row(query, connection)
    except OperationalError:
        if connection.in_atomic_block:
            raise
        connection.close()
        return _row(query, connection)


def _row(query: str, connection: BaseDatabaseWrapper) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        row: tuple[Any, ...] = cursor.fetchone()
    return row
