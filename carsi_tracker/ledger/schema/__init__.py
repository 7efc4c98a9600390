"""What the database is made of, compared with what `expected.txt` says.

The file is made from an empty database after `migrate`, never from the one that is looked at.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

from carsi_tracker.ledger.rules import READER
from carsi_tracker.ledger.schema.printing import one_form

FOLDER = Path(__file__).parent
EXPECTED = FOLDER / "expected.txt"
QUERIES = sorted((FOLDER / "describe").glob("*.sql"))
WIDTH = 160  # characters of a definition that a line holds; a longer one is hashed
PRINTED_PLAINLY = {
    "search_path": "pg_catalog",  # so that names are printed whole, and nothing stands in for them
    "quote_all_identifiers": "off",
    "standard_conforming_strings": "on",
    "datestyle": "ISO, MDY",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "extra_float_digits": "1",
}

Schema = dict[str, str]
"""What a thing is called, with its kind, to how it is defined."""


@dataclass(frozen=True)
class SchemaDifference:
    """A thing of the schema that is not what it should be: missing, unexpected or different."""

    name: str
    how: str


def expected() -> Schema:
    """Return what a database of this release is made of."""
    schema = {}
    for line in EXPECTED.read_text().splitlines():
        name, _, definition = line.partition(": ")
        schema[name] = definition
    return schema


def written(schema: Schema) -> str:
    """Return the text of `expected.txt` for a schema: a line a thing, sorted."""
    return "".join(f"{name}: {schema[name]}".rstrip() + "\n" for name in sorted(schema))


def described(connection: BaseDatabaseWrapper, application_role: str) -> Schema:
    """Describe the database, in the caller's transaction.

    Roles stand in it as owner (of the tables), application and public, others by their names.
    """
    with printed_plainly(connection, application_role), connection.cursor() as cursor:
        roles = _roles(connection, application_role)
        schema = {}
        for query in QUERIES:
            cursor.execute(query.read_text())
            for kind, name, definition in cursor.fetchall():
                said = one_form(kind, _said(definition, roles))
                schema[_said(f"{kind} {name}", roles)] = _short(said)
        return schema


def differences(
    connection: BaseDatabaseWrapper, application_role: str, *, grants: bool = True
) -> Iterator[SchemaDifference]:
    """Yield what differs between the database and the file, sorted by name."""
    ours, found = expected(), described(connection, application_role)
    for name in sorted(ours.keys() | found.keys()):
        if name.startswith("grant ") and not grants:
            continue
        if name not in ours and _is_of_reader(name, found[name]):
            continue
        if name not in found:
            yield SchemaDifference(name, "missing")
        elif name not in ours:
            yield SchemaDifference(name, "unexpected")
        elif ours[name] != found[name]:
            yield SchemaDifference(name, "different")


@contextmanager
def printed_plainly(connection: BaseDatabaseWrapper, application_role: str) -> Iterator[None]:
    """Let the server print names and values the same whatever is set elsewhere."""
    settings = {**PRINTED_PLAINLY, "carsi.application_role": application_role}
    with connection.cursor() as cursor:
        cursor.execute(
            "select name, pg_catalog.current_setting(name, true) from unnest(%s::text[]) name",
            [list(settings)],
        )
        before = cursor.fetchall()
        for name, value in settings.items():
            cursor.execute("select pg_catalog.set_config(%s, %s, true)", [name, value])
        yield
        for name, value in before:
            cursor.execute("select pg_catalog.set_config(%s, %s, true)", [name, value])


def _is_of_reader(name: str, definition: str) -> bool:
    """Say whether it is about READER, and lets it do no more than read."""
    if name.startswith("grant "):
        return name.endswith(f" to {READER}") and definition in {"select", "usage", "execute"}
    return name.endswith(".only_posted") and definition.startswith(
        f"restrictive, for r, to {READER}, using "
    )


def _roles(connection: BaseDatabaseWrapper, application_role: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select r.oid::text, case
                when r.oid = c.relowner then 'owner'
                when r.rolname = %s then 'application'
                when r.rolname = 'pg_database_owner' and d.datdba = c.relowner then 'owner'
                else r.rolname
            end
            from pg_roles r, pg_class c, pg_database d
            where c.oid = 'public.ledger_entry'::regclass and d.datname = current_database()
            """,
            [application_role],
        )
        return {"0": "public", **dict(cursor.fetchall())}


def _said(text: str, roles: dict[str, str]) -> str:
    return re.sub(r"<role (\d+)>", lambda found: roles.get(found[1], found[1]), text)


def _short(definition: str) -> str:
    if len(definition) <= WIDTH and "\n" not in definition:
        return definition
    return f"sha256 {hashlib.sha256(definition.encode()).hexdigest()[:24]}"
