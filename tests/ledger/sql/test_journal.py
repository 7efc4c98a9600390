"""Rule 3: a version is final, whoever tries, and by whatever statement."""

import psycopg
import pytest

from carsi_tracker.ledger.models import Entry, Stage
from tests import factories
from tests.ledger.attack import acting, denied, post, refused, run, sealed, value
from tests.ledger.conftest import OWNER, Ledger

NEW_POSTING = """
    select 99, now(), batch_id, title, reason, prepared_by, approver_id, approved_by, '', '', null,
        1, entries_sha256, checksum
    from ledger_posting where version = 1
"""
COLUMNS_OF_POSTING = (
    "version, posted_at, batch_id, title, reason, prepared_by, approver_id, approved_by, "
    "self_approval_rule, self_approval_reason, reverses_id, entry_count, entries_sha256, checksum"
)
NEW_ENTRY = """
    select version, 2, appropriation_id, commitment_id, stage, amount, effective_date, document_id,
        locator, basis, note
    from ledger_entry where version = 1
"""
COLUMNS_OF_ENTRY = (
    "version, line, appropriation_id, commitment_id, stage, amount, effective_date, document_id, "
    "locator, basis, note"
)

WRITES_OF_JOURNAL = {
    "update an amount": "update ledger_entry set amount = amount * 2",
    "update a reason": "update ledger_posting set reason = 'Another'",
    "update a checksum": "update ledger_posting set checksum = repeat('0', 64)",
    "delete an entry": "delete from ledger_entry",
    "delete a version": "delete from ledger_posting",
    "add to an old version": f"insert into ledger_entry ({COLUMNS_OF_ENTRY}) {NEW_ENTRY}",
    "add a version": f"insert into ledger_posting ({COLUMNS_OF_POSTING}) {NEW_POSTING}",
    "change on conflict": (
        f"insert into ledger_entry ({COLUMNS_OF_ENTRY}) "
        f"{NEW_ENTRY.replace('version, 2', 'version, 1')} "
        "on conflict (version, line) do update set amount = excluded.amount * 2"
    ),
    "merge": (
        "merge into ledger_entry e using (select 1 as version) s on e.version = s.version "
        "when matched then update set amount = 1"
    ),
    "merge by deleting": (
        "merge into ledger_posting p using (select 1 as version) s on p.version = s.version "
        "when matched then delete"
    ),
    "turn the head back": "update ledger_head set version = 0",
    "delete the head": "delete from ledger_head",
    "add a head": (
        "insert into ledger_head (one, version, posted_at, checksum) values (false, 9, now(), '')"
    ),
    "flip the self-approval switch": "update ledger_office set self_approval_rule = 'Because'",
    "merge the switch": (
        "merge into ledger_office o using (select true as one) s on o.one = s.one "
        "when matched then update set self_approval_rule = 'Because'"
    ),
    "take a hand away": "delete from ledger_batcheditor",
    "add a hand": (
        "insert into ledger_batcheditor (batch_id, user_id) "
        "select b.id, u.id from ledger_batch b, accounts_user u"
    ),
    "forge history": (
        'insert into ledger_change ("table", "row", action, reason, changed_at) '
        "values ('ledger_country', 1, 'DELETE', '', now())"
    ),
    "delete history": "delete from ledger_change",
    "turn back the texts": "update ledger_texts set revision = 0",
}
COPIES_OF_JOURNAL = (
    "ledger_entry", "ledger_posting", "ledger_head", "ledger_office", "ledger_batcheditor",
    "ledger_change", "ledger_texts",
)  # fmt: skip
LEDGER_TABLES = """
    select relname from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace and relname like 'ledger%'
"""


sealed_for_both = pytest.mark.parametrize("login", ["application", "granted"])


@sealed_for_both
@pytest.mark.parametrize("sql", WRITES_OF_JOURNAL.values(), ids=WRITES_OF_JOURNAL.keys())
def test_nobody_writes_the_journal_whatever_they_are_granted(
    ledger: Ledger, session: psycopg.Connection, login: str, sql: str
) -> None:
    with sealed(login, "version_is_final"):
        run(session, ledger.approver, sql)


