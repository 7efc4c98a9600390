"""What a refused form says at its top: each problem, in the order of the form, with a way to it."""

import re
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse

from carsi_tracker.ledger.models import Commitment
from tests.desk.conftest import ALLOCATE, People, address, allocate, allocation, reading

NEW_SOURCE = {
    "document": "",
    "new_document-title": "Letter of agreement with Honduras",
    "new_document-published_on": "the Ides of March",
    "new_document-language": "en",
}


def led_to(response: HttpResponse) -> list[str]:
    """The fields that the summary leads to, in its order."""
    html = response.content.decode()
    summary = re.search(r'(?s)id="faults">(.*?)</div>', html)
    assert summary, reading(response)
    fields = re.findall(r'href="#([^"]+)"', summary[1])
    assert all(f' id="{field}"' in html for field in fields)
    return fields


def recording(act: str) -> str:
    commitment = Commitment.objects.get(reference="CARSI-08-INCLE-03")
    return f"/admin/ledger/commitment/{commitment.pk}/{act}/"


@pytest.mark.parametrize("form", ["allocation", "obligation", "line"])
def test_problems_are_listed_as_the_form_stands(people: People, form: str) -> None:
    wrong = {"amount": "x", "locator": "y\nz", "note": "a\tb", "reason": "c\nd", "quote": "e\tf"}
    draft = allocate(people.analyst, _draft="")
    place = {
        "allocation": ALLOCATE,
        "obligation": recording("record-obligation"),
        "line": address(draft, "lines/add"),
    }[form]
    response = people.analyst.post(place, {"token": str(uuid4()), **wrong})
    html, fields = response.content.decode(), led_to(response)
    assert len(fields) >= 6
    assert fields == sorted(fields, key=lambda field: html.index(f' id="{field}"'))


def test_a_problem_of_a_new_source_leads_to_its_own_field(people: People) -> None:
    response = people.analyst.post(ALLOCATE, allocation(**NEW_SOURCE))
    fields = ["id_new_document-publisher", "id_new_document-published_on"]
    assert led_to(response) == fields
    text = reading(response)
    assert "New source, Publisher: This field is required." in text
    assert "The new document has errors" not in text.split("Batch", 1)[0]


def test_a_source_that_is_there_already_leads_to_its_title(people: People) -> None:
    there = {"publisher": "U.S. Department of State", "published_on": date(2008, 9, 4).isoformat()}
    title = (
        "FY 2008 Supplemental Appropriations Spending Plan: Mexico, Central America, Haiti and the "
        "Dominican Republic"
    )
    sent: dict[str, Any] = {f"new_document-{name}": value for name, value in there.items()}
    sent |= NEW_SOURCE | sent | {"new_document-title": title}
    response = people.analyst.post(ALLOCATE, allocation(**sent))
    assert led_to(response) == ["id_new_document-title"]
    assert "This document is there already, as spend-plan-2008" in reading(response)


def test_a_day_that_cannot_be_read_is_said_beside_what_is_left(people: People) -> None:
    typed = {"effective_date": "the Ides of March", "amount": "5", "_try": "table"}
    place = recording("record-obligation")
    said = reading(people.analyst.post(place, typed))
    assert "The date cannot be read, so this is for today." in said
    strip = reading(people.analyst.post(ALLOCATE, allocation(**typed | {"_try": "strip"})))
    assert "Effective date: " in strip
    fine = people.analyst.post(place, typed | {"effective_date": "2009-03-13"})
    assert "cannot be read" not in reading(fine)
