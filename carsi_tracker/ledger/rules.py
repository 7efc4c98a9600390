"""The rules of the ledger as the files in `sql/` say them: applied, and compared with a database."""

from pathlib import Path

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

FILES = sorted((Path(__file__).parent / "sql").glob("*.sql"))

# Each row describes one thing that holds a rule: what kind, its name, and how it is defined.
INSTALLED = """
    select 'function', p.oid::regprocedure::text,
        pg_get_functiondef(p.oid) || coalesce(p.proacl::text, '') || p.proowner::regrole::text
    from pg_proc p where p.pronamespace = 'rules'::regnamespace
    union all
    select 'view', c.oid::regclass::text, pg_get_viewdef(c.oid) || coalesce(c.relacl::text, '')
    from pg_class c where c.relkind = 'v' and c.relnamespace = 'rules'::regnamespace
    union all
    select 'trigger', t.tgname || ' on ' || t.tgrelid::regclass,
        pg_get_triggerdef(t.oid) || ' enabled ' || t.tgenabled::text
    from pg_trigger t
    join pg_class c on c.oid = t.tgrelid and c.relnamespace = 'public'::regnamespace
    where not t.tgisinternal
    union all
    select 'constraint', k.conname || ' on ' || k.conrelid::regclass, pg_get_constraintdef(k.oid)
    from pg_constraint k where k.connamespace = 'public'::regnamespace and k.conrelid <> 0
    union all
    select 'grant', c.oid::regclass::text, coalesce(c.relacl::text, '') || coalesce(
        (select string_agg(attname || attacl::text, ' ' order by attnum)
        from pg_attribute where attrelid = c.oid and attacl is not null), '')
    from pg_class c where c.relkind in ('r', 'v', 'S')
        and c.relnamespace in ('public'::regnamespace, 'rules'::regnamespace)
"""


def apply(connection: BaseDatabaseWrapper, application_role: str) -> None:
    """Make the database hold the rules as the files say them, for the given application role.

    Runs as the owner, in the caller's transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('carsi.application_role', %s, true)", [application_role]
        )
        cursor.execute("drop schema if exists rules cascade; create schema rules")
        for file in FILES:
            cursor.execute(file.read_text())


def installed(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], str]:
    """Return what holds rules in the database: (kind, name) to its definition."""
    with connection.cursor() as cursor:
        cursor.execute(INSTALLED)
        return {(kind, name): definition for kind, name, definition in cursor.fetchall()}


def differences(connection: BaseDatabaseWrapper, application_role: str) -> list[tuple[str, str]]:
    """Return the (kind, name) of all that differs between the database and the files.

    Runs as the owner: applies the files and rolls them back.
    """
    now = installed(connection)
    with transaction.atomic(using=connection.alias):
        apply(connection, application_role)
        by_files = installed(connection)
        transaction.set_rollback(True, using=connection.alias)
    return sorted(
        key for key in now.keys() | by_files.keys() if now.get(key) != by_files.get(key)
    )
