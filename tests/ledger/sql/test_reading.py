"""Rule 4: the digest covers all that describes a batch, and what was read is kept by its digest."""

import hashlib
import json
import threading
from typing import Any

import psycopg
import pytest
from django.db import models
from psycopg import IsolationLevel

from carsi_tracker.ledger import media_types, posting
from carsi_tracker.ledger.models import (
    Account,
    Appropriation,
    Batch,
    Commitment,
    Country,
    Document,
    DocumentFile,
    Goal,
    Line,
    Organization,
    ProgrammingArea,
    Reading,
    Stage,
)
from carsi_tracker.ledger.refusals import Refused
from carsi_tracker.ledger.submissions import changes_since_reading
from tests import factories
from tests.ledger.attack import acting, post, refused, run, sealed, value
from tests.ledger.conftest import Ledger
from tests.ledger.waiting import until_waiting

FILE = b"The sum is $3,000,000."
OTHER_FILE = b"The sum is $30,000."
REMOVE = "delete from ledger_documentfile where document_id = %s"
ADD = """
    insert into ledger_documentfile
        (document_id, name, media_type, size, sha256, content, added_by_id)
    values (%s, %s, 'text/plain', %s, %s, %s, %s)
"""
OF_OTHER_LISTS = {"federal_account", "dac_sector", "iati_identifier", "iati_type"}
NOT_READ = {
    Line: {"id", "batch", "revision", "token", "changed_by", "changed_at"},
    Commitment: {"id", "introduced_by", "first_version", "language"},
    Appropriation: {"id", "first_version", "treasury_account", "available_until"},
    Document: {"id", "background", "retired"},
    DocumentFile: {"document", "size", "content", "added_by", "added_at"},
    **{
        model: {"id", "retired", "position", "is_agency", "is_partner", *OF_OTHER_LISTS}
        & {field.name for field in model._meta.fields}
        for model in (Account, ProgrammingArea, Country, Goal, Organization)
    },
}
"""What neither a review shows nor a digest covers: keys, order, who keeps it, what follows.

Of which kinds an organization is, is a rule by itself: it keeps those that amounts know it by.
Codes of other lists tell nothing of an amount, and are corrected with a reason of their own.
The language of a commitment becomes that of its batch, which is a draft again by another.
"""

RETITLED: list[tuple[type[models.Model], str, Any]] = [
    (Document, "title", "Another"),
    (Document, "title_es", "Otro"),
    (Document, "publisher", "Another"),
    (Document, "published_on", "2010-02-03"),
    (Document, "language", "es"),
    (Document, "url", "https://example.org/other"),
    (Document, "note", "Another"),
    *(
        (model, name, "Another")
        for model in (Account, ProgrammingArea, Country, Goal, Organization)
        for name in ("name_en", "name_es")
    ),
    (Commitment, "title", "Another"),
    (Commitment, "title_es", "Otro"),
    (Commitment, "bound", "at-least"),
    (Commitment, "bound_note", "Another"),
    (Commitment, "bound_note_es", "Otro"),
]


@pytest.fixture
def source(ledger: Ledger) -> Document:
    """Give a document with a file."""
    document = factories.document(key="source")
    with posting.acting(ledger.analyst):
        media_types.add_file(document, "letter.txt", FILE)
    return document


@pytest.fixture
def batch(ledger: Ledger, source: Document) -> Batch:
    """Give a submitted batch: a new commitment with all that can describe it, and a posted one."""
    limit = {"bound": "at-most", "bound_note": "One total.", "bound_note_es": "Un total."}
    posted = factories.committed(ledger.appropriation, 100, reference="POSTED", **limit)
    made = factories.batch(ledger.analyst)
    commitment = factories.commitment(
        made,
        appropriation=ledger.appropriation,
        **limit,
        goal=factories.goal(),
        partner=factories.organization(),
    )
    factories.line(made, commitment, Stage.COMMITTED, 100, document=source)
    factories.line(made, posted, Stage.OBLIGATED, 50, document=source)
    factories.submitted(made)
    made.refresh_from_db()
    return made


def add(session: psycopg.Connection, ledger: Ledger, document: Document, content: bytes) -> None:
    described = (len(content), hashlib.sha256(content).hexdigest(), content, ledger.analyst.pk)
    run(session, ledger.analyst, ADD, document.pk, "letter.txt", *described)


