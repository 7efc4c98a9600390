"""Rule 3: what the application role makes for itself is never run by the owner in its place."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from carsi_tracker.ledger.models import Batch, Posting, Stage
from tests import factories
from tests.ledger.attack import acting, post, run, value
from tests.ledger.conftest import Ledger

OURS = """
    select p.oid::regprocedure::text, p.prosecdef, p.proconfig, p.prosqlbody is not null
    from pg_proc p
    where p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
        and not exists (
            select from pg_depend d
            where d.objid = p.oid and d.classid = 'pg_proc'::regclass and d.deptype = 'e'
        )
"""
WRITTEN_BY_OTHERS = """
    select 'public'::regnamespace, oid::regprocedure::text from pg_proc
    where pronamespace = 'public'::regnamespace
"""

# What an attacker's object does whenever it runs as somebody else.
EVIL = """
    create function pg_temp.evil() returns boolean language plpgsql as $$
    begin
        if current_user <> session_user then
            raise exception 'ran as %', current_user using errcode = 'XX001';
        end if;
        return true;
    end $$
"""
TYPES = (
    "bool", "bytea", "date", "int4", "int8", "interval", "json", "jsonb", "name", "numeric", "oid",
    "regclass", "regprocedure", "regrole", "text", "timestamptz", "uuid", "varchar",
)  # fmt: skip
DOMAINS = [
    f"create domain pg_temp.{name} as pg_catalog.{name} check (pg_temp.evil())" for name in TYPES
]
OPERATORS = [
    f"create function pg_temp.operated(pg_catalog.{name}, pg_catalog.{name}) "
    f"returns pg_catalog.bool language sql as 'select pg_temp.evil()'; "
    + "; ".join(
        f"create operator pg_temp.{operator} "
        f"(leftarg = pg_catalog.{name}, rightarg = pg_catalog.{name}, function = pg_temp.operated)"
        for operator in ("=", "<>", "<", ">", "<=", ">=", "+", "-", "||", "->", "->>", "~", "!~")
    )
    for name in TYPES
]
CASTS = [
    f"create type pg_temp.shadow_{name} as (value pg_catalog.{name}); "
    f"create function pg_temp.turned(pg_catalog.{name}) returns pg_temp.shadow_{name} "
    f"language sql as 'select row($1)::pg_temp.shadow_{name} where pg_temp.evil()'; "
    f"create cast (pg_catalog.{name} as pg_temp.shadow_{name}) "
    f"with function pg_temp.turned(pg_catalog.{name}) as implicit"
    for name in TYPES
]

# Every relation of the catalogue and of ours, as a view of the same columns.
RELATIONS = """
    select format(
        'create temp view %1$I as select %3$s from %2$I.%1$I where pg_temp.evil(); '
        'grant select on pg_temp.%1$I to public', relname, relnamespace::regnamespace,
        (
            select string_agg(quote_ident(attname), ', ' order by attnum)
            from pg_attribute a join pg_type t on t.oid = atttypid and t.typtype <> 'p'
            where attrelid = c.oid and attnum > 0 and not attisdropped
        )
    )
    from pg_class c
    where relkind in ('r', 'v') and has_table_privilege(oid, 'select')
        and relnamespace in (
            'pg_catalog'::regnamespace, 'public'::regnamespace, 'rules'::regnamespace
        )
"""

# Every function that our functions name, whether PostgreSQL's or ours, with each of its signatures.
FUNCTIONS = """
    select distinct on (p.proname, p.proargtypes) format(
        'create function pg_temp.%I(%s) returns %s language plpgsql '
        'as ''begin perform pg_temp.evil(); %s end''', p.proname,
        (
            select string_agg(a::regtype::text, ', ' order by n)
            from unnest(p.proargtypes) with ordinality as t (a, n)
        ),
        case when p.proretset then 'setof ' else '' end || p.prorettype::regtype,
        case when p.proretset then '' else 'return null;' end
    )
    from pg_proc p
    where p.prokind = 'f' and (
        p.pronamespace = 'rules'::regnamespace
        or p.pronamespace = 'pg_catalog'::regnamespace and p.proname in (
            select distinct word[1]
            from pg_proc o
            cross join lateral regexp_matches(o.prosrc, '([a-z_0-9]+)\\(', 'g') word
            where o.pronamespace = 'rules'::regnamespace
        )
    )
    and not exists (
        select from pg_type t
        where t.oid = any(p.proargtypes::oid[] || p.prorettype) and t.typtype = 'p'
    )
