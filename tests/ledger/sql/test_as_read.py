"""Rule 4: what is read is what is posted, in any isolation, down to who prepared it."""

import psycopg
import pytest
from django.db import models
from psycopg import IsolationLevel
from psycopg.errors import SerializationFailure

from carsi_tracker.ledger import media_types, posting
from carsi_tracker.ledger.models import Batch, Stage
from tests import factories
from tests.ledger.attack import acting, refused, run
from tests.ledger.conftest import Ledger


@pytest.fixture
def batch(ledger: Ledger) -> Batch:
    """Give a submitted batch: a new commitment with all that can describe it."""
    made = factories.batch(ledger.analyst)
    commitment = factories.commitment(
        made,
        appropriation=ledger.appropriation,
        goal=factories.goal(),
        partner=factories.organization(),
    )
    source = factories.document()
    with posting.acting(ledger.analyst):
        media_types.add_file(source, "letter.txt", b"The sum is $100.")
    factories.line(made, commitment, Stage.COMMITTED, 100, document=source)
    factories.submitted(made)
    return made


def described(batch: Batch) -> list[tuple[models.Model, str]]:
    """Return what describes a batch, each row with a column that it is read by."""
    line, commitment = batch.lines.get(), batch.introduces.get()
    documents_read = [line.document, line.appropriation.law]
    named = [
        line.appropriation.account, commitment.area, commitment.country, commitment.goal,
        commitment.agency, commitment.partner,
    ]  # fmt: skip
    return [(row, "title") for row in documents_read] + [
        (row, "name_es") for row in named if row is not None
    ]


@pytest.mark.commits
@pytest.mark.parametrize("level", [IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE])
def test_nothing_is_posted_from_a_snapshot_older_than_what_describes_it(
    ledger: Ledger,
    batch: Batch,
    application: psycopg.Connection,
    another: psycopg.Connection,
    level: IsolationLevel,
) -> None:
    deeds = [
        f"update {row._meta.db_table} set {column} = 'Mended {row.pk}' where id = {row.pk}"
        for row, column in described(batch)
    ]
    source = batch.lines.get().document_id
    deeds.append(f"delete from ledger_documentfile where document_id = {source}")
    for deed in deeds:
        digest = posting.digest(batch.pk)
        with pytest.raises(SerializationFailure), acting(application, ledger.approver, level):
            application.execute("select count(*) from ledger_line")
            run(another, ledger.analyst, deed)
            application.execute("select rules.post(%s, %s)", [batch.pk, digest])
    with acting(application, ledger.approver, level):
        digest = posting.digest(batch.pk)
        application.execute("select rules.post(%s, %s)", [batch.pk, digest])


def test_who_prepared_it_is_read_as_the_version_will_print_it(
    ledger: Ledger, batch: Batch, application: psycopg.Connection
) -> None:
    digest = posting.digest(batch.pk)
    rename = "update accounts_user set last_name = 'Another' where id = %s"
    run(application, ledger.approver, rename, ledger.approver.pk)
    assert posting.digest(batch.pk) == digest
    run(application, ledger.approver, rename, ledger.analyst.pk)
    with refused("changed_since_read"):
        run(application, ledger.approver, "select rules.post(%s, %s)", batch.pk, digest)
