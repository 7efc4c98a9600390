"""What changed since a batch was last submitted is told field by field."""

from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.changes import SHOWN
from carsi_tracker.ledger.models import Batch, Commitment, Line, Stage, Submission
from carsi_tracker.ledger.submissions import changes_since_submission
from tests import factories
from tests.ledger.attack import run, sealed
from tests.ledger.conftest import Ledger


@pytest.fixture
def batch(ledger: Ledger) -> Batch:
    """Give a submitted batch with one amount of a commitment that it introduces."""
    made = factories.batch(ledger.analyst, title="Boats")
    commitment = factories.commitment(
        made, appropriation=ledger.appropriation, reference="NEW-1", title="Patrol boats"
    )
    factories.line(made, commitment, Stage.COMMITTED, 100)
    factories.submitted(made)
    return fresh(made)


def fresh(batch: Batch) -> Batch:
    return Batch.objects.get(pk=batch.pk)


def told(changes: Any) -> list[tuple[str, str, str]]:
    return [(str(field.label), field.before, field.after) for field in changes]


def test_a_batch_that_was_submitted_once_or_never_has_nothing_to_compare_with(
    ledger: Ledger, batch: Batch
) -> None:
    assert changes_since_submission(factories.batch(ledger.analyst)) is None
    assert changes_since_submission(batch) is None
    posting.post(batch.pk, ledger.approver, posting.digest(batch.pk))
    assert changes_since_submission(fresh(batch)) is None


def test_a_batch_sent_back_and_not_changed_is_told_so(ledger: Ledger, batch: Batch) -> None:
    posting.send_back(batch.pk, ledger.approver, "Look again")
    changes = changes_since_submission(fresh(batch))
    assert changes is not None
    assert not changes


def test_each_text_and_each_field_of_a_line_and_a_commitment_is_told_before_and_after(
    ledger: Ledger, batch: Batch
) -> None:
    line = batch.lines.select_related("commitment__country").get()
    before = line.commitment.country.code
    other = factories.country(name_en="Elsewhere")
    with posting.acting(ledger.analyst):
        Batch.objects.filter(pk=batch.pk).update(title="Ships")
        Line.objects.filter(pk=line.pk).update(
            amount="250.50", effective_date="2009-04-01", quote="Said so"
        )
        Commitment.objects.filter(reference="NEW-1").update(country=other, reference="NEW-2")
    changes = changes_since_submission(fresh(batch))
    assert changes
    assert told(changes.found.texts) == [("title", "Boats", "Ships")]
    (changed,) = changes.found.lines.changed
    called = "NEW-2, Committed, $250.50, Apr\xa01,\xa02009"
    assert (changed.id, changed.name) == (line.pk, called)
    assert told(changed.fields) == [
        ("commitment", "NEW-1", "NEW-2"),
        ("amount, U.S. dollars", "$100.00", "$250.50"),
        ("effective date", "Mar\xa013,\xa02009", "Apr\xa01,\xa02009"),
        ("words quoted from it", "", "Said so"),
    ]
    (commitment,) = changes.found.commitments.changed
    assert ("country", before, other.code) in told(commitment.fields)
    assert not changes.found.lines.added + changes.found.lines.deleted


def test_lines_added_and_deleted_are_told_and_a_submission_is_compared_with_the_one_before(
    ledger: Ledger, batch: Batch
) -> None:
    posting.withdraw(batch.pk, ledger.analyst)
    line = batch.lines.get()
    gone = line.pk
    added = factories.line(batch, line.commitment, Stage.COMMITTED, 70)
    with posting.acting(ledger.analyst):
        line.delete()
    while_draft = changes_since_submission(fresh(batch))
    factories.submitted(batch)
    for changes in (while_draft, changes_since_submission(fresh(batch))):
        assert changes
        assert [row.id for row in changes.found.lines.added] == [added.pk]
        assert [row.id for row in changes.found.lines.deleted] == [gone]
        assert ("amount, U.S. dollars", "", "$70.00") in told(changes.found.lines.added[0].fields)
        assert changes.found.lines.total == 2


def test_many_changes_are_counted_told_in_part_and_asked_for_at_once(
    ledger: Ledger, batch: Batch
) -> None:
    line = batch.lines.get()
    with posting.acting(ledger.analyst):
        Line.objects.bulk_create(
            Line(
                batch=batch, appropriation=line.appropriation, commitment=line.commitment,
                stage="committed", amount=number + 1, effective_date=line.effective_date,
                document=line.document, basis="stated",
            )
            for number in range(SHOWN + 20)
        )  # fmt: skip
    with CaptureQueriesContext(
        connection,
    ) as queries:
        changes = changes_since_submission(fresh(batch))
    assert changes
    assert len(changes.found.lines.added) == SHOWN
    assert (changes.found.lines.total, changes.found.lines.more) == (SHOWN + 20, 20)
    assert len(queries) == 7  # the batch, what is compared, how, deeds, versions, people twice


def test_discarding_a_batch_takes_its_submissions_along(ledger: Ledger, batch: Batch) -> None:
    posting.withdraw(batch.pk, ledger.analyst)
    discarded = batch.pk
    posting.discard(discarded, ledger.analyst)
    assert not Submission.objects.filter(batch_id=discarded).exists()


WRITES = {
    "insert": "insert into ledger_submission (batch_id, submitted_by_id, submitted_at, digest, "
    "content) values ({batch}, {person}, now(), 'x', '{{}}')",
    "update": "update ledger_submission set content = '{{}}'",
    "delete": "delete from ledger_submission",
}


@pytest.mark.parametrize("login", ["application", "granted"])
@pytest.mark.parametrize("sql", WRITES.values(), ids=WRITES.keys())
def test_submissions_are_written_by_submitting_alone(
    ledger: Ledger, session: psycopg.Connection, batch: Batch, login: str, sql: str
) -> None:
    with sealed(login, "state_by_verbs_only"):
        run(session, ledger.analyst, sql.format(batch=batch.pk, person=ledger.analyst.pk))
