"""Posting a batch as it was read, or sending it back."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Commitment, Posting
from carsi_tracker.ledger.posting import acting
from tests.desk.conftest import (
    People,
    address,
    allocate,
    allow_self_approval,
    appropriation,
    committed,
    hidden,
    page_of,
    post_it,
    reading,
    told,
)
from tests.sourced import COMMITTED, NEXT

BEFORE = COMMITTED


@pytest.fixture
def batch(people: People) -> Batch:
    return allocate(people.analyst)


def test_an_approver_confirms_what_was_read_and_posts_it(people: People, batch: Batch) -> None:
    client = people.approver
    assert f'href="{address(batch, "review")}"' in client.get(page_of(batch)).content.decode()
    page = client.get(address(batch, "review")).content.decode()
    digest = hidden(page, "digest")
    assert digest == posting.digest(batch.pk)
    text = told(client, address(batch, "post"), digest=digest)
    assert "Confirm that you have read the batch." in text
    assert committed() == BEFORE
    text = told(client, address(batch, "post"), digest=digest, confirmed="on")
    assert f"Posted as version {NEXT}." in text
    assert committed() == BEFORE + 250_000
    assert Posting.objects.get(version=NEXT).approved_by == "Petra Paz"


def test_posting_twice_says_when_and_by_whom_it_was_posted(people: People, batch: Batch) -> None:
    post_it(people.approver, batch)
    text = post_it(people.approver, batch)
    assert f"This batch was posted already, as version {NEXT}, by Petra Paz on" in text
    assert committed() == BEFORE + 250_000


@pytest.mark.commits
def test_a_posting_sent_twice_at_once_posts_once(people: People, batch: Batch) -> None:
    sent = {"digest": posting.digest(batch.pk), "confirmed": "on"}

    def send(_: int) -> int:
        try:
            return people.approver.post(address(batch, "post"), sent).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(send, range(4))) == {302}
    assert committed() == BEFORE + 250_000
    assert Posting.objects.count() == NEXT


def test_two_batches_race_for_what_is_left_and_one_is_refused_in_words(people: People) -> None:
    """Both were submitted while enough was left for each."""
    of = appropriation(2008, "NADR").pk
    first, second = (
        allocate(people.analyst, amount="1000000.00", effective_date="2009-09-30", appropriation=of)
        for _ in range(2)
    )
    assert f"Posted as version {NEXT}." in post_it(people.approver, first)
    text = post_it(people.approver, second)
    assert (
        "NADR FY2008: $1,000,000.00 is more than the uncommitted balance of $365,000.00 on "
        "September 30, 2009."
    ) in text
    second.refresh_from_db()
    assert second.state == Batch.State.SUBMITTED
    assert committed() == BEFORE + 1_000_000


def test_what_changed_since_it_was_read_is_not_posted(people: People, batch: Batch) -> None:
    digest = posting.digest(batch.pk)
    posting.withdraw(batch.pk, people.ana)
    with acting(people.ana):
        Commitment.objects.filter(introduced_by=batch).update(title="Something else")
    posting.submit(batch.pk, people.ana)
    text = told(people.approver, address(batch, "post"), digest=digest, confirmed="on")
    assert "This batch was changed since you read it." in text
    assert committed() == BEFORE


@pytest.mark.parametrize("digest", ["", "x", "0" * 64, "0" * 65, "a\x00b"])
def test_a_posting_without_the_digest_of_what_was_read_is_refused(
    people: People, batch: Batch, digest: str
) -> None:
    people.approver.post(address(batch, "post"), {"digest": digest, "confirmed": "on"})
    people.approver.post(address(batch, "post"), {"confirmed": "on"})
    assert committed() == BEFORE


def test_the_address_of_posting_leads_to_what_is_to_be_read(people: People, batch: Batch) -> None:
    response = people.approver.get(address(batch, "post"))
    assert response["Location"] == address(batch, "review")


def test_who_prepared_a_batch_is_told_why_they_cannot_post_it(people: People, batch: Batch) -> None:
    """Case 15: also as an approver, and as a superuser."""
    why = "You worked on this batch, so you cannot post it. Another approver must."
    for gained in ({"is_approver": True}, {"is_superuser": True}):
        User.objects.filter(pk=people.ana.pk).update(**gained)
        page = people.analyst.get(address(batch, "review"))
        assert why in reading(page)
        assert address(batch, "post") not in page.content.decode()
        assert why in post_it(people.analyst, batch)
    batch.refresh_from_db()
    assert batch.state == Batch.State.SUBMITTED
    assert committed() == BEFORE


def test_who_only_read_and_sent_back_can_still_post(people: People, batch: Batch) -> None:
    text = told(people.approver, address(batch, "send-back"), text="Which page?\nSay it.")
    assert "Returned with your comment." in text
    shown = reading(people.analyst.get(page_of(batch)))
    assert "Which page? Say it. Petra Paz," in shown
    posting.submit(batch.pk, people.ana)
    assert f"Posted as version {NEXT}." in post_it(people.approver, batch)


def test_a_batch_is_not_sent_back_without_saying_why(people: People, batch: Batch) -> None:
    for remark in ("", "   ", "x" * 2001, "a\x00b"):
        response = people.approver.post(address(batch, "send-back"), {"text": remark})
        assert response.context["remark_form"].errors["text"]
    batch.refresh_from_db()
    assert batch.state == Batch.State.SUBMITTED


def test_a_batch_that_was_withdrawn_meanwhile_is_neither_posted_nor_sent_back(
    people: People, batch: Batch
) -> None:
    digest = posting.digest(batch.pk)
    posting.withdraw(batch.pk, people.ana)
    for text in (
        told(people.approver, address(batch, "post"), digest=digest, confirmed="on"),
        told(people.approver, address(batch, "send-back"), text="Why?"),
    ):
        assert (
            "This batch is a draft again: someone changed, withdrew or returned it. "
            "It must be submitted before it can be posted." in text
        )


@pytest.mark.parametrize("verb", ["post", "send-back"])
def test_only_approvers_post_and_send_back(people: People, batch: Batch, verb: str) -> None:
    sent = {"digest": posting.digest(batch.pk), "remark": "Why?"}
    for client in (people.client(people.benito), people.administrator):
        assert client.post(address(batch, verb), sent).status_code == 403
    batch.refresh_from_db()
    assert batch.state == Batch.State.SUBMITTED


@pytest.mark.commits
def test_an_office_of_one_posts_its_own_batch_with_a_reason(people: People, batch: Batch) -> None:
    allow_self_approval("One person works here.")
    User.objects.filter(pk=people.ana.pk).update(is_approver=True)
    client, digest = people.analyst, posting.digest(batch.pk)
    query = client.get(address(batch, "review"))
    assert "Why you post it without a second person" in reading(query)
    assert "Why: One person works here." in reading(query)
    refused = client.post(address(batch, "post"), {"digest": digest, "confirmed": "on"})
    assert refused.context["post_form"].errors["self_approval_reason"]
    text = post_it(client, batch, self_approval_reason="My colleague is ill")
    assert "Posted without a second person One person works here. My colleague is ill" in text
    assert Posting.objects.get(version=NEXT).self_approval_reason == "My colleague is ill"


@pytest.mark.commits
def test_somebody_else_needs_no_reason_in_an_office_of_one(people: People, batch: Batch) -> None:
    allow_self_approval("One person works here.")
    assert f"Posted as version {NEXT}." in post_it(people.approver, batch)
    assert Posting.objects.get(version=NEXT).self_approval_reason == ""


@pytest.mark.parametrize("number", ["9999", "9" * 30])
@pytest.mark.parametrize("verb", ["post", "send-back", "submit", "withdraw", "discard"])
def test_what_does_not_exist_is_not_found(people: People, number: str, verb: str) -> None:
    User.objects.filter(pk=people.ana.pk).update(is_approver=True)
    sent = {"digest": "0" * 64, "remark": "Why?"}
    path = f"/admin/ledger/batch/{number}/{verb}/"
    assert people.analyst.post(path, sent, follow=True).status_code == 404
