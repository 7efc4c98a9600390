"""Adding an allocation: one form, one thing, refused where it must be."""

import re
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from carsi_tracker.ledger.models import Batch, Commitment, Country, Line, Organization, Stage
from carsi_tracker.ledger.posting import acting
from tests.desk.conftest import (
    ALLOCATE,
    SUGGESTED,
    People,
    allocate,
    allocation,
    appropriation,
    error_of,
    page_of,
    reading,
)
from tests.sourced import COMMITMENTS


def test_one_form_makes_batch_commitment_line_and_submission(people: People) -> None:
    batch = allocate(people.analyst)
    commitment = batch.introduces.get()
    line = batch.lines.get()
    assert batch.state == Batch.State.SUBMITTED
    assert batch.title == SUGGESTED
    assert batch.reason.startswith("FY 2008 Supplemental Appropriations Spending Plan")
    assert batch.created_by == batch.submitted_by == people.ana
    assert commitment.country.code == "HN"
    assert line.commitment == commitment
    assert (line.stage, line.amount) == (Stage.COMMITTED, Decimal("250000.00"))
    assert line.locator == "page 12, table 3"


def test_a_draft_is_saved_without_submission(people: People) -> None:
    batch = allocate(people.analyst, _draft="", reason="Read in the archive")
    assert batch.state == Batch.State.DRAFT
    assert batch.reason == "Read in the archive"


def test_the_reference_is_the_next_free_one_of_the_appropriation(people: People) -> None:
    highest = max(
        int(reference.rpartition("-")[2])
        for reference in Commitment.objects.filter(
            reference__startswith="CARSI-08-INCLE-"
        ).values_list("reference", flat=True)
    )
    first = allocate(people.analyst).introduces.get()
    second = allocate(people.analyst, _draft="").introduces.get()
    assert first.reference == f"CARSI-08-INCLE-{highest + 1:02d}"
    assert second.reference == f"CARSI-08-INCLE-{highest + 2:02d}"


def test_the_reference_can_be_typed(people: People) -> None:
    batch = allocate(people.analyst, reference="CARSI-08-INCLE-77")
    assert batch.introduces.get().reference == "CARSI-08-INCLE-77"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("CARSI-08-INCLE-03", "There is a commitment CARSI-08-INCLE-03 already"),
        ("carsi-08-incle-90", "A-Z"),
        ("CARSI–08–INCLE–90", "A-Z"),
    ],
)
def test_a_reference_that_is_taken_or_misspelt_is_refused_at_its_field(
    people: People, typed: str, said: str
) -> None:
    response = people.analyst.post(ALLOCATE, allocation(reference=typed))
    assert said in error_of(response, "reference")
    assert Commitment.objects.count() == COMMITMENTS


def test_an_amount_above_what_is_left_is_refused_at_the_amount_with_what_is_left(
    people: People,
) -> None:
    sent = allocation(
        appropriation=appropriation(2008, "FMF").pk, effective_date="2008-09-04", note="Patrols"
    )
    response = people.analyst.post(ALLOCATE, sent)
    said = (
        "FMF FY2008: $250,000.00 is more than the uncommitted balance of $0.00 on September 4, "
        "2008. Lower the amount or change the date."
    )
    assert error_of(response, "amount") == said
    text = reading(response)
    assert f"Not saved. Fix these problems: Amount, U.S. dollars: {said}" in text
    html = response.content.decode()
    for kept in ('value="250,000.00"', 'value="2008-09-04"', 'value="Patrols"', sent["token"]):
        assert kept in html
    assert 'aria-invalid="true"' in html
    assert not Batch.objects.filter(token=sent["token"]).exists()
    assert Commitment.objects.count() == COMMITMENTS


def test_the_first_day_that_fails_is_named_though_the_typed_day_had_enough(people: People) -> None:
    sent = allocation(amount="11,500,000.00", effective_date="2009-03-13")
    response = people.analyst.post(ALLOCATE, sent)
    assert error_of(response, "amount") == (
        "INCLE FY2008: $11,500,000.00 is more than the uncommitted balance of $11,010,500.00 on "
        "September 25, 2009. Lower the amount or change the date."
    )


def test_exactly_what_is_left_is_accepted_and_a_cent_more_is_not(people: People) -> None:
    sent = allocation(amount="11010500.01", effective_date="2009-03-13")
    assert "balance of $11,010,500.00" in error_of(people.analyst.post(ALLOCATE, sent), "amount")
    allocate(people.analyst, amount="11010500.00", effective_date="2009-03-13")


