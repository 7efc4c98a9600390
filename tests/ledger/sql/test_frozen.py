"""Rule 3: what figures are filtered by freezes once posted, and codes are fixed from the start."""

import psycopg
import pytest
from psycopg import IsolationLevel

from carsi_tracker.ledger.models import Commitment, Stage
from tests import factories
from tests.ledger.attack import acting, post, refused, run, value
from tests.ledger.conftest import Ledger

FROZEN = {
    "reference": "'REF-NEW'",
    "appropriation_id": "(select max(id) from ledger_appropriation)",
    "area_id": "(select max(id) from ledger_programmingarea)",
    "country_id": "(select max(id) from ledger_country)",
    "goal_id": "(select max(id) from ledger_goal)",
    "agency_id": "(select max(id) from ledger_organization)",
    "partner_id": "(select max(id) from ledger_organization)",
    "introduced_by_id": "(select max(id) from ledger_batch)",
    "first_version": "null",
    "id": "id + 1000",
}

by_both = pytest.mark.parametrize("login", ["application", "owner"])


@pytest.fixture
def commitment(ledger: Ledger) -> Commitment:
    """Give a posted commitment, and others of everything that it could be moved to."""
    made = factories.committed(ledger.appropriation, 100)
    factories.appropriation()
    factories.area()
    factories.country()
    factories.goal()
    factories.organization()
    factories.batch()
    return made


@by_both
@pytest.mark.parametrize("column", FROZEN)
def test_a_posted_commitment_keeps_all_but_its_titles(
    ledger: Ledger, session: psycopg.Connection, commitment: Commitment, column: str
) -> None:
    with refused("frozen", what="commitment", reference=commitment.reference):
        run(session, ledger.analyst,
            f"update ledger_commitment set {column} = {FROZEN[column]}")  # fmt: skip


@by_both
def test_a_posted_commitment_is_not_deleted(
    ledger: Ledger, session: psycopg.Connection, commitment: Commitment
) -> None:
    with refused("frozen"):
        run(session, ledger.analyst, "delete from ledger_commitment")


def test_titles_of_a_posted_commitment_are_corrected_outside_the_checksum(
    ledger: Ledger, application: psycopg.Connection, commitment: Commitment
) -> None:
    run(application, factories.administrator(),
        "update ledger_commitment set title = 'Corrected', title_es = 'Corregido'")  # fmt: skip
    commitment.refresh_from_db()
    assert commitment.title == "Corrected"
    assert value(application, "select count(*) from rules.verify()") == 0


@by_both
@pytest.mark.parametrize("column", ["fiscal_year", "account_id", "law_id", "first_version", "id"])
def test_a_posted_appropriation_keeps_everything(
    ledger: Ledger, session: psycopg.Connection, column: str
) -> None:
    factories.account()
    factories.document()
    new = {
        "fiscal_year": "2009",
        "account_id": "(select max(id) from ledger_account)",
        "law_id": "(select max(id) from ledger_document)",
        "first_version": "null",
        "id": "id + 1000",
    }[column]
    with refused("frozen", what="appropriation"):
        run(session, ledger.analyst, f"update ledger_appropriation set {column} = {new}")


