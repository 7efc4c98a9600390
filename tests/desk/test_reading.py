"""An approver posts what they read, or is told what changed since, by whom and when."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import (
    Account,
    Appropriation,
    Batch,
    Commitment,
    Document,
    Goal,
    Line,
    Organization,
    Posting,
    Submission,
)
from carsi_tracker.ledger.posting import acting
from tests import factories
from tests.desk.conftest import (
    People,
    address,
    allocate,
    committed,
    hidden,
    page_of,
    post_it,
    reading,
    told,
)
from tests.desk.forms import change
from tests.sourced import NEXT

MOMENT = r"\w+ \d{1,2}, \d{4}, \d{1,2}:\d\d [ap]\.m\. Washington time"
SMALL, LARGE = "$300,000.00", "$3,000,000.00"
SINCE = r"What changed since you read it on " + MOMENT


@pytest.fixture
def batch(people: People) -> Batch:
    return allocate(
        people.analyst,
        amount="300,000.00",
        goal=Goal.objects.get(number=1).pk,
        partner=Organization.objects.exclude(code="State/INL")[0].pk,
        title_es="Lanchas",
        document=factories.document(people.ana, key="letter-2009").pk,
    )


def read(client: Client, batch: Batch) -> str:
    """Open the review, and return the digest that its form sends."""
    return hidden(client.get(address(batch, "review")).content.decode(), "digest")


def press_post(client: Client, batch: Batch, digest: str) -> str:
    before = committed()
    text = told(client, address(batch, "post"), digest=digest, confirmed="on")
    assert committed() == before
    return text


def correct(people: People, row: Any, **fields: Any) -> tuple[str, str]:
    """Correct a field as Benito; return what it was and what it is."""
    ((name, text),) = fields.items()
    before = getattr(row, name)
    with acting(people.benito):
        type(row).objects.filter(pk=row.pk).update(**fields)
    return str(before or ""), text


def shown(people: People, batch: Batch) -> dict[str, Callable[[], tuple[str, str]]]:
    """Name what the review shows of a batch, each with a deed that changes it meanwhile."""
    line = batch.lines.get()
    commitment = Commitment.objects.get(introduced_by=batch)
    source, law = line.document, commitment.appropriation.law
    named: list[Any] = [
        commitment.area, commitment.country, commitment.goal, commitment.agency,
        commitment.partner, commitment.appropriation.account,
    ]  # fmt: skip
    deeds = {
        f"{row._meta.model_name} {row.pk} {name}": (
            lambda row=row, name=name: correct(people, row, **{name: f"New {row.pk} {name}"})
        )
        for row in named
        for name in ("name_en", "name_es")
    }
    for document in (source, law):
        for name, text in {
            "title": "Mended", "title_es": "Corregido", "publisher": "Another",
            "url": "https://example.org/mended", "note": "A note",
        }.items():  # fmt: skip
            deeds[f"{document.key} {name}"] = lambda document=document, name=name, text=text: (
                correct(people, document, **{name: text})
            )

    def republish() -> tuple[str, str]:
        correct(people, source, published_on="2010-02-03")
        return "", "Feb 3, 2010"

    def another_language() -> tuple[str, str]:
        correct(people, source, language="es")
        return "English", "Spanish"

    def add_a_file() -> tuple[str, str]:
        upload = SimpleUploadedFile("letter.txt", b"The sum is $3,000,000.")
        change(people.analyst, source, upload=upload)
        return "", "letter.txt"

    def replace_the_file() -> tuple[str, str]:
        before = source.file.sha256
        upload = SimpleUploadedFile("letter.txt", b"The sum is $30,000.")
        change(people.analyst, source, upload=upload, remove="on")
        return before, Document.objects.get(pk=source.pk).file.sha256

    return deeds | {
        "day of a document": republish,
        "language of a document": another_language,
        "file added": add_a_file,
        "file replaced": replace_the_file,
    }


def test_whatever_the_review_shows_is_posted_as_it_was_read_or_told(
    people: People, batch: Batch
) -> None:
    for what, deed in shown(people, batch).items():
        digest = read(people.approver, batch)
        before, after = deed()
        text = press_post(people.approver, batch, digest)
        assert "This batch was changed since you read it. Read it again, then post it." in text
        assert re.search(SINCE, text), what
        told_changed = text[text.index("What it refers to") :]
        assert re.search(rf"changed \(\S+( \S+)?, {MOMENT}\)", told_changed), what
        assert f"{before} {after}".strip() in told_changed, what
    assert f"Posted as version {NEXT}." in post_it(people.approver, batch)


def test_a_name_that_the_version_would_print_is_told_before_it_is_posted(
    people: People, batch: Batch
) -> None:
    digest = read(people.approver, batch)
    with acting(people.adela):
        User.objects.filter(pk=people.ana.pk).update(last_name="Alba")
    text = press_post(people.approver, batch, digest)
    assert re.search(SINCE, text)
    assert "prepared by: Ana Alva Ana Alba" in text
    assert re.search(rf"adela changed the name of someone who worked on it, on {MOMENT}", text)
    assert f"Posted as version {NEXT}." in post_it(people.approver, batch)
    assert Posting.objects.get(version=NEXT).prepared_by == ["Ana Alba"]


def test_a_posted_commitment_that_it_cites_is_read_with_its_title(
    people: People, batch: Batch
) -> None:
    old = Commitment.objects.get(reference="CARSI-08-INCLE-03")
    posting.withdraw(batch.pk, people.ana)
    factories.line(batch, old, "committed", 5, by=people.ana)  # type: ignore[arg-type]
    posting.submit(batch.pk, people.ana)
    digest = read(people.approver, batch)
    before, after = correct(people, old, title="Mended")
    text = press_post(people.approver, batch, digest)
    assert f"{before} {after}" in text
    assert "CARSI-08-INCLE-03: changed (Benito Bo," in text


def raise_the_amount(people: People, batch: Batch) -> None:
    with acting(people.ana):
        batch.lines.update(amount=3_000_000)


def mend_the_note(people: People, batch: Batch) -> None:
    with acting(people.benito):
        batch.lines.update(note="typo mended")


def withdrawn(people: People, batch: Batch) -> None:
    posting.withdraw(batch.pk, people.ana)


def submitted(people: People, batch: Batch) -> None:
    posting.submit(batch.pk, people.ana)


def sent_back(people: People, batch: Batch) -> None:
    posting.send_back(batch.pk, factories.approver(username="pia"), "Too little")


WAYS: dict[str, list[Callable[[People, Batch], None]]] = {
    "edited and left": [raise_the_amount],
    "edited and submitted again": [raise_the_amount, submitted],
    "withdrawn, edited and left": [withdrawn, raise_the_amount],
    "submitted, withdrawn, mended, submitted": [
        raise_the_amount, submitted, withdrawn, mend_the_note, submitted,
    ],
    "sent back, edited, submitted": [sent_back, raise_the_amount, submitted],
    "three rounds": [
        raise_the_amount, submitted, withdrawn, submitted, sent_back, mend_the_note, submitted,
        withdrawn, submitted,
    ],
    "three rounds, and left": [
        raise_the_amount, submitted, mend_the_note, submitted, withdrawn,
    ],
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_what_changed_is_told_from_what_this_approver_read(
    people: People, batch: Batch, way: list[Callable[[People, Batch], None]]
) -> None:
    digest = read(people.approver, batch)
    for deed in way:
        deed(people, batch)
    text = press_post(people.approver, batch, digest)
    assert re.search(SINCE, text)
    assert f"amount, U.S. dollars: {SMALL} {LARGE}" in text
    assert re.search(rf"Ana Alva changed or withdrew it, last on {MOMENT}", text)
    mended = mend_the_note in way
    assert ("note: typo mended" in text) == mended
    who = "Benito Bo" if mended else "Ana Alva"
    assert re.search(
        rf"CARSI-08-INCLE-\d+, Committed, \S+, Jun.15,.2009: changed \({who}, {MOMENT}\)", text
    )
    assert bool(re.search(rf"Ana Alva submitted it on {MOMENT}", text)) == (submitted in way)
    if sent_back in way:
        assert re.search(rf"pia commented on it on {MOMENT}", text)


def test_each_approver_is_told_from_what_they_read_themselves(people: People, batch: Batch) -> None:
    read(people.approver, batch)
    raise_the_amount(people, batch)
    submitted(people, batch)
    late = people.client(factories.approver(username="late"))
    assert SMALL not in reading(late.get(address(batch, "review"))).split("Lines (1)")[0]
    mend_the_note(people, batch)
    submitted(people, batch)
    first = reading(people.approver.get(address(batch, "review")))
    assert f"{SMALL} {LARGE}" in first
    assert f"{SMALL} {LARGE}" in reading(people.approver.get(address(batch, "review")))
    second = reading(late.get(address(batch, "review")))
    assert "note: typo mended" in second
    assert f"{SMALL} {LARGE}" not in second


def test_what_a_page_left_open_showed_counts_not_what_was_read_later(
    people: People, batch: Batch
) -> None:
    first = read(people.approver, batch)
    raise_the_amount(people, batch)
    submitted(people, batch)
    second = read(people.approver, batch)
    mend_the_note(people, batch)
    submitted(people, batch)
    assert f"{SMALL} {LARGE}" in press_post(people.approver, batch, first)
    assert f"{SMALL} {LARGE}" not in press_post(people.approver, batch, second)


def test_what_was_never_submitted_as_it_was_read_is_kept(people: People, batch: Batch) -> None:
    """The document is mended after the submission, read, and mended again."""
    document = batch.lines.get().document
    correct(people, document, title="First title")
    digest = read(people.approver, batch)
    assert digest not in Submission.objects.values_list("digest", flat=True)
    correct(people, document, title="Second title")
    assert "title: First title Second title" in press_post(people.approver, batch, digest)


def test_a_line_that_is_gone_and_another_reason_are_told_with_who_changed_the_batch(
    people: People, batch: Batch
) -> None:
    digest = read(people.approver, batch)
    line = batch.lines.get()
    with acting(people.benito):
        Line.objects.filter(pk=line.pk).delete()
        Batch.objects.filter(pk=batch.pk).update(reason="Another reason")
    text = press_post(people.approver, batch, digest)
    assert "deleted" in text
    assert f"{SMALL}" in text
    assert "reason: Spending plan" in text or "Another reason" in text
    assert re.search(rf"Benito Bo changed or withdrew it, last on {MOMENT}", text)


@pytest.mark.parametrize("asked", ["x", "0" * 64, "a\x00b", "0" * 65])
def test_a_made_up_reading_is_left_alone(people: People, batch: Batch, asked: str) -> None:
    for page in (address(batch, "review"), page_of(batch)):
        response = people.approver.get(page, {"read": asked, "digest": asked})
        assert response.status_code == 200


def test_whoever_edits_the_appropriation_of_a_batch_does_not_post_it(people: People) -> None:
    both = factories.person(username="both", is_approver=True, is_administrator=True)
    with acting(people.adela):
        fresh = Appropriation.objects.create(
            fiscal_year=2012,
            account=Account.objects.get(code="ESF"),
            law=Document.objects.get(key="spend-plan-2008"),
        )
    draft = factories.batch(people.ana)
    factories.line(draft, fresh, "appropriated", 5_000_000, by=people.ana)  # type: ignore[arg-type]
    posting.submit(draft.pk, people.ana)
    client = people.client(both)
    page = f"/admin/ledger/appropriation/{fresh.pk}/change/"
    seen = hidden(client.get(page).content.decode(), "seen")
    sent = {
        "fiscal_year": "2013", "account": Account.objects.get(code="INCLE").pk,
        "law": fresh.law_id, "change_reason": "The other account", "seen": seen,
    }  # fmt: skip
    assert client.post(page, sent).status_code == 302
    draft.refresh_from_db()
    assert draft.state == Batch.State.DRAFT
    posting.submit(draft.pk, people.ana)
    assert "You worked on this batch" in post_it(client, draft)
    assert f"Posted as version {NEXT}." in post_it(people.approver, draft)