def cited(batch: Batch, model: type[models.Model]) -> list[Any]:
    """Return the rows of a kind that a batch refers to, in each way in which it does."""
    lines = batch.lines.all()
    commitments = [line.commitment for line in lines]
    rows: dict[Any, list[Any]] = {
        Document: [lines[0].document, lines[0].appropriation.law],
        Commitment: commitments,
        Account: [lines[0].appropriation.account],
        ProgrammingArea: [commitment.area for commitment in commitments if commitment],
        Country: [commitment.country for commitment in commitments if commitment],
        Goal: [commitments[0].goal if commitments[0] else None],
        Organization: [commitments[0].agency, commitments[0].partner] if commitments[0] else [],
    }
    return rows[model]


def test_every_column_of_what_describes_an_amount_is_read_or_named_as_not(
    batch: Batch, application: psycopg.Connection
) -> None:
    content = value(application, "select rules.batch_content(%s)", batch.pk)
    kinds = {
        Line: content["lines"],
        Commitment: content["commitments"],
        Appropriation: content["appropriations"],
        Document: content["documents"],
        DocumentFile: content["documents"],
        Account: content["accounts"],
        ProgrammingArea: content["areas"],
        Country: content["countries"],
        Goal: content["goals"],
        Organization: content["organizations"],
    }
    assert set(content) == {
        "texts", "lines", "commitments", "cited_commitments", "appropriations", "documents",
        "accounts", "areas", "countries", "goals", "organizations",
    }  # fmt: skip
    for model, rows in kinds.items():
        fields = {field.name for field in model._meta.concrete_fields} - NOT_READ[model]
        read = {
            name.removeprefix("file_").removeprefix("document_")
            for row in rows.values()
            for name in row
        }
        read |= {"key"} if "document" in read else set()
        read |= {"number"} if model is Goal else set()
        read |= {"fiscal_year", "account"} if model is Appropriation else set()
        read |= {"name"} if "file" in read else set()
        assert fields <= read, model


def test_whatever_describes_a_batch_is_part_of_the_digest(
    ledger: Ledger, batch: Batch, application: psycopg.Connection
) -> None:
    digest = posting.digest(batch.pk)
    for model, column, text in RETITLED:
        for row in cited(batch, model):
            if model is Commitment and row.first_version is None:
                continue  # an edit of what the batch introduces makes it a draft
            table, before = model._meta.db_table, getattr(row, column)
            reason = "set_config('carsi.reason', 'As the source has it', true)"
            change = f"update {table} set {column} = %s where id = %s and {reason} <> ''"
            run(application, ledger.analyst, change, text, row.pk)
            with refused("changed_since_read"):
                run(application, ledger.approver, "select rules.post(%s, %s)", batch.pk, digest)
            run(application, ledger.analyst, change, before, row.pk)
            assert posting.digest(batch.pk) == digest, (table, column)
    unrelated = factories.country()
    run(application, ledger.analyst,
        "update ledger_country set name_en = 'X' where id = %s", unrelated.pk)  # fmt: skip
    run(application, ledger.approver, "select rules.post(%s, %s)", batch.pk, digest)


def test_the_language_that_its_texts_are_in_is_read_too(
    ledger: Ledger, batch: Batch, application: psycopg.Connection
) -> None:
    digest = posting.digest(batch.pk)
    change = "update ledger_batch set language = %s where id = %s"
    run(application, ledger.analyst, change, "es", batch.pk)
    factories.submitted(batch)
    with refused("changed_since_read"):
        run(application, ledger.approver, "select rules.post(%s, %s)", batch.pk, digest)
    found = changes_since_reading(batch, ledger.approver)
    assert found
    assert [(each.label, each.after) for each in found.found.texts] == [("language", "Spanish")]
    run(application, ledger.analyst, change, "en", batch.pk)
    assert factories.submitted(batch) == digest


