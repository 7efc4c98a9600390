"""The agency of a commitment is a U.S. agency, its partner a partner; attacked by raw SQL."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg import IsolationLevel

from carsi_tracker.ledger.models import Commitment, Organization
from tests import factories
from tests.ledger.attack import acting, refused, run, value
from tests.ledger.conftest import Ledger

COPY = """
    insert into ledger_commitment (
        reference, title, title_es, appropriation_id, area_id, country_id, agency_id, partner_id,
        introduced_by_id
    )
    select 'COPY-1', title, title_es, appropriation_id, area_id, country_id, %s, %s::bigint,
        introduced_by_id
    from ledger_commitment where id = %s
"""


@pytest.fixture
def draft(ledger: Ledger) -> Commitment:
    """Give a commitment that a draft introduces."""
    return factories.commitment(
        factories.batch(ledger.analyst),
        appropriation=ledger.appropriation,
        agency=of(is_partner=False),
        partner=of(is_agency=False),
    )


def of(**kinds: bool) -> Organization:
    return factories.organization(**kinds)


def test_no_commitment_begins_with_an_organization_of_the_other_kind(
    ledger: Ledger, application: psycopg.Connection, draft: Commitment
) -> None:
    agency, partner = draft.agency, draft.partner
    assert partner
    with refused("no_agency", code=partner.code):
        run(application, ledger.analyst, COPY, partner.pk, None, draft.pk)
    with refused("no_partner", code=agency.code):
        run(application, ledger.analyst, COPY, agency.pk, agency.pk, draft.pk)
    both = of()
    run(application, ledger.analyst, COPY, both.pk, both.pk, draft.pk)


@pytest.mark.parametrize(("column", "rule"), [("agency", "no_agency"), ("partner", "no_partner")])
def test_no_draft_is_changed_to_an_organization_of_the_other_kind(
    ledger: Ledger, application: psycopg.Connection, draft: Commitment, column: str, rule: str
) -> None:
    other: Any = draft.partner if column == "agency" else draft.agency
    with refused(rule, code=other.code):
        run(
            application,
            ledger.analyst,
            f"update ledger_commitment set {column}_id = %s where id = %s",
            other.pk,
            draft.pk,
        )


@pytest.mark.parametrize("column", ["agency", "partner"])
def test_no_organization_stops_being_what_commitments_have_it_as(
    ledger: Ledger, application: psycopg.Connection, draft: Commitment, column: str
) -> None:
    organization: Any = getattr(draft, column)
    take = f"update ledger_organization set is_{column} = false where id = %s"
    with refused("kind_is_used", code=organization.code):
        run(application, ledger.analyst, take, organization.pk)
    run(application, ledger.analyst, take, of().pk)


@pytest.mark.parametrize("level", [IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE])
def test_no_older_snapshot_hides_the_commitment_that_was_made_meanwhile(
    ledger: Ledger,
    application: psycopg.Connection,
    connect_application: Callable[[], psycopg.Connection],
    draft: Commitment,
    level: IsolationLevel,
) -> None:
    agency, take = of(), "update ledger_organization set is_agency = false where id = %s"
    with (
        refused("reads_what_is_committed"),
        acting(application, ledger.analyst, level),
    ):
        assert value(application, "select count(*) from ledger_commitment") == 1
        run(connect_application(), ledger.analyst, COPY, agency.pk, None, draft.pk)
        application.execute(take, [agency.pk])
    with refused("kind_is_used", code=agency.code):
        run(application, ledger.analyst, take, agency.pk)
