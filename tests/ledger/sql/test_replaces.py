"""Rule 3: what a commitment replaces is posted, never itself, and said for good."""

from typing import Any

import psycopg
import pytest

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Commitment
from carsi_tracker.ledger.refusals import Refused
from tests import factories
from tests.ledger.attack import refused, run
from tests.ledger.conftest import Ledger

SET = "update ledger_commitment set replaces_id = %s where id = %s"


@pytest.fixture
def old(ledger: Ledger) -> Commitment:
    """Give a posted commitment."""
    return factories.committed(ledger.appropriation, 100)


def successor(ledger: Ledger, replaces: Commitment | None, **fields: Any) -> Commitment:
    draft = factories.batch(ledger.analyst)
    return factories.commitment(
        draft, appropriation=ledger.appropriation, replaces=replaces, **fields
    )


def test_a_commitment_replaces_a_posted_one_for_good(
    ledger: Ledger, application: psycopg.Connection, old: Commitment
) -> None:
    another = factories.committed(ledger.appropriation, 100)
    made = successor(ledger, old)
    for value in (another.pk, None, made.pk):
        with refused("replaces_for_good", reference=made.reference):
            run(application, ledger.analyst, SET, value, made.pk)
    assert Commitment.objects.get(pk=made.pk).replaces == old


def test_a_commitment_replaces_neither_itself_nor_one_that_is_not_posted(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    draft, made = successor(ledger, None), successor(ledger, None)
    for value in (draft.pk, made.pk):
        with refused("replaces_what_is_posted", reference=made.reference):
            run(application, ledger.analyst, SET, value, made.pk)
    with pytest.raises(Refused, match=r"NEXT-1 can only replace a commitment that is posted\."):
        successor(ledger, draft, reference="NEXT-1")


def test_a_posted_commitment_starts_to_replace_nothing(
    ledger: Ledger, application: psycopg.Connection, old: Commitment
) -> None:
    another = factories.committed(ledger.appropriation, 100)
    with refused("frozen"):
        run(application, ledger.analyst, SET, another.pk, old.pk)


def test_what_a_commitment_replaces_is_part_of_what_the_approver_reads(
    ledger: Ledger, application: psycopg.Connection, old: Commitment
) -> None:
    made = successor(ledger, None)
    batch = Batch.objects.get(introduces=made)
    factories.line(batch, made, "committed", 5)  # type: ignore[arg-type]
    digest = posting.digest(batch.pk)
    run(application, ledger.analyst, SET, old.pk, made.pk)
    assert posting.digest(batch.pk) != digest