def test_nothing_is_committed_before_its_law(people: People) -> None:
    sent = allocation(appropriation=appropriation(2009, "INCLE").pk, effective_date="2009-03-10")
    said = error_of(people.analyst.post(ALLOCATE, sent), "amount")
    assert said == (
        "INCLE FY2009: $250,000.00 is more than the uncommitted balance of $0.00 on March 10, "
        "2009. Lower the amount or change the date."
    )


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("amount", "613.000", "613,000.00"),
        ("amount", "1E+06", "not an amount"),
        ("amount", "NaN", "not an amount"),
        ("amount", "0.001", "fractions of a cent"),
        ("amount", "0", "not zero"),
        ("amount", "-5", "above zero"),
        ("amount", "", "required"),
        ("amount", "1000000000000", "trillion"),
        ("effective_date", "09/02/2009", "September 2, 2009"),
        ("effective_date", "2009-02-30", "no such day"),
        ("effective_date", "", "required"),
        ("effective_date", "1989-12-31", "from January 1, 1990"),
        ("effective_date", "2093-01-01", "has not come yet"),
        ("title", "two\nlines", "one line"),
        ("note", "a\x00b", "one line"),
        ("note", "tab\there", "one line"),
        ("title", "Radio \u202eequipment 000,003$", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("note", "of which \u202e(1,234) for boats", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("locator", "page\u2028 4", "U+2028 LINE SEPARATOR, a line break"),
        ("reason", "co\ufffeoperation", "U+FFFE"),
        ("reason", "two\nlines", "one line"),
        ("appropriation", "999999", "not one of the available choices"),
        ("document", "x", "not one of the available choices"),
        ("basis", "guessed", "“guessed” is not one of stated"),
        ("title", "x" * 301, "at most 300"),
    ],
)
def test_what_cannot_be_accepted_is_said_at_its_field(
    people: People, field: str, typed: str, said: str
) -> None:
    before = Batch.objects.count()
    response = people.analyst.post(ALLOCATE, allocation(**{field: typed}))
    assert said in error_of(response, field)
    assert Batch.objects.count() == before


def test_amounts_are_read_as_people_write_them(people: People) -> None:
    for typed in ("$250,000", "250000", "250.000,00", "USD 250 000", " $ 250,000.00 "):
        batch = allocate(people.analyst, amount=typed)
        assert batch.lines.get().amount == Decimal(250000)


def test_a_form_sent_again_ends_at_what_it_made(people: People) -> None:
    client, sent = people.analyst, allocation()
    client.post(ALLOCATE, sent)
    batch = Batch.objects.get(token=sent["token"])
    again = client.post(ALLOCATE, sent | {"title": "Changed after going back"}, follow=True)
    assert again.redirect_chain[-1][0] == page_of(batch)
    assert "this is what it made. What you changed in the form since is not saved" in reading(again)
    assert Batch.objects.filter(token=sent["token"]).count() == 1
    assert Commitment.objects.count() == COMMITMENTS + 1


@pytest.mark.commits
def test_a_form_sent_twice_at_once_makes_one_thing(people: People) -> None:
    sent = allocation()

    def send(_: int) -> tuple[int, str]:
        try:
            response = people.analyst.post(ALLOCATE, sent)
            return response.status_code, response.get("Location", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        answers = set(threads.map(send, range(6)))
    batch = Batch.objects.get(token=sent["token"])
    assert answers == {(302, page_of(batch))}
    assert Commitment.objects.count() == COMMITMENTS + 1
    assert Line.objects.filter(batch=batch).count() == 1


@pytest.mark.commits
def test_two_people_who_ask_at_once_are_given_different_references(people: People) -> None:
    forms = [allocation(_draft="", amount="10,000") for _ in range(8)]

    def send(sent: dict[str, Any]) -> int:
        try:
            return people.analyst.post(ALLOCATE, sent).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(send, forms)) == {302}
    references = Commitment.objects.filter(first_version=None).values_list("reference", flat=True)
    assert len(set(references)) == 8


def test_a_request_without_or_with_a_broken_token_makes_nothing(people: People) -> None:
    for token in ("", "x", "1"):
        response = people.analyst.post(ALLOCATE, allocation(token=token))
        assert error_of(response, "token")
    assert Commitment.objects.count() == COMMITMENTS


def test_saving_and_adding_another_keeps_what_a_second_one_shares(people: People) -> None:
    client, sent = people.analyst, allocation(_another="")
    del sent["_submit"]
    response = client.post(ALLOCATE, sent, follow=True)
    form = response.context["form"]
    assert Batch.objects.get(token=sent["token"]).state == Batch.State.DRAFT
    assert form["effective_date"].value() == "2009-06-15"
    assert form["document"].value() == str(sent["document"])
    assert not form["title"].value()
    assert str(form["token"].value()) != sent["token"]


def test_what_is_left_is_shown_for_the_day_typed(people: People) -> None:
    sent = allocation(effective_date="2008-09-04", _try="", title="Half typed")
    response = people.analyst.post(ALLOCATE, sent)
    text = reading(response)
    assert "INCLE FY2008 24,800,000 11,010,500 Sep 25, 2009 –" in text
    assert "INCLE FY2009 not yet law" in text
    assert 'value="Half typed"' in response.content.decode()
    assert "required" not in text


