"""Rule files reach every database at `migrate`, whole and at once."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from carsi_tracker.database import address, taking
from carsi_tracker.ledger import rules, schema
from tests import databases, factories
from tests.conftest import Templates
from tests.ledger.attack import acting, value

LAST_BEFORE_THE_RULES_FOLLOWED = ("ledger", "0005_rules")


@pytest.fixture
def other(templates: Templates, worker_id: str) -> Iterator[str]:
    """Give a name for a database that the test makes, and remove it."""
    name = f"{databases.prefix(worker_id)}_other"
    yield name
    databases.remove(name)


def migrate(**options: bool) -> None:
    call_command("migrate", verbosity=0, **options)


def stamp(owner: psycopg.Connection) -> str:
    return str(value(owner, "select obj_description('rules'::regnamespace)"))


def test_a_database_with_other_rules_gets_those_of_the_files(
    django_speaks_as_owner: None, owner: psycopg.Connection
) -> None:
    given = stamp(owner)
    notes = value(owner, "select 'entry_notes'::regclass::oid")
    owner.execute("drop function rules.try_in_turn(bigint[])")
    owner.execute("create or replace function public.folded(written text) returns text return $1")
    owner.execute("drop index entry_days; create index entry_days on ledger_entry (note)")
    owner.execute("comment on index entry_notes is 'made by other words'")
    owner.execute("comment on schema rules is 'of an older release'")
    migrate()
    assert stamp(owner) == given
    assert value(owner, "select folded('Á')") == "a"
    assert "effective_date" in value(owner, "select pg_get_indexdef('entry_days'::regclass)")
    assert value(owner, "select 'entry_notes'::regclass::oid") != notes
    assert value(owner, "select to_regprocedure('rules.try_in_turn(bigint[])')")


def test_a_database_that_has_the_rules_is_left_alone_unless_asked(
    django_speaks_as_owner: None, owner: psycopg.Connection
) -> None:
    made = value(owner, "select oid from pg_namespace where nspname = 'rules'")
    owner.execute("drop function rules.try_in_turn(bigint[])")
    migrate()
    assert value(owner, "select oid from pg_namespace where nspname = 'rules'") == made
    migrate(apply_rules=True)
    assert value(owner, "select to_regprocedure('rules.try_in_turn(bigint[])')")


@pytest.mark.parametrize(
    "grant",
    [
        "delete on ledger_posting to {app}",
        "insert on ledger_entry to public",
        "update (version) on ledger_batch to {app}",
        "update (amount) on ledger_entry to public",
        "update on sequence ledger_batch_id_seq to {app}",
    ],
)
def test_what_was_granted_beside_the_rules_is_taken_back(
    django_speaks_as_owner: None, owner: psycopg.Connection, grant: str
) -> None:
    app = address.application().user
    owner.execute("grant " + grant.format(app=app))
    migrate(apply_rules=True)
    with transaction.atomic():
        assert not [one for one in schema.differences(connection, app) if "grant" in one.name]


def test_old_migrations_need_no_file_of_today(other: str, django_db_blocker: object) -> None:
    databases.make(other)
    with django_db_blocker.unblock(), databases.speaking_to(databases.owner_of(other)):  # type: ignore[attr-defined]
        MigrationExecutor(connection).migrate([LAST_BEFORE_THE_RULES_FOLLOWED])
        migrate()
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from rules.verify()")
            assert cursor.fetchone() == (0,)


def test_a_migration_finds_no_rule_in_its_way_and_others_never_miss_one(
    django_speaks_as_owner: None,
    owner: psycopg.Connection,
    application: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    triggers = "select count(*) from pg_trigger where not tgisinternal"
    before = value(owner, triggers)
    seen = {}

    def look(*_arguments: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(triggers)
            seen["migration"] = cursor.fetchone()[0]
        seen["others"] = value(application, triggers)
        message = "and it fails"
        raise RuntimeError(message)

    monkeypatch.setattr(rules, "install", look)
    owner.execute("comment on schema rules is 'of an older release'")
    with pytest.raises(RuntimeError, match="and it fails"):
        migrate()
    assert seen == {"migration": 0, "others": before}
    assert value(owner, triggers) == before


def test_apps_are_migrated_together(django_speaks_as_owner: None) -> None:
    with pytest.raises(CommandError, match="all apps are migrated together"):
        call_command("migrate", "ledger", "0004", verbosity=0)


def test_tables_in_use_are_left_alone_in_one_sentence(
    django_speaks_as_owner: None,
    owner: psycopg.Connection,
    application: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(taking, "SECONDS_OF_PATIENCE", 1)
    owner.execute("comment on schema rules is 'of an older release'")
    with application.transaction():
        application.execute("select from ledger_entry")
        with pytest.raises(CommandError, match="The tables are in use: nothing was changed"):
            migrate()
    assert stamp(owner) == "of an older release"


def test_who_works_meanwhile_is_neither_held_up_nor_refused(
    django_speaks_as_owner: None, owner: psycopg.Connection, application: psycopg.Connection
) -> None:
    """A session holds one table and then wants each other, as `migrate` does the other way."""
    given = stamp(owner)
    owner.execute("comment on schema rules is 'of an older release'")
    tables = owner.execute(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
        " order by 1"
    ).fetchall()
    with ThreadPoolExecutor(1) as beside:
        with application.transaction():
            application.execute("select from ledger_entry")
            migrating = beside.submit(_migrate_in_thread)
            until_asked_for(owner, "ledger_entry")
            for (table,) in tables:
                application.execute(sql.SQL("select from {}").format(sql.Identifier(table)))
        migrating.result(60)
    assert stamp(owner) == given


def _migrate_in_thread() -> None:
    try:
        migrate()
    finally:
        connection.close()


def until_asked_for(watcher: psycopg.Connection, table: str) -> None:
    """Return when some session waits for a lock of a table."""
    waiting = "select exists (select from pg_locks where relation = %s::regclass and not granted)"
    patience = time.monotonic() + 30
    while watcher.execute(waiting, [table]).fetchone() != (True,):
        assert time.monotonic() < patience


def test_what_a_later_release_has_migrated_is_left_alone(
    django_speaks_as_owner: None, owner: psycopg.Connection
) -> None:
    owner.execute("comment on schema rules is 'of a later release'")
    owner.execute(
        "insert into django_migrations (app, name, applied) values ('ledger', '9999_later', now())"
    )
    with pytest.raises(
        CommandError, match=r"A later release .* \(ledger.9999_later\): nothing was"
    ):
        migrate()
    assert stamp(owner) == "of a later release"


def test_rows_that_break_a_rule_of_the_release_are_named_in_one_sentence(
    django_speaks_as_owner: None, owner: psycopg.Connection
) -> None:
    given = stamp(owner)
    owner.execute("comment on schema rules is 'of an older release'")
    owner.execute("alter table ledger_account drop constraint code_written_plainly")
    person = factories.administrator()
    with acting(owner, person):
        owner.execute(
            "insert into ledger_account (code, name_en, name_es, retired) "
            "values ('a b', 'Account', 'Cuenta', false)"
        )
    with pytest.raises(CommandError, match="Rows of ledger_account break the rule code_written"):
        migrate()
    with acting(owner, person):
        owner.execute("delete from ledger_account where code = 'a b'")
    migrate()
    assert stamp(owner) == given


@pytest.mark.parametrize("error", [OperationalError, IntegrityError])
def test_what_else_goes_wrong_is_told_as_it_is(
    django_speaks_as_owner: None, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(*_arguments: object) -> None:
        raise error("something else")

    monkeypatch.setattr(rules, "are_current", fail)
    with pytest.raises(error, match="something else"):
        migrate()


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_in_another_encoding_is_refused_in_one_sentence(
    other: str, encoding: str, django_db_blocker: object
) -> None:
    with psycopg.connect(databases.owner_of("postgres").conninfo(), autocommit=True) as session:
        locale = "locale_provider = libc" if session.info.server_version >= 150000 else ""
        session.execute(
            sql.SQL("create database {} encoding {} locale 'C' {} template template0").format(
                sql.Identifier(other), sql.Literal(encoding), sql.SQL(locale)
            )
        )
    with (
        django_db_blocker.unblock(),  # type: ignore[attr-defined]
        databases.speaking_to(databases.owner_of(other)),
        pytest.raises(ImproperlyConfigured, match=f"as {encoding}, and the tracker needs UTF8"),
    ):
        migrate()
