"""Rule 4: whoever edits what a batch introduces has a hand in it, whatever it introduces."""

import threading

import psycopg
import pytest
from psycopg import IsolationLevel
from psycopg.errors import SerializationFailure

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger.models import Appropriation, Batch, BatchEditor, Stage
from tests import factories
from tests.ledger.attack import acting, post, refused, run
from tests.ledger.conftest import Ledger
from tests.ledger.waiting import until_waiting

UNCOVERED = """
    select c.relname, event
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'first_version'
    cross join (values ('insert', 4), ('delete', 8), ('update', 16)) as events (event, bit)
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
        and not exists (
            select from pg_trigger t
            where t.tgrelid = c.oid and t.tgtype & bit > 0 and t.tgenabled = 'O'
                and t.tgfoid = 'rules.note_introduced'::regproc
        )
"""
COVERED = """
    select distinct tgrelid::regclass::text from pg_trigger
    where tgfoid = 'rules.note_introduced'::regproc order by 1
"""
EDITS = {
    "its law": "update ledger_appropriation set law_id = {law} where id = {id}",
    "its year": "update ledger_appropriation set fiscal_year = 2013 where id = {id}",
    "its account": "update ledger_appropriation set account_id = {account} where id = {id}",
    "all appropriations": "update ledger_appropriation set law_id = {law} "
    "where first_version is null",
    "on conflict": """
        insert into ledger_appropriation (id, fiscal_year, account_id, law_id)
        select id, fiscal_year, account_id, law_id from ledger_appropriation where id = {id}
        on conflict (id) do update set law_id = {law}
    """,
    "by merge": (
        "merge into ledger_appropriation a using (select 1) s on a.id = {id} "
        "when matched then update set law_id = {law}"
    ),
}
LINE = """
    insert into ledger_line (batch_id, appropriation_id, stage, amount, effective_date, document_id,
        locator, basis, note, revision)
    values (%s, %s, 'appropriated', 5, '2009-01-01', %s, '', 'stated', '', 0)
"""
RELAW = "update ledger_appropriation set law_id = %s where id = %s"


@pytest.fixture
def fresh(ledger: Ledger) -> Appropriation:
    """Give an appropriation of which nothing is posted."""
    return factories.appropriation(fiscal_year=2012)


def drafted(ledger: Ledger, appropriation: Appropriation) -> Batch:
    draft = factories.batch(ledger.analyst)
    factories.line(draft, appropriation, Stage.APPROPRIATED, 50)
    return draft


def hands(batch: Batch) -> set[int]:
    return set(BatchEditor.objects.filter(batch=batch).values_list("user_id", flat=True))


def state(batch: Batch) -> str:
    return Batch.objects.values_list("state", flat=True).get(pk=batch.pk)


def meddler() -> User:
    return factories.person(is_approver=True, is_administrator=True)


def test_every_table_of_what_a_batch_introduces_is_covered(application: psycopg.Connection) -> None:
    assert application.execute(UNCOVERED).fetchall() == []
    assert [name for (name,) in application.execute(COVERED).fetchall()] == [
        "ledger_appropriation",
        "ledger_commitment",
    ]


def test_whoever_edits_an_appropriation_has_a_hand_in_the_batches_that_introduce_it(
    ledger: Ledger, application: psycopg.Connection, fresh: Appropriation
) -> None:
    values = {"id": fresh.pk, "account": factories.account().pk}
    both, other = [drafted(ledger, fresh), drafted(ledger, fresh)], factories.batch(ledger.analyst)
    factories.line(other, ledger.appropriation, Stage.APPROPRIATED, 5)
    factories.submitted(other)
    for edit in EDITS.values():
        for draft in both:
            factories.submitted(draft)
        person = meddler()
        run(application, person, edit.format(**values, law=factories.document().pk))
        for draft in both:
            assert state(draft) == Batch.State.DRAFT, edit
            assert person.pk in hands(draft)
        factories.submitted(both[0])
        with refused("had_a_hand"):
            post(application, person, both[0].pk)
        run(application, ledger.analyst, "select rules.withdraw(%s)", both[0].pk)
    assert state(other) == Batch.State.SUBMITTED
    assert hands(other) == {ledger.analyst.pk}
    for draft in both:
        factories.submitted(draft)
        post(application, ledger.approver, draft.pk)


def test_an_appropriation_that_is_saved_as_it_is_or_is_posted_makes_no_hand(
    ledger: Ledger, application: psycopg.Connection, fresh: Appropriation
) -> None:
    draft = drafted(ledger, fresh)
    factories.submitted(draft)
    run(application, meddler(), RELAW, fresh.law_id, fresh.pk)
    assert state(draft) == Batch.State.SUBMITTED
    assert hands(draft) == {ledger.analyst.pk}
    post(application, ledger.approver, draft.pk)
    second = drafted(ledger, fresh)
    factories.submitted(second)
    with refused("frozen"):
        run(application, meddler(), RELAW, factories.document().pk, fresh.pk)
    assert state(second) == Batch.State.SUBMITTED


def test_an_appropriation_that_a_batch_introduces_is_not_deleted(
    ledger: Ledger, application: psycopg.Connection, fresh: Appropriation
) -> None:
    draft = drafted(ledger, fresh)
    factories.submitted(draft)
    with pytest.raises(psycopg.IntegrityError):
        run(application, meddler(), "delete from ledger_appropriation where id = %s", fresh.pk)
    assert state(draft) == Batch.State.SUBMITTED
    unused = factories.appropriation(fiscal_year=2014)
    run(application, meddler(), "delete from ledger_appropriation where id = %s", unused.pk)


@pytest.mark.commits
@pytest.mark.parametrize("level", [IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE])
def test_nobody_edits_it_from_a_snapshot_older_than_the_line(
    ledger: Ledger, application: psycopg.Connection, fresh: Appropriation, level: IsolationLevel
) -> None:
    law = factories.document()
    with pytest.raises(SerializationFailure), acting(application, meddler(), level) as session:
        session.execute("select count(*) from ledger_line")
        draft = drafted(ledger, fresh)
        factories.submitted(draft)
        session.execute(RELAW, [law.pk, fresh.pk])
    assert state(draft) == Batch.State.SUBMITTED
    assert hands(draft) == {ledger.analyst.pk}


@pytest.mark.parametrize("first", ["edit", "line"])
def test_an_edit_and_a_line_that_are_not_committed_wait_for_each_other(
    ledger: Ledger,
    application: psycopg.Connection,
    another: psycopg.Connection,
    fresh: Appropriation,
    first: str,
) -> None:
    """Behind the line an editor has a hand; before it they edit what no batch introduces yet."""
    draft, law, person = factories.batch(ledger.analyst), factories.document(), meddler()
    edit = (person, RELAW, law.pk, fresh.pk)
    line = (ledger.analyst, LINE, draft.pk, fresh.pk, law.pk)
    before, after = (edit, line) if first == "edit" else (line, edit)
    with acting(application, before[0]):
        application.execute(before[1], before[2:])
        waiting = threading.Thread(target=lambda: run(another, *after))
        waiting.start()
        until_waiting(application, another)
    waiting.join()
    assert (person.pk in hands(draft)) == (first == "line")
    fresh.refresh_from_db()
    assert fresh.law_id == law.pk
