"""Rule 3: the application role has no way to the owner's rights, nor to change what rules mean."""

import psycopg
import pytest

from carsi_tracker.ledger.models import Batch, Posting, Stage
from tests import factories
from tests.ledger.attack import acting, denied, post, run, value
from tests.ledger.conftest import Ledger

WAYS = (
    "grant {owner} to {application}",
    "select rules.run('drop table ledger_remark')",
    "alter role {owner} password 'x'",
    "alter role {application} createrole",
    "alter database {database} owner to {application}",
    "alter database {database} set lock_timeout = 0",
    "reassign owned by {owner} to {application}",
    "drop owned by {owner}",
    "alter default privileges for role {owner} grant all on tables to {application}",
    "create schema mine",
    "create extension dblink",
    "create event trigger t on ddl_command_start execute function rules.keep_history()",
    "create publication p for all tables",
    "create cast (text as date) with inout",
    "create operator public.= (leftarg = date, rightarg = date, function = date_eq)",
    "create collation public.c (locale = 'C')",
    "alter function rules.actor() reset all",
    "alter function rules.submit(bigint) security invoker",
    "alter function public.folded(text) volatile",
    "alter schema rules rename to rulez",
    "comment on schema rules is 'forged'",
    "comment on index entry_days is 'forged'",
    "create trigger t before insert on ledger_entry execute function rules.note_batch()",
    "create rule r as on insert to ledger_line do instead nothing",
    "create policy p on ledger_entry using (false)",
    "alter table ledger_entry enable row level security",
    "alter table ledger_entry add column x int",
    "alter table ledger_line alter column revision set default 2147483647",
    "create index i on ledger_line (note)",
    "create statistics s on note, quote from ledger_line",
    "create view public.v as select 1",
    "create table mine (line bigint references ledger_line (id))",
    "copy (select 1) to program 'true'",
    "copy ledger_remark to '/tmp/remarks'",
    "select pg_read_file('postgresql.conf')",
    "select lo_import('/etc/passwd')",
    "select rules.note_event('posted', '{{}}')",
    "select rules.keep_index('i', 'on ledger_line (note)')",
    "set session_replication_role = replica",
    "set role {owner}",
    "insert into django_migrations (app, name, applied) values ('ledger', '9999', now())",
    "select setval('ledger_batch_id_seq', 1)",
)
SETTINGS = {
    "standard_conforming_strings": "off",
    "backslash_quote": "on",
    "transform_null_equals": "on",
    "quote_all_identifiers": "on",
    "array_nulls": "off",
    "bytea_output": "escape",
    "datestyle": "German, DMY",
    "intervalstyle": "sql_standard",
    "timezone": "Pacific/Kiritimati",
    "lc_numeric": "C",
    "extra_float_digits": "-15",
    "xmloption": "document",
    "plan_cache_mode": "force_custom_plan",
    "enable_hashjoin": "off",
    "enable_sort": "off",
    "check_function_bodies": "off",
    "escape_string_warning": "off",
    "search_path": "pg_temp, rules, public, pg_catalog",
}
ODD_PEOPLE = ("ana", "1.5", "-1", "0", "99999999999999999999", "1 or true", " ", "1;", "infinity")


@pytest.fixture
def draft(ledger: Ledger) -> Batch:
    """Give a draft with one amount of a commitment that it introduces."""
    made = factories.batch(ledger.analyst, title='Año "uno", y más')
    commitment = factories.commitment(made, appropriation=ledger.appropriation)
    factories.line(made, commitment, Stage.COMMITTED, "100.10", note=r"a \ b, \n \u00e1")
    return made


def test_no_statement_gives_the_application_the_rights_of_the_owner(
    ledger: Ledger, owner: psycopg.Connection, application: psycopg.Connection
) -> None:
    names = {
        "owner": owner.info.user,
        "application": application.info.user,
        "database": owner.info.dbname,
    }
    for way in WAYS:
        with denied(), acting(application, ledger.approver):
            application.execute(way.format(**names))


def test_nobody_acts_under_a_name_that_is_no_person(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    for odd in ODD_PEOPLE:
        for deed in (
            f"select rules.submit({draft.pk})",
            f"update ledger_line set note = 'x' where batch_id = {draft.pk}",
            f"update ledger_batch set title = 'x' where id = {draft.pk}",
            "update ledger_country set name_en = 'x'",
            "insert into ledger_remark (batch_id, text) values (1, 'x')",
        ):
            with pytest.raises(psycopg.Error), application.transaction():
                application.execute("select set_config('carsi.actor', %s, true)", [odd])
                if not application.execute(deed).rowcount:
                    raise psycopg.Error
    assert [line.note for line in draft.lines.all()] == [r"a \ b, \n \u00e1"]


def test_settings_of_a_session_change_nothing_of_what_is_read_posted_and_hashed(
    ledger: Ledger, application: psycopg.Connection, another: psycopg.Connection, draft: Batch
) -> None:
    factories.submitted(draft, ledger.analyst)
    digest = value(application, "select rules.batch_digest(%s)", draft.pk)
    for name, setting in SETTINGS.items():
        another.execute(f"set {name} = {setting if name == 'search_path' else repr(setting)}")
        assert value(another, "select rules.batch_digest(%s)", draft.pk) == digest, name
    assert post(another, ledger.approver, draft.pk) == 2
    assert run(another, ledger.analyst, "select rules.reverse(2, 'Back', 'Twice')")
    assert application.execute("select * from rules.verify()").fetchall() == []
    assert Posting.objects.get(version=2).title == draft.title


def test_a_session_that_is_to_see_all_rows_whatever_policies_say_is_refused(
    another: psycopg.Connection,
) -> None:
    """The policies that keep drafts from the reading role let the application see all anyway."""
    another.execute("set row_security = off")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        another.execute("select from ledger_commitment")
