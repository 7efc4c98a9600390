"""The schema is what `expected.txt` says; WRITE_DOCUMENTS=1 writes that anew."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from carsi_tracker.database import address
from carsi_tracker.ledger import schema
from carsi_tracker.ledger.schema import rows
from tests import databases
from tests.conftest import Templates
from tests.ledger.forging import as_owner, run

ROLE = address.application().user
OWNER = databases.owner_of("").user


@pytest.fixture(scope="module")
def empty(templates: Templates, worker_id: str, django_db_blocker: Any) -> Iterator[str]:
    """Give a database that `migrate` has made, without a row of its own."""
    name = f"{databases.prefix(worker_id)}_schema"
    with django_db_blocker.unblock():
        databases.make_limited(name, templates.empty)
        yield name
    databases.remove(name)


@pytest.fixture
def owner(empty: str) -> Iterator[None]:
    """Let Django speak as the owner, in a transaction."""
    with as_owner(databases.owner_of(empty)):
        yield


@pytest.fixture
def superuser(empty: str) -> Iterator[None]:
    """Let Django speak as a superuser, in a transaction."""
    if not address.is_embedded():
        pytest.skip("only of the embedded server do we know the superuser")
    with as_owner(databases.superuser_of(empty)):
        yield


def found() -> list[str]:
    return [f"{one.name} is {one.how}" for one in schema.differences(connection, ROLE)]


@pytest.mark.usefixtures("owner")
def test_the_file_says_what_migrations_and_rule_files_make_of_an_empty_database() -> None:
    text = schema.written(schema.described(connection, ROLE))
    if os.environ.get("WRITE_DOCUMENTS"):
        schema.EXPECTED.write_text(text)
    assert schema.EXPECTED.read_text() == text
    assert found() == []
    assert list(rows.broken(connection, ROLE)) == []


@pytest.mark.usefixtures("owner")
def test_a_thing_has_one_line_by_its_name_and_no_role_of_this_server() -> None:
    lines = schema.EXPECTED.read_text().splitlines()
    assert lines == sorted(lines, key=lambda line: line.partition(": ")[0])
    assert schema.written(schema.expected()).splitlines() == lines
    assert not [line for line in lines if ROLE in line or OWNER in line]


TABLES = [
    ("create policy small on ledger_entry for select to {app} using (amount < 1000000);"
     " alter table ledger_entry enable row level security",
     "policy public.ledger_entry.small is unexpected"),
    ("alter table ledger_posting enable row level security",
     "table public.ledger_posting is different"),
    ("alter table ledger_posting force row level security",
     "table public.ledger_posting is different"),
    ("alter table ledger_posting drop constraint ledger_posting_reverses_id_key",
     "constraint public.ledger_posting.ledger_posting_reverses_id_key is missing"),
    ("alter table ledger_batch drop constraint ledger_batch_reverses_id_key",
     "constraint public.ledger_batch.ledger_batch_reverses_id_key is missing"),
    ("alter table ledger_entry drop constraint ledger_entry_pkey",
     "constraint public.ledger_entry.ledger_entry_pkey is missing"),
    ("alter table ledger_entry alter amount drop not null",
     "column public.ledger_entry.amount is different"),
    ("alter table ledger_submission alter digest type varchar(9000)",
     "column public.ledger_submission.digest is different"),
    ("alter table ledger_entry alter note set default 'x'",
     "column public.ledger_entry.note is different"),
    ('alter table ledger_reading alter digest type varchar(64) collate "C"',
     "column public.ledger_reading.digest is different"),
    ("alter table ledger_account add column hidden boolean not null default false",
     "column public.ledger_account.hidden is unexpected"),
    ("alter table ledger_batch alter id set generated always",
     "column public.ledger_batch.id is different"),
    ("alter sequence ledger_batch_id_seq increment by -1 minvalue -9 maxvalue 9 start 1 restart 1",
     "sequence public.ledger_batch_id_seq is different"),
    ("alter table ledger_line drop constraint amount_of_dollars_and_cents",
     "constraint public.ledger_line.amount_of_dollars_and_cents is missing"),
    ("alter table ledger_line drop constraint basis_known;"
     " alter table ledger_line add constraint basis_known check (basis <> 'x')",
     "constraint public.ledger_line.basis_known is different"),
    ("alter table ledger_line drop constraint basis_known; alter table ledger_line"
     " add constraint basis_known check (basis::text = any (array['stated', 'press', 'inferred']))"
     " not valid", "constraint public.ledger_line.basis_known is different"),
    ("alter table ledger_entry alter constraint entry_commitment_of_appropriation deferrable",
     "constraint public.ledger_entry.entry_commitment_of_appropriation is different"),
    ("alter table ledger_entry drop constraint entry_commitment_of_appropriation",
     "constraint public.ledger_entry.entry_commitment_of_appropriation is missing"),
    ("drop index entry_days", "index public.entry_days is missing"),
    ("drop index entry_days; create index entry_days on ledger_entry (line)",
     "index public.entry_days is different"),
    ("create unique index only_one on ledger_entry (amount)",
     "index public.only_one is unexpected"),
    ("drop trigger final on ledger_entry", "trigger public.ledger_entry.final is missing"),
    ("alter table ledger_entry disable trigger final",
     "trigger public.ledger_entry.final is different"),
    ("alter table ledger_entry enable replica trigger final",
     "trigger public.ledger_entry.final is different"),
    ("create or replace trigger final before delete on ledger_entry for each row"
     " execute function rules.refuse_change_of_journal()",
     "trigger public.ledger_entry.final is different"),
    ("create function public.meddle() returns trigger language plpgsql as"
     " 'begin return null; end'; create trigger meddle before insert on ledger_entry"
     " for each row execute function public.meddle()",
     "trigger public.ledger_entry.meddle is unexpected"),
    ("create rule deaf as on update to ledger_head do instead nothing",
     "rewrite rule public.ledger_head.deaf is unexpected"),
    ("create table more () inherits (ledger_entry)", "table public.more is unexpected"),
    ("alter table ledger_office rename to office; create view ledger_office as table office",
     "table public.ledger_office is missing"),
    ("alter table ledger_remark set unlogged", "table public.ledger_remark is different"),
    ("alter table ledger_entry set (autovacuum_enabled = false)",
     "table public.ledger_entry is different"),
    ("drop table ledger_upload", "table public.ledger_upload is missing"),
    ("create schema more; create table more.ledger_entry ()",
     "table more.ledger_entry is unexpected"),
    ("create materialized view public.sums as select sum(amount) from ledger_entry",
     "materialized view public.sums is unexpected"),
]  # fmt: skip

CODE = [
    ("create or replace function rules.runs_as_owner() returns boolean language sql stable"
     " set search_path = pg_catalog, pg_temp as 'select true'",
     "function rules.runs_as_owner() is different"),
    ("alter function rules.require_role(text) security definer",
     "function rules.require_role(text) is different"),
    ("alter function rules.post(bigint, text, text) set search_path = pg_temp, public, rules",
     "function rules.post(bigint,text,text) is different"),
    # The rules and their verification sum by one function, so a false one must not go unnoticed.
    ("create or replace function rules.balances_by_day(p_appropriations bigint[],"
     " p_commitments bigint[], p_from date, p_batch bigint default null, p_after bigint[] default"
     " '{}') returns table (appropriation_id bigint, commitment_id bigint, balance text, day date,"
     " posted numeric, moved numeric, touched boolean, is_told boolean) language sql stable"
     " begin atomic select 1, null::bigint, '', null::date, 0.0, 0.0, true, true where false; end",
     "function rules.balances_by_day(bigint[],bigint[],date,bigint,bigint[]) is different"),
    ("alter function rules.clock() immutable", "function rules.clock() is different"),
    ("create function rules.more() returns int language sql as 'select 1'",
     "function rules.more() is unexpected"),
    ("create function public.lower(varchar) returns text language sql as 'select null'",
     "function public.lower(character varying) is unexpected"),
    ("drop function rules.try_in_turn(bigint[])",
     "function rules.try_in_turn(bigint[]) is missing"),
    ("create or replace view rules.retired_part as select ''::text as part, ''::varchar as code",
     "view rules.retired_part is different"),
    ("alter view rules.amount_text set (security_invoker = true)",
     "view rules.amount_text is different"),
    ("create schema more", "schema more is unexpected"),
    ("create domain public.money_of_ours as numeric", "domain public.money_of_ours is unexpected"),
    ("create type public.stage as enum ('committed')",
     "enumeration public.stage is unexpected"),
    ("create function public.same(varchar, varchar) returns boolean language sql as 'select true';"
     " create operator public.= (leftarg = varchar, rightarg = varchar, function = public.same)",
     "operator public.=(character varying,character varying) is unexpected"),
    ('create domain public.d as text; create collation public.c from "C"',
     "collation public.c is unexpected"),
    ("create publication everything", "publication everything is unexpected"),
    ("create statistics public.s on version, amount from ledger_entry",
     "statistics public.s is unexpected"),
    ("create aggregate public.sum(varchar) (sfunc = textcat, stype = text)",
     "function public.sum(character varying) is unexpected"),
    # Hidden among what the extension brought.
    ("create function public.more() returns int language sql as 'select 1';"
     " alter extension pg_trgm add function public.more()", "extension pg_trgm is different"),
    ("create extension citext", "extension citext is unexpected"),
]  # fmt: skip

ACCESS = [
    ("grant create on schema public to {app}",
     "grant on schema public to application is different"),
    ("grant create on schema public to public", "grant on schema public to public is different"),
    ("grant usage on schema rules to public", "grant on schema rules to public is unexpected"),
    ("grant insert on ledger_entry to {app}",
     "grant on table public.ledger_entry to application is different"),
    ("grant select on ledger_entry to {app} with grant option",
     "grant on table public.ledger_entry to application is different"),
    ("revoke select on ledger_entry from {app}",
     "grant on table public.ledger_entry to application is missing"),
    ("grant update (version) on ledger_batch to {app}",
     "grant on column public.ledger_batch.version to application is unexpected"),
    ("grant truncate on ledger_line to public",
     "grant on table public.ledger_line to public is unexpected"),
    ("grant update on sequence ledger_batch_id_seq to {app}",
     "grant on sequence public.ledger_batch_id_seq to application is different"),
    ("grant execute on function rules.lock_batch to {app}",
     "grant on function rules.lock_batch(bigint,text) to application is unexpected"),
    ("grant execute on function rules.post to public",
     "grant on function rules.post(bigint,text,text) to public is unexpected"),
    ("alter default privileges grant insert on tables to {app}",
     "grant on what owner makes tables to application is unexpected"),
    ("alter default privileges in schema public grant execute on functions to {app}",
     "grant on what owner makes functions in public to application is unexpected"),
    ("grant create on database {database} to {app}",
     "grant on database itself to application is unexpected"),
    ("alter database {database} set search_path = pg_temp, public",
     "setting search_path of everybody in this database is unexpected"),
    ("alter role {owner} set row_security = off", "setting row_security of owner is unexpected"),
]  # fmt: skip

BY_A_SUPERUSER = [
    ("create function public.lower(varchar) returns text language sql as 'select null';"
     " alter extension plpgsql add function public.lower(varchar)",
     "function public.lower(character varying) is unexpected"),
    ("create view public.more as select 1; alter extension plpgsql add view public.more",
     "view public.more is unexpected"),
    ("create cast (varchar as date) with inout;"
     " alter extension plpgsql add cast (varchar as date)",
     "cast (character varying AS pg_catalog.date) is unexpected"),
    ("alter function public.similarity(text, text) volatile", "extension pg_trgm is different"),
    ("delete from pg_trigger where tgisinternal and tgrelid = 'ledger_entry'::regclass",
     "constraint public.ledger_entry.entry_commitment_of_appropriation is different"),
    ("grant {owner} to {app}", "role application is a member of owner is unexpected"),
    ("grant pg_write_all_data to {app}",
     "role application is a member of pg_write_all_data is unexpected"),
    ("create role between; grant {owner} to between; grant between to {app}",
     "role application is a member of owner is unexpected"),
    ("alter role {app} superuser", "role application is superuser is unexpected"),
    ("alter role {app} createrole", "role application is creator of roles is unexpected"),
    ("alter role {app} bypassrls", "role application is above row security is unexpected"),
    ("alter role {app} set carsi.actor = '1'",
     "setting carsi.actor of application is unexpected"),
    ("alter role {app} in database {database} set session_replication_role = replica",
     "setting session_replication_role of application in this database is unexpected"),
    ("grant set on parameter session_replication_role to {app}",
     "grant on parameter session_replication_role to application is unexpected"),
    ("grant execute on function pg_read_file(text) to {app}",
     "grant on function pg_read_file(text) to application is unexpected"),
    ("grant update on pg_class to public", "grant on table pg_class to public is unexpected"),
    ("grant create on schema pg_catalog to {app}",
     "grant on schema pg_catalog to application is unexpected"),
    ("alter table ledger_head owner to {app}", "table public.ledger_head is different"),
    ("alter function rules.post(bigint, text, text) owner to postgres",
     "function rules.post(bigint,text,text) is different"),
    ("alter database {database} owner to postgres", "database itself is different"),
    ("alter schema rules owner to postgres", "schema rules is different"),
    ("create function public.e() returns event_trigger language plpgsql as 'begin end';"
     " create event trigger e on ddl_command_start execute function public.e()",
     "event trigger e is unexpected"),
    ("create cast (varchar as date) with inout",
     "cast (character varying AS pg_catalog.date) is unexpected"),
    ("create role reader; grant select on ledger_entry to reader",
     "grant on table public.ledger_entry to reader is unexpected"),
    ("alter table ledger_entry disable trigger all",
     "trigger of a constraint public.ledger_entry.entry_commitment_of_appropriation"
     ' "RI_FKey_check_ins" is unexpected'),
    ("update pg_index set indisvalid = false where indexrelid = 'entry_days'::regclass",
     "index public.entry_days is different"),
    ("update pg_constraint set convalidated = false where conname = 'basis_known'",
     "constraint public.ledger_entry.basis_known is different"),
]  # fmt: skip


def forge(empty: str, statements: str) -> None:
    run(statements.replace("{app}", ROLE).replace("{owner}", OWNER).replace("{database}", empty))


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize(("forgery", "named"), [*TABLES, *CODE, *ACCESS])
def test_what_is_not_as_the_release_makes_it_is_named(empty: str, forgery: str, named: str) -> None:
    forge(empty, forgery)
    assert named in found()


@pytest.mark.usefixtures("superuser")
@pytest.mark.parametrize(("forgery", "named"), BY_A_SUPERUSER)
def test_what_a_superuser_did_is_named(empty: str, forgery: str, named: str) -> None:
    forge(empty, forgery)
    assert named in found()


@pytest.mark.usefixtures("owner")
def test_settings_that_decide_nothing_of_what_is_shown_may_differ(empty: str) -> None:
    forge(empty, "alter database {database} set statement_timeout = '1min'")
    forge(empty, "alter database {database} set work_mem = '64MB'")
    assert found() == []


@pytest.mark.usefixtures("superuser")
@pytest.mark.parametrize(
    ("forgery", "named"),
    [
        ("insert into ledger_batcheditor (batch_id, user_id) values (77, 77)",
         "foreign key public.ledger_batcheditor."),
        ("update pg_index set indisready = false where indexrelid = 'ledger_texts_pkey'::regclass;"
         " insert into ledger_texts values (true, 9);"
         " update pg_index set indisready = true where indexrelid = 'ledger_texts_pkey'::regclass",
         "index public.ledger_texts_pkey"),
        ("update pg_attribute set attnotnull = false where attname = 'revision'"
         " and attrelid = 'ledger_texts'::regclass; update ledger_texts set revision = null;"
         " update pg_attribute set attnotnull = true where attname = 'revision'"
         " and attrelid = 'ledger_texts'::regclass", "column public.ledger_texts.revision"),
    ],
)  # fmt: skip
def test_rows_that_no_session_of_ours_could_write_are_named(forgery: str, named: str) -> None:
    run("set session_replication_role = replica")
    run(forgery)
    assert any(one.name.startswith(named) for one in rows.broken(connection, ROLE))


def test_the_rules_applied_again_are_the_same(empty: str) -> None:
    from carsi_tracker.ledger import rules

    with databases.speaking_to(databases.owner_of(empty)), transaction.atomic():
        rules.install(connection, ROLE)
        assert found() == []
        transaction.set_rollback(True)


def test_an_application_role_that_owns_the_tables_is_named(empty: str) -> None:
    with as_owner(databases.owner_of(empty)):
        named = {one.name for one in schema.differences(connection, OWNER)}
    assert "role application owns the tables" in named


def test_an_application_role_that_is_not_there_is_named(empty: str) -> None:
    with as_owner(databases.owner_of(empty)):
        named = {one.name for one in schema.differences(connection, "nobody")}
    assert "role application does not exist" in named