def test_another_file_of_a_document_is_read_again(
    ledger: Ledger, batch: Batch, source: Document, application: psycopg.Connection
) -> None:
    digests = {posting.digest(batch.pk)}
    run(application, ledger.analyst, REMOVE, source.pk)
    digests.add(posting.digest(batch.pk))
    add(application, ledger, source, OTHER_FILE)
    digests.add(posting.digest(batch.pk))
    assert len(digests) == 3
    run(application, ledger.analyst, REMOVE, source.pk)
    described = (len(OTHER_FILE), hashlib.sha256(OTHER_FILE).hexdigest(), OTHER_FILE, None)
    run(application, ledger.analyst, ADD.replace("text/plain", "application/pdf"),
        source.pk, "letter.txt", *described)  # fmt: skip
    digests.add(posting.digest(batch.pk))
    assert len(digests) == 4
    law = ledger.appropriation.law
    add(application, ledger, law, FILE)
    digests.add(posting.digest(batch.pk))
    assert len(digests) == 5


def test_a_file_stays_once_a_posted_entry_or_appropriation_has_its_document(
    ledger: Ledger, batch: Batch, source: Document, application: psycopg.Connection
) -> None:
    add(application, ledger, ledger.appropriation.law, FILE)
    post(application, ledger.approver, batch.pk)
    for document in (source, ledger.appropriation.law):
        with refused("file_of_cited_document", name="letter.txt"):
            run(application, ledger.analyst, REMOVE, document.pk)
        with pytest.raises(psycopg.errors.UniqueViolation):
            add(application, ledger, document, OTHER_FILE)
    run(application, ledger.analyst,
        "update ledger_document set title = 'Mended', url = 'https://example.org/'")  # fmt: skip


@pytest.mark.parametrize("first", ["post", "remove"])
def test_a_posting_and_a_file_that_goes_wait_for_each_other(
    ledger: Ledger,
    batch: Batch,
    source: Document,
    application: psycopg.Connection,
    another: psycopg.Connection,
    first: str,
) -> None:
    digest = posting.digest(batch.pk)
    deeds = {
        "post": (ledger.approver, "select rules.post(%s, %s)", batch.pk, digest),
        "remove": (ledger.analyst, REMOVE, source.pk),
    }
    before, after = deeds.pop(first), next(iter(deeds.values()))
    refusals: list[str | None] = []

    def meanwhile() -> None:
        try:
            run(another, after[0], *after[1:])
        except psycopg.errors.CheckViolation as error:
            refusals.append(error.diag.constraint_name)

    with acting(application, before[0]):
        application.execute(before[1], before[2:])
        waiting = threading.Thread(target=meanwhile)
        waiting.start()
        until_waiting(application, another)
    waiting.join()
    assert refusals == [
        "file_of_cited_document" if first == "post" else "changed_since_read",
    ]
    unused = factories.document()
    with posting.acting(ledger.analyst):
        media_types.add_file(unused, "unused.txt", OTHER_FILE)
    for level in (IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE):
        with refused("reads_what_is_committed"), acting(another, ledger.analyst, level):
            another.execute("delete from ledger_documentfile where name = 'unused.txt'")


def test_what_somebody_reads_is_kept_by_its_digest_once(ledger: Ledger, batch: Batch) -> None:
    digest = posting.read(batch.pk, ledger.approver)
    posting.read(batch.pk, ledger.approver)
    reading = Reading.objects.get()
    assert (reading.digest, reading.user, reading.content) == (digest, ledger.approver, None)
    with posting.acting(ledger.analyst):
        Country.objects.filter(pk=batch.introduces.get().country_id).update(name_es="Otro")
    other = posting.read(batch.pk, ledger.approver)
    posting.read(batch.pk, ledger.approver)
    posting.read(batch.pk, ledger.analyst)
    assert other != digest
    by_approver, by_analyst = Reading.objects.filter(digest=other)
    assert "Otro" in json.dumps(by_approver.content)
    assert by_analyst.content is None
    with pytest.raises(Refused, match="no longer exists"):
        posting.read(0, ledger.approver)
    posting.withdraw(batch.pk, ledger.analyst)
    posting.discard(batch.pk, ledger.analyst)
    assert not Reading.objects.exists()


@pytest.mark.parametrize("login", ["application", "granted"])
def test_readings_are_written_by_reading_alone(
    ledger: Ledger, batch: Batch, session: psycopg.Connection, login: str
) -> None:
    posting.read(batch.pk, ledger.approver)
    writes = [
        "insert into ledger_reading (batch_id, user_id, digest, read_at) select batch_id, user_id, "
        "'x', now() from ledger_reading",
        "update ledger_reading set digest = 'x'",
        "delete from ledger_reading",
    ]
    for sql in writes:
        with sealed(login, "state_by_verbs_only"):
            run(session, ledger.analyst, sql)
