"""What holds for every session of the database, not for ours alone: limits of time and of place.

They are set on the database itself, by its owner, so that somebody's psql has them too.
"""

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

LIMITS = {
    "lock_timeout": "5s",  # whoever waits for another session is told so
    "idle_in_transaction_session_timeout": "60s",  # nobody holds the head for longer
    "statement_timeout": "60s",
}
PATIENT = "600s"
"""The statement_timeout of what may take long: a deed on the desk, a download."""

PLACES = """
    select format(
        'revoke %s on database %I from %s', g.privilege_type, d.datname,
        case g.grantee when 0 then 'public' else g.grantee::regrole::text end
    )
    from pg_database d
    cross join aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) g
    where d.datname = current_database() and g.grantee <> d.datdba
        and g.privilege_type in ('CREATE', 'TEMPORARY')
"""


def options(*, patient: bool) -> str:
    """Return the limits as libpq takes them in its `options`."""
    own = LIMITS | ({"statement_timeout": "0"} if patient else {})
    return " ".join(f"-c {name}={value}" for name, value in own.items())


def wait_patiently(connection: BaseDatabaseWrapper) -> None:
    """Let the statements of this transaction take long."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('statement_timeout', %s, true)", [PATIENT])


def set_limits(connection: BaseDatabaseWrapper) -> None:
    """Set the limits on the database, as its owner, for the sessions that begin from now on.

    Nobody but the owner may make anything in it, not even temporary things, whose names could
    stand in for ours.
    """
    with connection.cursor() as cursor:
        cursor.execute(PLACES)
        for (revoke,) in cursor.fetchall():
            cursor.execute(revoke)
        for name, value in LIMITS.items():
            cursor.execute(
                sql.SQL("alter database {} set {} = {}").format(
                    sql.Identifier(connection.settings_dict["NAME"]), sql.Identifier(name), value
                )
            )
