"""The rules of the ledger as `sql/` says them, applied to a database in the files' order."""

import hashlib
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

READER = "carsi_reader"
"""The role of machines that serve the public site alone, where the server has it."""
FILES = sorted((Path(__file__).parent / "sql").glob("*/*.sql"))


def apply(_connection: BaseDatabaseWrapper, _application_role: str) -> None:
    """Do nothing: an old migration asks for it, from before the rules followed every migration."""


def are_current(connection: BaseDatabaseWrapper, application_role: str) -> bool:
    """Say whether the database was given the rules as the files are now, for this role."""
    with connection.cursor() as cursor:
        cursor.execute("select obj_description(to_regnamespace('rules'), 'pg_namespace')")
        return bool(cursor.fetchone()[0] == _stamp(connection, application_role))


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the rules out of the database, as the owner, for as long as the transaction lasts."""
    with connection.cursor() as cursor:
        cursor.execute("drop schema if exists rules cascade")


def install(connection: BaseDatabaseWrapper, application_role: str) -> None:
    """Make the database hold the rules as the files say them, for the given application role.

    Runs as the owner, in the caller's transaction, on tables that all migrations have made.
    """
    remove(connection)
    with connection.cursor() as cursor:
        cursor.execute("select set_config('carsi.application_role', %s, true)", [application_role])
        cursor.execute("select set_config('carsi.from_before', '', true)")
        cursor.execute("create schema rules")
        for file in FILES:
            cursor.execute(file.read_text())
        comment = sql.SQL("comment on schema rules is {}").format(
            _stamp(connection, application_role)
        )
        cursor.execute(comment)


def names_twice(connection: BaseDatabaseWrapper) -> list[tuple[str, str, str]]:
    """Return table, column and names that are one, from before the database refused that."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select of_table, of_column, string_agg(names, ', ' order by names)"
            " from rules.names_twice group by 1, 2 order by 1, 2"
        )
        found: list[tuple[str, str, str]] = cursor.fetchall()
    return found


def broken_from_before(connection: BaseDatabaseWrapper) -> list[str]:
    """Return, after `install` and in its transaction, which rows break rules that came later."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('carsi.from_before', true)")
        rows = (cursor.fetchone()[0] or "").splitlines()
        cursor.execute(
            "select version, name from rules.verify_moves() where problem = 'old move'"
            " order by 1, 2"
        )
        return rows + [f"the move of version {version} ({name})" for version, name in cursor]


def _stamp(connection: BaseDatabaseWrapper, application_role: str) -> str:
    """Return what the database keeps to tell which files it was given, and for whom."""
    with connection.cursor() as cursor:
        cursor.execute("select rolname from pg_roles where rolname = %s", [READER])
        roles = [application_role, *(name for (name,) in cursor)]
    content = "".join(f"{file.name}\n{file.read_text()}\n" for file in FILES)
    return hashlib.sha256(f"{' '.join(roles)}\n{content}".encode()).hexdigest()
