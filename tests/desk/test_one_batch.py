"""One batch for one letter: a second allocation goes into the batch of the first."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Commitment, Line
from carsi_tracker.ledger.posting import acting
from tests.desk.conftest import (
    ALLOCATE,
    SUGGESTED,
    People,
    allocate,
    allocation,
    error_of,
    page_of,
    panama,
    reading,
)
from tests.sourced import COMMITMENTS


def more(batch: Batch, **changes: Any) -> dict[str, Any]:
    """What is sent to add a second allocation to a batch as a draft."""
    sent = allocation(batch=batch.pk, title="Radios", country=panama().pk, _draft="", **changes)
    del sent["_submit"]
    return sent


def test_a_second_allocation_goes_into_the_batch_of_the_first(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    people.analyst.post(ALLOCATE, more(batch, amount="100,000"))
    assert batch.introduces.count() == batch.lines.count() == 2
    assert Batch.objects.filter(state=Batch.State.DRAFT).count() == 1
    assert Batch.objects.get(pk=batch.pk).reason == batch.reason


def test_a_batch_is_submitted_with_its_last_allocation(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    people.analyst.post(ALLOCATE, more(batch) | {"_submit": ""})
    batch.refresh_from_db()
    assert batch.state == Batch.State.SUBMITTED
    assert batch.lines.count() == 2


def test_the_next_form_keeps_the_letter_of_the_first(people: People) -> None:
    sent = allocation(_another="", reason="The letter of agreement of 2009", basis="press")
    del sent["_submit"]
    form = people.analyst.post(ALLOCATE, sent, follow=True).context["form"]
    batch = Batch.objects.get(token=sent["token"])
    kept = ("effective_date", "appropriation", "country", "agency", "basis", "reason", "document")
    for name in kept:
        assert str(form[name].value()) == str(sent[name]), name
    assert form["batch"].value() == str(batch.pk)
    assert not form["amount"].value()


def test_a_reason_that_is_not_the_draft_s_own_is_refused_and_not_dropped(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    same, other = more(batch) | {"reason": batch.reason}, more(batch) | {"reason": "Another"}
    refused = people.analyst.post(ALLOCATE, other)
    assert "The draft keeps its own." in error_of(refused, "reason")
    people.analyst.post(ALLOCATE, same)
    assert batch.lines.count() == 2


def test_a_source_made_in_the_form_is_chosen_in_the_next(people: People) -> None:
    new = {
        "document": "",
        "new_document-title": "Letter of agreement with Honduras",
        "new_document-publisher": "U.S. Department of State",
        "new_document-published_on": "2009-01-05",
        "new_document-language": "en",
    }
    sent = allocation(_another="", **new)
    del sent["_submit"]
    form = people.analyst.post(ALLOCATE, sent, follow=True).context["form"]
    source = Batch.objects.get(token=sent["token"]).lines.get().document
    assert form["document"].value() == str(source.pk)
    assert source.title == "Letter of agreement with Honduras"


def test_ones_own_drafts_are_offered_and_those_of_others_only_where_asked_for(
    people: People,
) -> None:
    mine = allocate(people.analyst, _draft="")
    sent = allocate(people.analyst)
    theirs = allocate(people.client(people.benito), _draft="")
    offered = people.analyst.get(ALLOCATE).context["form"].fields["batch"].queryset
    assert [*offered] == [mine]
    asked = people.analyst.get(ALLOCATE, {"batch": theirs.pk}).context["form"]
    assert {*asked.fields["batch"].queryset} == {mine, theirs}
    assert sent not in asked.fields["batch"].queryset


@pytest.mark.parametrize("asked", ["x", "-1", "9" * 40, "99"])
def test_a_batch_that_is_none_is_not_offered(people: People, asked: str) -> None:
    assert people.analyst.get(ALLOCATE, {"batch": asked}).status_code == 200
    refused = people.analyst.post(ALLOCATE, allocation(batch=asked))
    assert "not one of the available choices" in error_of(refused, "batch")


def test_a_draft_submitted_meanwhile_is_refused_by_name_and_nothing_typed_is_lost(
    people: People,
) -> None:
    batch = allocate(people.analyst, _draft="")
    sent = more(batch, note="Typed with care")
    posting.submit(batch.pk, people.benito)
    refused = people.analyst.post(ALLOCATE, sent)
    assert error_of(refused, "batch") == (
        f"“{SUGGESTED}” is no longer a draft. Choose another draft or a new batch."
    )
    assert 'value="Typed with care"' in refused.content.decode()
    assert sent["token"] in refused.content.decode()
    batch.refresh_from_db()
    assert batch.state == Batch.State.SUBMITTED
    assert batch.lines.count() == 1


def test_a_reversal_takes_no_allocation(people: People) -> None:
    reversal = posting.reverse(1, people.ana, "Reversal", "A trial")
    refused = people.analyst.post(ALLOCATE, allocation(batch=reversal))
    assert error_of(refused, "batch")


def test_a_form_sent_again_adds_once_and_ends_at_its_batch(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    sent = more(batch)
    people.analyst.post(ALLOCATE, sent)
    again = people.analyst.post(ALLOCATE, sent, follow=True)
    assert again.redirect_chain[-1][0] == page_of(batch)
    assert "This form was sent before" in reading(again)
    assert batch.lines.count() == 2


@pytest.mark.commits
def test_a_form_sent_twice_at_once_adds_once(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    sent = more(batch)

    def send(_: int) -> tuple[int, str]:
        try:
            response = people.analyst.post(ALLOCATE, sent)
            return response.status_code, response.get("Location", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        assert set(threads.map(send, range(6))) == {(302, page_of(batch))}
    assert Commitment.objects.count() == COMMITMENTS + 2
    assert Line.objects.filter(batch=batch).count() == 2


@pytest.mark.commits
def test_a_batch_that_is_submitted_while_a_form_is_sent_holds_all_of_it_or_nothing(
    people: People,
) -> None:
    batch = allocate(people.analyst, _draft="")
    sent = more(batch)

    def send() -> int:
        try:
            return people.analyst.post(ALLOCATE, sent).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        with acting(people.benito):
            posting.submit(batch.pk, people.benito)
            answer = thread.submit(send)
            with pytest.raises(TimeoutError):
                answer.result(timeout=1)
        assert answer.result() == 200
    batch.refresh_from_db()
    assert batch.state == Batch.State.SUBMITTED
    assert batch.lines.count() == 1


def test_an_allocation_starts_from_ones_last(people: People) -> None:
    assert "Start from your last" not in reading(people.analyst.get(ALLOCATE))
    last = allocate(people.analyst, basis="press").introduces.get()
    allocate(people.client(people.benito), title="Of another")
    page = people.analyst.get(ALLOCATE)
    assert f"Start from your last: {last.reference} Patrol boats, Honduras" in reading(page)
    form = people.analyst.get(ALLOCATE, {"like": last.pk}).context["form"]
    sent = allocation(basis="press")
    for name in ("appropriation", "area", "country", "agency", "document", "basis"):
        assert str(form[name].value()) == str(sent[name]), name
    assert str(form["effective_date"].value()) == sent["effective_date"]
    for name in ("amount", "title", "locator", "batch"):
        assert not form[name].value(), name


@pytest.mark.parametrize("like", ["x", "0", "9" * 30])
def test_what_is_no_commitment_starts_an_empty_form(people: People, like: str) -> None:
    form = people.analyst.get(ALLOCATE, {"like": like}).context["form"]
    assert not form["country"].value()


@pytest.mark.parametrize("batch", ["9" * 30, "9" * 5_000, "²", "first"])
def test_a_draft_that_there_cannot_be_is_none(people: People, batch: str) -> None:
    assert people.analyst.get(ALLOCATE, {"batch": batch}).status_code == 200
    response = people.analyst.post(ALLOCATE, allocation(batch=batch))
    assert "Select a valid choice." in error_of(response, "batch")
    assert people.analyst.post(ALLOCATE, allocation(batch=batch, _try="")).status_code == 200