@sealed_for_both
@pytest.mark.parametrize("table", COPIES_OF_JOURNAL)
def test_copy_into_the_journal_is_refused(
    ledger: Ledger, session: psycopg.Connection, login: str, table: str
) -> None:
    with (
        sealed(login, "version_is_final"),
        session.cursor().copy(f"copy {table} from stdin"),
    ):
        pass


@pytest.mark.parametrize("login", ["owner"])
@pytest.mark.parametrize("table", ["ledger_entry", "ledger_posting"])
@pytest.mark.parametrize("statement", ["delete from {}", "update {} set version = version + 1"])
def test_the_owner_is_refused_to_change_the_journal(
    ledger: Ledger, session: psycopg.Connection, table: str, statement: str
) -> None:
    with refused("version_is_final"):
        session.execute(statement.format(table))


@pytest.mark.parametrize("login", ["owner", "granted"])
def test_no_table_of_the_ledger_is_emptied(ledger: Ledger, session: psycopg.Connection) -> None:
    tables = [name for (name,) in session.execute(LEDGER_TABLES)]
    assert len(tables) > 15
    for table in [*tables, "accounts_user"]:
        with refused("version_is_final"):
            session.execute(f"truncate {table} cascade")
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    "sql",
    [
        "alter table ledger_entry disable trigger all",
        "alter table ledger_batch disable trigger guard",
        "drop trigger final on ledger_entry",
        "set session_replication_role = replica",
        "set local role {owner}",
        "set session authorization {owner}",
        "drop function rules.post(bigint, text, text) cascade",
        "create function public.actor() returns bigint return 1",
        "create function rules.actor(x int) returns bigint return 1",
        "create table public.ledger_extra (id int)",
        "lock table ledger_head in exclusive mode",
        "select from ledger_head for update",
        "select rules.lock_batch(1, 'draft')",
    ],
)
def test_the_application_may_not_switch_the_rules_off(
    ledger: Ledger, application: psycopg.Connection, sql: str
) -> None:
    with denied():
        run(application, ledger.approver, sql.format(owner=OWNER))


def test_the_application_may_not_borrow_the_triggers_that_write_for_the_owner(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    application.execute("create temp table mine (id bigint, title text, reason text)")
    for function in ("note_batch", "keep_history", "note_lines"):
        with denied():
            application.execute(
                "create trigger t after insert on mine "
                f"for each row execute function rules.{function}()"
            )


def test_temporary_tables_named_as_ours_fool_nobody(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    draft = factories.batch(ledger.analyst)
    commitment = factories.commitment(draft, appropriation=ledger.appropriation)
    factories.line(draft, commitment, Stage.COMMITTED, 1_000_001)
    temporary = (
        "create temp table {0} as select * from public.{0}",
        "grant all on {0} to public",
    )
    for table in ("ledger_entry", "ledger_line", "ledger_batch", "ledger_batcheditor",
                  "ledger_head", "ledger_office", "ledger_posting", "accounts_user"):  # fmt: skip
        for statement in temporary:
            application.execute(statement.format(table))
    application.execute("update pg_temp.ledger_entry set amount = amount * 1000")
    application.execute("update pg_temp.ledger_batch set state = 'submitted'")
    application.execute("update pg_temp.ledger_office set self_approval_rule = 'Because'")
    application.execute("create temp view amount_text as select 1 as batch_id, '' as text")
    application.execute("create function pg_temp.actor() returns bigint return 1")
    application.execute("set search_path = pg_temp, public, rules")
    with refused("balance_broken"):
        run(application, ledger.analyst, "select rules.submit(%s)", draft.pk)
    with refused("not_submitted"):
        post(application, ledger.approver, draft.pk)


def test_a_rolled_back_savepoint_leaves_no_gap(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    draft = factories.batch(ledger.analyst)
    commitment = factories.commitment(draft, appropriation=ledger.appropriation)
    factories.line(draft, commitment, Stage.COMMITTED, 100)
    factories.submitted(draft)
    head = "select version || checksum from ledger_head"
    before = value(application, head)
    with acting(application, ledger.approver):
        with application.transaction(force_rollback=True):
            post(application, ledger.approver, draft.pk)
            assert value(application, head) != before
        assert value(application, head) == before
        assert post(application, ledger.approver, draft.pk) == 2
    assert value(application, "select count(*) from rules.verify()") == 0
