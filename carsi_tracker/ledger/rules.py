"""The rules of the ledger as `sql/` says them: applied, and compared with a database."""

import hashlib
from pathlib import Path

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

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
    select 'rewrite rule', r.rulename || ' on ' || r.ev_class::regclass, pg_get_ruledef(r.oid)
    from pg_rewrite r join pg_class c on c.oid = r.ev_class
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
    union all
    select 'grant', coalesce(a.attname || ' of ', '') || c.oid::regclass, string_agg(
        g.privilege_type || ' to ' || coalesce(nullif(g.grantee, 0)::regrole::text, 'public'),
        ', ' order by g.privilege_type, g.grantee::regrole::text
    )
    from pg_class c
    cross join lateral (
        select null::name as attname, c.relacl as acl
        union all
        select attname, attacl from pg_attribute where attrelid = c.oid and attacl is not null
    ) a
    cross join aclexplode(a.acl) g
    where c.relkind in ('r', 'v', 'S')
        and c.relnamespace in ('public'::regnamespace, 'rules'::regnamespace)
    group by c.oid, a.attname
"""

# What no file can take back: an application role that is as mighty as the owner.
MIGHTY = """
    select 'role', r.rolname || ' may act as the owner'
    from pg_roles r
    join pg_class c on c.oid = 'public.ledger_entry'::regclass
    where r.rolname = %s and (r.rolcreaterole or pg_has_role(r.oid, c.relowner, 'member'))
"""


def apply(_connection: BaseDatabaseWrapper, _application_role: str) -> None:
    """Do nothing: an old migration asks for it, from before the rules followed every migration."""


def are_current(connection: BaseDatabaseWrapper, application_role: str) -> bool:
    """Say whether the database was given the rules as the files are now, for this role."""
    with connection.cursor() as cursor:
        cursor.execute("select obj_description(to_regnamespace('rules'), 'pg_namespace')")
        return bool(cursor.fetchone()[0] == _stamp(application_role))


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
        cursor.execute("create schema rules")
        for file in FILES:
            cursor.execute(file.read_text())
        comment = sql.SQL("comment on schema rules is {}").format(_stamp(application_role))
        cursor.execute(comment)


def names_twice(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names that stand twice in the database, from before it refused that."""
    with connection.cursor() as cursor:
        cursor.execute("select names from rules.names_twice order by of_table, of_column, names")
        return [names for (names,) in cursor.fetchall()]


def _stamp(application_role: str) -> str:
    """Return what the database keeps to tell which files it was given, and for whom."""
    content = "".join(f"{file.name}\n{file.read_text()}\n" for file in FILES)
    return hashlib.sha256(f"{application_role}\n{content}".encode()).hexdigest()


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
    with connection.cursor() as cursor:
        cursor.execute(MIGHTY, [application_role])
        mighty: list[tuple[str, str]] = cursor.fetchall()
    with transaction.atomic(using=connection.alias):
        install(connection, application_role)
        by_files = installed(connection)
        transaction.set_rollback(True, using=connection.alias)
    differing = [key for key in now.keys() | by_files.keys() if now.get(key) != by_files.get(key)]
    return sorted(differing + mighty)
