"""An obligation, a payment or a reduction of a posted commitment is one form and one line."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Commitment, Document, Line, Stage
from tests import factories
from tests.desk.conftest import (
    People,
    committed,
    error_of,
    hidden,
    place,
    post_it,
    queries,
    reading,
    told,
)

REFERENCE = "CARSI-09-INCLE-01"
ACTS = ("record-obligation", "record-payment", "reduce")


@pytest.fixture
def commitment(people: People) -> Commitment:
    return Commitment.objects.get(reference=REFERENCE)


def filled(**changes: Any) -> dict[str, Any]:
    """What somebody fills in for an obligation; `_draft` instead of `_submit` keeps it a draft."""
    sent = {
        "token": str(uuid4()),
        "stage": "obligated",
        "amount": "1,250,000.00",
        "effective_date": "2010-03-15",
        "document": Document.objects.get(key="activities-2010").pk,
        "locator": "Objective 3.2",
        "basis": "stated",
        "_submit": "",
    } | changes
    if "_draft" in changes or "_another" in changes or "_try" in changes:
        del sent["_submit"]
    return sent


def obligated(people: People, commitment: Commitment, amount: int, day: str) -> Batch:
    batch = factories.batch(by=people.ana)
    factories.line(batch, commitment, Stage.OBLIGATED, amount, date.fromisoformat(day))
    return batch


def test_an_obligation_and_then_a_payment_are_submitted_and_posted(
    people: People, commitment: Commitment
) -> None:
    page = place(commitment, "record-obligation")
    assert "The batch was submitted." in told(people.analyst, page, **filled(note="A grant"))
    line = Line.objects.get(batch__version=None)
    assert (line.stage, line.amount, line.note) == ("obligated", Decimal(1_250_000), "A grant")
    assert line.batch.title.startswith("$1,250,000 obligated, INCLE FY2009, Regional: ")
    assert line.batch.reason == line.document.title
    post_it(people.approver, line.batch)
    paid = filled(stage="disbursed", amount="250,000.50", effective_date="2010-04-01")
    told(people.analyst, place(commitment, "record-payment"), **paid)
    line = Line.objects.get(batch__version=None)
    assert (line.stage, line.amount) == ("disbursed", Decimal("250000.50"))
    assert line.batch.title.startswith("$250,000.50 disbursed, INCLE FY2009, Regional: ")
    post_it(people.approver, line.batch)
    text = reading(people.analyst.get(place(commitment, "change")))
    assert "Obligated 1,250,000 1 entry Disbursed (paid out) 250,000.50 1 entry" in text


def test_a_reduction_is_one_negative_line(people: People, commitment: Commitment) -> None:
    before = committed()
    sent = filled(stage="committed", amount="1,000.00", reason="The office closed")
    assert "The batch was submitted." in told(people.analyst, place(commitment, "reduce"), **sent)
    line = Line.objects.get(batch__version=None)
    assert (line.stage, line.amount) == ("committed", Decimal(-1000))
    assert line.batch.reason == "The office closed"
    post_it(people.approver, line.batch)
    assert committed() == before - 1000


def test_the_old_address_of_reductions_works_as_before(
    people: People, commitment: Commitment
) -> None:
    page = people.analyst.get(place(commitment, "take-back"), {"stage": "obligated"})
    assert page.context["form"]["stage"].value() == "obligated"
    told(people.analyst, place(commitment, "take-back"), **filled(stage="committed"))
    assert Line.objects.get(batch__version=None).amount == -1_250_000


def test_what_is_left_on_the_day_and_on_the_tightest_day_after_it_stands_in_the_form(
    people: People, commitment: Commitment
) -> None:
    obligated(people, commitment, 3_013_000, "2010-09-30")
    page = place(commitment, "record-obligation")
    alone = people.analyst.post(page, filled(_try="table"))
    assert reading(alone).split("Committed, not obligated ")[1].strip() == (
        "Mar 15, 2010 Sep 30, 2010 (lowest) Posted 35,000,000 35,000,000 In unposted batches"
        " – −3,013,000 This obligation −1,250,000 −1,250,000 After 33,750,000 30,737,000"
    )
    assert "<form" not in alone.content.decode()
    much = reading(people.analyst.post(page, filled(_try="table", amount="32,000,000")))
    assert (
        "More than is left once all unposted batches are posted: at most $31,987,000, on "
        "September 30, 2010." in much
    )
    late = reading(people.analyst.post(page, filled(_try="table", effective_date="2011-01-01")))
    assert "(lowest)" not in late
    assert "After 30,737,000" in late
    unreadable = filled(_try="table", amount="much", effective_date="?")
    assert "This obligation – After 31,987,000" in reading(people.analyst.post(page, unreadable))


def test_looking_at_what_is_left_keeps_what_was_typed_and_saves_nothing(
    people: People, commitment: Commitment
) -> None:
    new = {"new_document-title": "A new letter", "document": ""}
    sent = filled(_try="", reason="Kept", **new)
    response = people.analyst.post(place(commitment, "record-obligation"), sent)
    html = response.content.decode()
    assert 'value="Kept"' in html
    assert 'value="A new letter"' in html
    assert "This obligation −1,250,000" in reading(response)
    assert "Not saved" not in reading(response)
    assert not Batch.objects.filter(version=None).exists()


def test_a_reduction_suggests_what_can_be_taken_on_every_day(
    people: People, commitment: Commitment
) -> None:
    obligated(people, commitment, 3_013_000, "2010-09-30")
    page = people.analyst.get(place(commitment, "reduce"), {"effective_date": "2010-03-15"})
    assert page.context["form"]["amount"].value() == "31,987,000.00"
    nothing = people.analyst.get(place(commitment, "reduce"), {"stage": "obligated"})
    assert nothing.context["form"].initial["amount"] == 3_013_000
    odd = people.analyst.get(place(commitment, "reduce"), {"stage": "none", "effective_date": "?"})
    assert odd.context["left"].name == "Committed, not obligated"


def test_more_than_is_left_on_any_day_is_refused_in_words_and_may_be_kept_as_a_draft(
    people: People, commitment: Commitment
) -> None:
    page = place(commitment, "record-obligation")
    response = people.analyst.post(page, filled(amount="900,000,000"))
    assert "is more than the $35,000,000.00 committed but not obligated" in error_of(
        response, "amount"
    )
    assert not Batch.objects.filter(version=None).exists()
    less = people.analyst.post(place(commitment, "reduce"), filled(stage="committed", amount="9e9"))
    assert less.status_code == 200
    told(people.analyst, page, **filled(amount="900,000,000", _draft=""))
    assert Batch.objects.get(version=None).state == Batch.State.DRAFT


def test_an_amount_goes_into_a_draft_of_ones_own_and_only_once(
    people: People, commitment: Commitment
) -> None:
    own, other = factories.batch(by=people.ana), factories.batch(by=people.benito)
    page = place(commitment, "record-obligation")
    offered = people.analyst.get(page).context["form"].fields["batch"].queryset
    assert list(offered) == [own]
    sent = filled(batch=own.pk, _draft="")
    told(people.analyst, page, **sent)
    assert "This form was sent before" in told(people.analyst, page, **sent)
    assert own.lines.get().amount == 1_250_000
    assert not other.lines.exists()
    assert Batch.objects.filter(version=None).count() == 2
    titled = people.analyst.post(page, filled(batch=own.pk, reason="Mine", batch_title="Mine"))
    assert "The draft keeps its own." in error_of(titled, "reason")
    assert "The draft keeps its own." in error_of(titled, "batch_title")


def test_the_next_amount_of_a_source_goes_into_the_same_draft(
    people: People, commitment: Commitment
) -> None:
    page = place(commitment, "record-obligation")
    response = people.analyst.post(page, filled(_another="", note="One"), follow=True)
    batch = Batch.objects.get(version=None)
    assert f"The amount was added to the draft {batch.title}." in reading(response)
    form = response.context["form"]
    kept = {name: str(form[name].value() or "") for name in form.fields}
    assert kept["batch"] == str(batch.pk)
    assert kept["document"] == str(batch.lines.get().document_id)
    assert (kept["effective_date"], kept["locator"]) == ("2010-03-15", "Objective 3.2")
    assert (kept["amount"], kept["note"]) == ("", "")
    told(people.analyst, page, **kept | {"amount": "2,000", "_submit": ""})
    batch.refresh_from_db()
    assert (batch.lines.count(), batch.state) == (2, Batch.State.SUBMITTED)
    assert batch.title.startswith("$1,252,000 obligated")


def test_a_source_that_is_not_in_the_list_is_added_in_the_same_form(
    people: People, commitment: Commitment
) -> None:
    new = {
        "new_document-title": "Grants of March 2010",
        "new_document-publisher": "U.S. Department of State",
        "new_document-published_on": "2010-03-20",
        "new_document-language": "en",
    }
    told(people.analyst, place(commitment, "record-obligation"), **filled(document="", **new))
    assert Line.objects.get(batch__version=None).document.title == "Grants of March 2010"


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("record-obligation", "Enter an amount above zero."),
        ("reduce", "Enter a reduction without a minus sign."),
    ],
)
def test_a_minus_is_refused_at_the_amount(
    people: People, commitment: Commitment, act: str, said: str
) -> None:
    response = people.analyst.post(place(commitment, act), filled(amount="-1", stage="obligated"))
    assert said in error_of(response, "amount")


@pytest.mark.parametrize("act", ACTS)
def test_only_analysts_record_and_only_of_what_is_posted(
    people: People, commitment: Commitment, act: str
) -> None:
    for client in (people.approver, people.administrator):
        assert client.get(place(commitment, act)).status_code == 403
        assert client.post(place(commitment, act), filled()).status_code == 403
    assert people.analyst.get(f"/admin/ledger/commitment/99999/{act}/").status_code == 404
    assert not Batch.objects.filter(version=None).exists()


def offered(client: Any, commitment: Commitment) -> list[str]:
    return [offer.name for offer in client.get(place(commitment, "change")).context["offers"]]


def test_what_is_always_refused_is_not_offered(people: People, commitment: Commitment) -> None:
    assert offered(people.analyst, commitment) == ["obligation", "reduction", "move"]
    assert offered(people.approver, commitment) == []
    obligated(people, commitment, 5, "2010-03-15")
    assert offered(people.analyst, commitment) == ["obligation", "payment", "reduction", "move"]


def test_nothing_is_offered_for_a_commitment_that_is_zero_on_every_day(
    people: People, commitment: Commitment
) -> None:
    told(
        people.analyst,
        place(commitment, "move"),
        how="whole",
        token=str(uuid4()),
        appropriation=commitment.appropriation_id,
        area=commitment.area_id,
        country=Commitment.objects.exclude(country=commitment.country)[0].country_id,
        title="Elsewhere",
        basis="stated",
        _draft="",
    )
    batch = Batch.objects.get(introduces__replaces=commitment)
    posting.submit(batch.pk, people.ana)
    post_it(people.approver, batch)
    assert offered(people.analyst, commitment) == []


def test_the_form_stands_beside_the_money_of_the_commitment(
    people: People, commitment: Commitment
) -> None:
    response = people.analyst.get(place(commitment, "change"))
    html = response.content.decode()
    assert f'action="{place(commitment, "record-obligation")}"' in html
    sent = filled(token=hidden(html, "token"))
    assert "The batch was submitted." in told(
        people.analyst, place(commitment, "record-obligation"), **sent
    )
    assert "Record an obligation" not in reading(people.approver.get(place(commitment, "change")))


@pytest.mark.parametrize("act", ACTS)
def test_the_form_asks_as_often_for_many_lines_and_drafts_as_for_few(
    people: People, commitment: Commitment, act: str
) -> None:
    asked = []
    for days in (["2010-03-14"], ["2010-03-15"], ["2010-03-16", "2010-03-17", "2010-03-18"]):
        for day in days:
            obligated(people, commitment, 5, day)
        asked.append(queries(people.analyst, place(commitment, act)))
    assert asked[1] == asked[2] <= asked[0]
