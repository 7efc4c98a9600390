"""Nobody takes the number of a row that is still to be given."""

import psycopg
import pytest

from carsi_tracker.ledger.models import Batch, Stage
from tests import factories
from tests.ledger.attack import refused, run, value
from tests.ledger.conftest import Ledger

# Tables that number their rows, to which others than the owner add; a trigger numbers events.
NUMBERED = """
    select c.relname, c.relname in (
        select tgrelid::regclass::name from pg_trigger
        where tgfoid = 'rules.guard_numbers'::regproc and tgtype & 4 > 0
    )
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'id'
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attidentity <> ''
        and has_any_column_privilege(current_user, c.oid, 'insert')
    order by 1
"""


@pytest.fixture
def batch(ledger: Ledger) -> Batch:
    """Give a draft with one line."""
    draft = factories.batch(ledger.analyst)
    factories.line(draft, ledger.appropriation, Stage.APPROPRIATED, 50)
    return draft


def test_every_table_that_numbers_its_rows_is_guarded(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    tables = dict(application.execute(NUMBERED).fetchall())
    assert {"ledger_line", "ledger_batch", "ledger_remark", "accounts_user"} < set(tables)
    assert [name for name, guarded in tables.items() if not guarded] == ["accounts_event"]


@pytest.mark.parametrize("ahead", [1, 3, 10**9])
def test_a_number_that_was_not_given_yet_is_refused_and_the_next_row_is_added(
    ledger: Ledger, application: psycopg.Connection, batch: Batch, ahead: int
) -> None:
    given = value(application, "select pg_sequence_last_value('ledger_line_id_seq')")
    add = (
        "insert into ledger_line (id, batch_id, appropriation_id, stage, amount, effective_date, "
        "document_id, locator, basis, note, revision) select %s, batch_id, appropriation_id, "
        "stage, 5, effective_date, document_id, '', 'stated', '', 0 "
        "from ledger_line where batch_id = %s"
    )
    for sql in (
        add,
        add + " on conflict (id) do nothing",
        "update ledger_line set id = %s where batch_id = %s",
    ):
        with refused("number_not_given", table="ledger_line"):
            run(application, ledger.analyst, sql, given + ahead, batch.pk)
    with refused("number_not_given"):
        run(
            application, ledger.analyst,
            "insert into ledger_batch (id, title, reason, state, revision, created_at) "
            "values (pg_sequence_last_value('ledger_batch_id_seq') + %s, 'Taken', 'Taken', "
            "'draft', 0, now())", ahead,
        )  # fmt: skip
    factories.line(batch, ledger.appropriation, Stage.APPROPRIATED, 7)