def test_what_is_pending_stands_beside_what_is_left(people: People) -> None:
    allocate(people.analyst, amount="400,000")
    text = reading(people.analyst.get(ALLOCATE))
    assert "INCLE FY2008, $11,010,500 left, $400,000 pending" in text


def test_what_is_typed_is_tried_out_alone_for_scripts_and_nothing_is_kept(people: People) -> None:
    typed = {"amount": "11,500,000", "effective_date": "2009-06-15", "obligated": "500,000"}
    typed |= {"_try": "strip"}
    incle = appropriation(2008, "INCLE").pk
    response = people.analyst.post(ALLOCATE, {**typed, "appropriation": incle})
    text = reading(response)
    assert "<html" not in response.content.decode()
    assert "INCLE FY2008 would be −489,500" in text
    assert "uncommitted balance of $11,010,500.00 on September 25, 2009" in text
    assert "Committed, not obligated 0 → with this batch 11,000,000" in text
    assert Commitment.objects.count() == COMMITMENTS


def test_a_day_that_cannot_be_read_is_said_beside_the_balances(people: People) -> None:
    typed = {"amount": "250,000", "effective_date": "13 Marzo", "_try": "strip"}
    text = reading(people.analyst.post(ALLOCATE, typed))
    assert "Effective date: " in text
    assert "13 Marzo" in text


def test_what_is_typed_of_a_new_source_stands_there_after_the_balances_were_shown(
    people: People,
) -> None:
    sent = allocation(_try="", document="") | {"new_document-title": "A new letter"}
    html = people.analyst.post(ALLOCATE, sent).content.decode()
    assert 'value="A new letter"' in html
    assert '<details class="desk-field desk-field--wide desk-part" open>' in html


def test_enter_saves_a_draft(people: People) -> None:
    html = people.analyst.get(ALLOCATE).content.decode()
    form = html[html.index('enctype="multipart/form-data"') :]
    first = re.search(r'<button type="submit" name="(\w+)"', form)
    assert first
    assert first[1] == "_draft"


def test_what_is_retired_is_not_offered(people: People) -> None:
    sent = allocation()
    with acting(people.adela):
        Country.objects.filter(code="HN").update(retired=True)
    response = people.analyst.post(ALLOCATE, sent)
    assert "not one of the available choices" in error_of(response, "country")


@pytest.mark.parametrize("who", ["approver", "administrator"])
def test_only_analysts_add_allocations(people: People, who: str) -> None:
    client: Client = getattr(people, who)
    assert client.get(ALLOCATE).status_code == 403
    assert client.post(ALLOCATE, allocation()).status_code == 403
    assert ALLOCATE not in client.get("/admin/").content.decode()
    assert Commitment.objects.count() == COMMITMENTS


def test_who_is_not_signed_in_is_asked_to(people: People) -> None:
    for address in (ALLOCATE, "/admin/ledger/batch/7/change/"):
        response = Client().get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")
    assert "Password" in reading(Client().post(ALLOCATE, allocation(token=str(uuid4()))))
    assert Commitment.objects.count() == COMMITMENTS


def test_a_title_is_made_of_area_partner_and_country_where_none_is_typed(people: People) -> None:
    partner = Organization.objects.get(code="Organization of American States")
    made = allocate(people.analyst, title="", partner=partner.pk).introduces.get()
    assert made.title == (
        f"Law enforcement and security force assistance, {partner.name_en}, Honduras"
    )
    assert made.title_es.endswith(f", {partner.name_es}, Honduras")


def test_the_words_quoted_from_the_document_stand_with_the_line(people: People) -> None:
    batch = allocate(people.analyst, quote="two patrol boats for Honduras")
    assert batch.lines.get().quote == "two patrol boats for Honduras"
    assert "two patrol boats for Honduras" in reading(people.approver.get(page_of(batch)))


def test_what_nobody_sees_is_named_in_amounts_and_days_too(people: People) -> None:
    typed = {"amount": "250\u202e000", "effective_date": "2009-06-\u206615"}
    refused = people.analyst.post(ALLOCATE, allocation(**typed))
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in error_of(refused, "amount")
    assert "U+2066 LEFT-TO-RIGHT ISOLATE" in error_of(refused, "effective_date")
    assert "\u202e" not in error_of(refused, "amount")
    allocate(people.analyst, amount="\u200b250,000.00\u200b", effective_date="\ufeff2009-06-15")


def test_agencies_are_offered_as_agencies_and_partners_as_partners(people: People) -> None:
    html = people.analyst.get(ALLOCATE).content.decode()
    agencies = html.split('name="agency"')[1].split("</select>")[0]
    partners = html.split('name="partner"')[1].split("</select>")[0]
    assert "Bureau of International Narcotics" in agencies
    assert "Organization of American States" not in agencies
    assert "Organization of American States" in partners
    assert "Bureau of International Narcotics" not in partners
