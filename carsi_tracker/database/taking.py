"""Taking all tables for oneself while others work: asked for a moment at a time.

Whoever waits for a table holds up all who come after, and two that hold what the other wants are
parted by PostgreSQL after a second, one of them with an error. So what can't be had at once is
given back, and asked for again.
"""

import time

from django.db import OperationalError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.errors import DeadlockDetected, LockNotAvailable

MOMENT = "200ms"
"""How long others wait behind us; PostgreSQL's own deadlock_timeout is a second."""
SECONDS_BETWEEN = 0.5
SECONDS_OF_PATIENCE = 90.0  # a session may do nothing in a transaction for 60
LOCK_ALL = """
    select 'lock table ' || string_agg(c.oid::regclass::text, ', ') || ' in access exclusive mode'
    from pg_class c
    where relnamespace in ('public'::regnamespace, to_regnamespace('rules'))
        and relkind in ('r', 'p', 'v') and pg_has_role(relowner, 'usage')
"""


def take_tables(connection: BaseDatabaseWrapper) -> None:
    """Lock all tables and views of the owner until the caller's transaction ends.

    Raises OperationalError where they are in use for longer than our patience.
    """
    patience = time.monotonic() + SECONDS_OF_PATIENCE
    while True:
        try:
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                cursor.execute("select current_setting('lock_timeout')")
                (usual,) = cursor.fetchone()
                cursor.execute("select set_config('lock_timeout', %s, true)", [MOMENT])
                cursor.execute(LOCK_ALL)
                (lock,) = cursor.fetchone()
                if lock:  # a new database has none
                    cursor.execute(lock)
                cursor.execute("select set_config('lock_timeout', %s, true)", [usual])
                return
        except OperationalError as error:
            in_use = isinstance(error.__cause__, LockNotAvailable | DeadlockDetected)
            if not in_use or time.monotonic() > patience:
                raise
        time.sleep(SECONDS_BETWEEN)
