"""What will not be used of a posted commitment is taken back by a negative line."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from carsi_tracker.ledger.models import Batch, Commitment, Document, Line
from tests.desk.conftest import People, committed, error_of, post_it, reading, told

REFERENCE = "CARSI-09-INCLE-02"


@pytest.fixture
def commitment(people: People) -> Commitment:
    return Commitment.objects.get(reference=REFERENCE)


def address(commitment: Commitment) -> str:
    return f"/admin/ledger/commitment/{commitment.pk}/take-back/"


def filled(**changes: Any) -> dict[str, Any]:
    return {
        "token": str(uuid4()),
        "stage": "committed",
        "amount": "1,000.00",
        "effective_date": "2014-01-06",
        "document": Document.objects.get(key="gao-13-295r").pk,
        "basis": "inferred",
        "_submit": "",
    } | changes


def test_one_negative_line_is_drafted_and_posted(people: People, commitment: Commitment) -> None:
    before = committed()
    text = told(people.analyst, address(commitment), **filled(reason="The office closed"))
    assert "The batch was submitted." in text
    line = Line.objects.get(batch__version=None)
    assert (line.stage, line.amount, line.basis) == ("committed", Decimal(-1000), "inferred")
    assert line.batch.reason == "The office closed"
    post_it(people.approver, line.batch)
    assert committed() == before - 1000


def test_what_is_left_at_the_stage_is_suggested_as_of_the_day(
    people: People, commitment: Commitment
) -> None:
    form = people.analyst.get(address(commitment)).context["form"]
    standing = people.analyst.get(address(commitment)).context["standing"]
    assert form.initial["amount"] == (standing.totals.unobligated or None)
    early = people.analyst.get(
        address(commitment), {"effective_date": "2001-01-01", "stage": "obligated"}
    )
    assert early.context["form"].initial["amount"] is None
    assert f"{REFERENCE} on January 1, 2001" in reading(early)
    odd = people.analyst.get(address(commitment), {"stage": "appropriated", "effective_date": "?"})
    assert odd.context["form"].initial["stage"] == "committed"


def test_the_day_typed_is_shown_without_saving(people: People, commitment: Commitment) -> None:
    sent = filled(_left="", effective_date="2009-10-01", reason="Kept")
    text = people.analyst.post(address(commitment), sent)
    assert f"{REFERENCE} on October 1, 2009" in reading(text)
    assert 'value="Kept"' in text.content.decode()
    assert not Batch.objects.filter(version=None).exists()


def test_more_than_is_left_on_any_day_is_refused_in_words(
    people: People, commitment: Commitment
) -> None:
    response = people.analyst.post(address(commitment), filled(amount="900,000,000"))
    assert f"{REFERENCE}: committed would fall to −$" in error_of(response, "amount")
    assert not Batch.objects.filter(version=None).exists()


def test_sent_twice_it_makes_one_batch(people: People, commitment: Commitment) -> None:
    sent = filled()
    told(people.analyst, address(commitment), **sent)
    assert "This form was sent before" in told(people.analyst, address(commitment), **sent)
    assert Batch.objects.filter(version=None).count() == 1


def test_a_minus_is_refused_at_the_amount(people: People, commitment: Commitment) -> None:
    response = people.analyst.post(address(commitment), filled(amount="-1,000.00"))
    assert "Enter a reduction without a minus sign." in error_of(response, "amount")


def test_only_analysts_take_back(people: People, commitment: Commitment) -> None:
    for client in (people.approver, people.administrator):
        assert client.get(address(commitment)).status_code == 403
        assert client.post(address(commitment), filled()).status_code == 403
    assert people.analyst.get("/admin/ledger/commitment/99999/take-back/").status_code == 404
