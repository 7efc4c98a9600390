"""What is retired stays where it is used; no new commitment or appropriation has it."""

from typing import Any

import psycopg
import pytest

from carsi_tracker.ledger.models import Commitment, Stage
from tests import factories
from tests.ledger.attack import refused, run, value
from tests.ledger.conftest import Ledger

TABLES = {
    "area_id": "ledger_programmingarea",
    "country_id": "ledger_country",
    "goal_id": "ledger_goal",
    "agency_id": "ledger_organization",
    "partner_id": "ledger_organization",
}
MAKERS = {
    "area_id": factories.area,
    "country_id": factories.country,
    "goal_id": factories.goal,
    "agency_id": factories.organization,
    "partner_id": factories.organization,
}
COPY = """
    insert into ledger_commitment (
        reference, title, title_es, appropriation_id, area_id, country_id, goal_id, agency_id,
        partner_id, introduced_by_id, replaces_id
    )
    select 'COPY-' || n, title, title_es, appropriation_id, area_id, country_id, goal_id, agency_id,
        partner_id, %s, %s::bigint
    from ledger_commitment, generate_series(1, 3) n
    where id = %s
"""


def retire(session: psycopg.Connection, ledger: Ledger, table: str, row: int) -> None:
    run(session, ledger.analyst, f"update {table} set retired = true where id = %s", row)


def code_of(session: psycopg.Connection, table: str, row: int) -> Any:
    column = "number::text" if table == "ledger_goal" else "code"
    return value(session, f"select {column} from {table} where id = %s", row)


@pytest.fixture(params=TABLES)
def column(request: pytest.FixtureRequest) -> str:
    """Give each column of a commitment that names something which can be retired."""
    return str(request.param)


@pytest.fixture
def draft(ledger: Ledger) -> Commitment:
    """Give a commitment that a draft introduces."""
    return factories.commitment(
        factories.batch(ledger.analyst),
        appropriation=ledger.appropriation,
        goal=factories.goal(),
        partner=factories.organization(),
    )


def test_no_new_commitment_has_what_is_retired(
    ledger: Ledger, application: psycopg.Connection, draft: Commitment, column: str
) -> None:
    row = getattr(draft, column)
    code = code_of(application, TABLES[column], row)
    copy = (COPY, draft.introduced_by_id, None, draft.pk)
    retire(application, ledger, TABLES[column], row)
    with refused("retired", code=code):
        run(application, ledger.analyst, *copy)
    run(application, ledger.analyst, f"update {TABLES[column]} set retired = false")
    run(application, ledger.analyst, *copy)
    assert Commitment.objects.filter(reference__startswith="COPY-").count() == 3


def test_a_draft_is_not_changed_to_what_is_retired_but_keeps_what_it_has(
    ledger: Ledger, application: psycopg.Connection, draft: Commitment, column: str
) -> None:
    other = MAKERS[column]().pk
    change = f"update ledger_commitment set {column} = %s, title = 'Corrected' where id = %s"
    retire(application, ledger, TABLES[column], getattr(draft, column))
    run(application, ledger.analyst, change, getattr(draft, column), draft.pk)
    retire(application, ledger, TABLES[column], other)
    with refused("retired", code=code_of(application, TABLES[column], other)):
        run(application, ledger.analyst, change, other, draft.pk)
    draft.refresh_from_db()
    assert draft.title == "Corrected"


def test_a_commitment_that_replaces_another_may_keep_what_that_has(
    ledger: Ledger, application: psycopg.Connection, column: str
) -> None:
    old = factories.committed(
        ledger.appropriation, 100, goal=factories.goal(), partner=factories.organization()
    )
    retire(application, ledger, TABLES[column], getattr(old, column))
    batch = factories.batch(ledger.analyst)
    with refused("retired"):
        run(application, ledger.analyst, COPY, batch.pk, None, old.pk)
    run(application, ledger.analyst, COPY, batch.pk, old.pk, old.pk)


def test_amounts_are_still_entered_against_what_has_it(
    ledger: Ledger, application: psycopg.Connection, column: str
) -> None:
    old = factories.committed(
        ledger.appropriation, 100, goal=factories.goal(), partner=factories.organization()
    )
    retire(application, ledger, TABLES[column], getattr(old, column))
    batch = factories.batch(ledger.analyst)
    factories.line(batch, old, Stage.COMMITTED, -40)
    assert factories.posted(batch)


def test_a_retired_account_has_no_new_appropriation_and_no_new_commitment(
    ledger: Ledger, application: psycopg.Connection, draft: Commitment
) -> None:
    account = ledger.appropriation.account
    retire(application, ledger, "ledger_account", account.pk)
    with refused("retired", code=account.code):
        run(application, ledger.analyst, COPY, draft.introduced_by_id, None, draft.pk)
    with refused("retired", code=account.code):
        run(
            application,
            ledger.analyst,
            "insert into ledger_appropriation (fiscal_year, account_id, law_id) "
            "values (2031, %s, %s)",
            account.pk,
            ledger.appropriation.law_id,
        )
    unposted = factories.appropriation()
    with refused("retired", code=account.code):
        run(
            application,
            ledger.analyst,
            "update ledger_appropriation set account_id = %s, fiscal_year = 2031 where id = %s",
            account.pk,
            unposted.pk,
        )