def test_a_posted_appropriation_is_not_deleted(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    with refused("frozen", what="appropriation"):
        run(application, ledger.analyst, "delete from ledger_appropriation")


@pytest.mark.parametrize("table", ["ledger_commitment", "ledger_appropriation"])
def test_nobody_claims_that_something_was_posted(
    ledger: Ledger, application: psycopg.Connection, table: str
) -> None:
    factories.commitment(factories.batch(), appropriation=factories.appropriation())
    with refused("version_is_final"):
        run(application, ledger.analyst,
            f"update {table} set first_version = 1 where first_version is null")  # fmt: skip
    columns = value(
        application,
        "select string_agg(column_name, ', ') from information_schema.columns "
        "where table_name = %s and column_name not in ('id', 'first_version')",
        table,
    )
    with refused("version_is_final"):
        run(
            application,
            ledger.analyst,
            f"insert into {table} ({columns}, first_version) select {columns}, 1 from {table}",
        )


CODES = {
    "account": "code = 'OTHER'",
    "programmingarea": "code = 'other'",
    "country": "code = 'ZZ'",
    "organization": "code = 'Other'",
    "goal": "number = 99",
    "document": "key = 'other'",
}


@by_both
@pytest.mark.parametrize("table", CODES)
def test_codes_are_fixed_from_the_start(
    ledger: Ledger, session: psycopg.Connection, table: str
) -> None:
    getattr(factories, {"programmingarea": "area"}.get(table, table))()
    with refused("code_is_fixed"):
        run(session, ledger.analyst, f"update ledger_{table} set {CODES[table]}")


@pytest.mark.parametrize("table", CODES)
def test_the_number_of_a_row_is_fixed_for_its_history_stands_under_it(
    ledger: Ledger, application: psycopg.Connection, table: str
) -> None:
    made = getattr(factories, {"programmingarea": "area"}.get(table, table))()
    with refused("code_is_fixed"):
        run(
            application, ledger.analyst,
            f"update ledger_{table} set id = id + 1000 where id = {made.pk}",
        )  # fmt: skip


@pytest.mark.parametrize("table", ["account", "programmingarea", "country", "goal", "organization"])
def test_names_may_be_corrected(
    ledger: Ledger, application: psycopg.Connection, table: str
) -> None:
    factories.committed(ledger.appropriation, 100, goal=factories.goal())
    run(
        application,
        ledger.analyst,
        f"update ledger_{table} set name_en = 'Another', name_es = 'Otro', retired = true",
    )
    assert value(application, "select count(*) from rules.verify()") == 0


@pytest.mark.parametrize("table", CODES)
def test_one_statement_does_not_put_another_row_in_the_place_of_one_referred_to(
    ledger: Ledger, application: psycopg.Connection, table: str
) -> None:
    factories.committed(ledger.appropriation, 100, goal=factories.goal())
    name = f"ledger_{table}"
    used = {
        "account": "select account_id from ledger_appropriation",
        "programmingarea": "select area_id from ledger_commitment",
        "country": "select country_id from ledger_commitment",
        "organization": "select agency_id from ledger_commitment",
        "goal": "select goal_id from ledger_commitment",
        "document": "select document_id from ledger_entry",
    }[table]
    id_ = value(application, f"{used} limit 1")
    getattr(factories, {"programmingarea": "area"}.get(table, table))()
    other = value(application, f"select max(id) from {name}")
    columns = value(
        application,
        "select string_agg(column_name, ', ') from information_schema.columns "
        "where table_name = %s and column_name <> 'id'",
        name,
    )
    with pytest.raises(psycopg.errors.IntegrityError):
        run(
            application, ledger.analyst,
            f"update {name} set id = case id when {id_} then 9999 else {id_} end "
            f"where id in ({id_}, {other})",
        )  # fmt: skip
    with pytest.raises(psycopg.errors.IntegrityError):
        run(
            application, ledger.analyst,
            f"with gone as (delete from {name} where id in ({id_}, {other}) returning *) "
            f"insert into {name} (id, {columns}) select {id_}, {columns} from gone "
            f"where id = {other}",
        )  # fmt: skip
    assert value(application, "select count(*) from rules.verify()") == 0


@pytest.mark.parametrize("table", CODES)
def test_what_is_referred_to_is_not_deleted_and_what_is_not_is(
    ledger: Ledger, application: psycopg.Connection, table: str
) -> None:
    factories.committed(ledger.appropriation, 100, goal=factories.goal())
    with pytest.raises(psycopg.errors.IntegrityError):
        run(application, ledger.analyst, f"delete from ledger_{table}")
    unused = getattr(factories, {"programmingarea": "area"}.get(table, table))()
    run(application, ledger.analyst, f"delete from ledger_{table} where id = %s", unused.pk)
    assert not type(unused).objects.filter(pk=unused.pk).exists()


SINCE = (
    "update ledger_appropriation set fiscal_year = 2010 where id = {appropriation}",
    "update ledger_line set note = 'since' where batch_id = {batch}",
    "update ledger_batch set title = 'since' where id = {batch}",
    "update ledger_commitment set title = 'since' where introduced_by_id = {batch}",
    "update ledger_commitment set reference = 'REF-SINCE' where introduced_by_id = {batch}",
    "update ledger_commitment set country_id = (select max(id) from ledger_country)"
    " where introduced_by_id = {batch}",
    "delete from ledger_line where batch_id = {batch}",
)


@pytest.mark.parametrize(
    "level", [IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE], ids=lambda x: x.name
)
def test_each_change_from_a_snapshot_older_than_the_posting_fails(
    ledger: Ledger,
    application: psycopg.Connection,
    another: psycopg.Connection,
    level: IsolationLevel,
) -> None:
    for version, change in enumerate(SINCE, 1):
        draft = factories.batch(ledger.analyst)
        fresh = factories.appropriation()
        commitment = factories.commitment(draft, appropriation=fresh)
        factories.line(draft, fresh, Stage.APPROPRIATED, 500)
        factories.line(draft, commitment, Stage.COMMITTED, 100)
        factories.submitted(draft)
        statement = change.format(batch=draft.pk, appropriation=fresh.pk)
        with (
            pytest.raises(psycopg.errors.SerializationFailure),
            acting(another, ledger.analyst, level),
        ):
            assert value(another, "select version from ledger_head") == version
            post(application, ledger.approver, draft.pk)
            another.execute(statement)
    assert value(application, "select count(*) from rules.verify()") == 0