"""


@pytest.fixture
def draft(ledger: Ledger) -> Batch:
    """Give a draft with one amount of a commitment that it introduces."""
    made = factories.batch(ledger.analyst)
    commitment = factories.commitment(made, appropriation=ledger.appropriation)
    factories.line(made, commitment, Stage.COMMITTED, 100)
    return made


@pytest.fixture
def attacker(
    owner: psycopg.Connection, application: psycopg.Connection
) -> Iterator[psycopg.Connection]:
    """Give a session of the application role that may make temporary objects."""
    grant = sql.SQL("grant temporary on database {} to {}").format(
        sql.Identifier(owner.info.dbname), sql.Identifier(application.info.user)
    )
    owner.execute(grant)
    application.execute(EVIL)
    yield application
    application.execute("discard all")


def test_every_function_of_ours_has_a_path_that_ends_in_the_temporary_schema(
    ledger: Ledger, owner: psycopg.Connection
) -> None:
    functions = owner.execute(OURS).fetchall()
    assert len(functions) > 60
    loose = [
        name
        for name, _definer, settings, bound in functions
        if not bound
        and not any(
            setting.startswith("search_path=") and setting.endswith(", pg_temp")
            for setting in settings or []
        )
    ]
    assert loose == []
    bound = [name for name, definer, _settings, bound in functions if bound]
    assert sorted(bound) == [  # when they were made
        "folded(text)", "name_key(text)",
        "rules.balances_by_day(bigint[],bigint[],date,bigint,bigint[])", "rules.neutralised(text)",
    ]  # fmt: skip


def test_a_temporary_domain_named_as_a_type_does_not_run_as_the_owner(
    ledger: Ledger, attacker: psycopg.Connection, draft: Batch
) -> None:
    attacker.execute("create domain pg_temp.date as pg_catalog.date check (pg_temp.evil())")
    run(attacker, ledger.analyst, "select rules.submit(%s)", draft.pk)


def test_a_temporary_view_named_as_the_catalogue_makes_nobody_the_owner(
    ledger: Ledger, attacker: psycopg.Connection
) -> None:
    attacker.execute(
        "create temp view pg_class as select 'public.ledger_entry'::regclass::oid as oid, "
        "current_user::regrole::oid as relowner"
    )
    assert value(attacker, "select rules.runs_as_owner()") is False


def test_nothing_temporary_stands_in_for_what_our_functions_name(
    ledger: Ledger, owner: psycopg.Connection, attacker: psycopg.Connection, draft: Batch
) -> None:
    views = [statement for (statement,) in attacker.execute(RELATIONS).fetchall()]
    functions = [statement for (statement,) in attacker.execute(FUNCTIONS).fetchall()]
    assert len(views) > 150
    assert len(functions) > 50
    owner.execute("update ledger_office set self_approval_rule = 'An office of one'")
    alone = factories.person(is_analyst=True, is_approver=True, is_administrator=True)
    document = factories.document()
    for statement in functions + OPERATORS + CASTS + views + DOMAINS:
        attacker.execute(statement)
    attacker.execute("set search_path = pg_temp, public, rules, pg_catalog")
    assert value(attacker, "select rules.runs_as_owner()") is False
    for statement in (
        f"select rules.submit({draft.pk})",
        f"select rules.withdraw({draft.pk})",
        f"select rules.submit({draft.pk})",
        f"select rules.send_back({draft.pk}, 'Name the page')",
        f"update public.ledger_batch set title = 'Another' where id = {draft.pk}",
        f"update public.ledger_line set note = 'Another' where batch_id = {draft.pk}",
        "update public.ledger_commitment set title = 'Another' "
        f"where introduced_by_id = {draft.pk}",
        f"insert into public.ledger_remark (batch_id, text) values ({draft.pk}, 'Read')",
        f"update public.ledger_document set title = 'Another' where id = {document.pk}",
        "insert into public.ledger_documentfile "
        "(document_id, name, media_type, size, sha256, content) values "
        f"({document.pk}, 'a.txt', 'text/plain', 1, "
        "'559aead08264d5795d3909718cdd05abd49572e84fe55590eef31a88a08fdffd', 'A')",
        f"update public.accounts_user set is_active = false where id = {ledger.analyst.pk}",
        f"select rules.hand_over({ledger.analyst.pk}, {alone.pk})",
        f"select rules.submit({draft.pk})",
    ):
        run(attacker, alone, statement)
    version = post(attacker, alone, draft.pk, "Nobody else is here")
    run(attacker, ledger.approver, f"select rules.countersign({version}, 'Seen')")
    made = run(attacker, alone, f"select rules.reverse({version}, 'Back', 'Twice')")
    run(attacker, alone, f"select rules.discard({made})")
    with acting(attacker, alone):
        assert attacker.execute("select from rules.verify()").fetchall() == []
    assert Posting.objects.get(version=version).batch_id == draft.pk
