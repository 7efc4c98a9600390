"""Open questions at the desk: analysts add, correct and retire them, with a reason."""

from typing import Any

import pytest
from django.test import Client

from carsi_tracker.ledger.models import Account, Change, Country, OpenQuestion
from tests.desk.conftest import People, of_one, place, reading, told


def filled_in(**changes: Any) -> dict[str, Any]:
    return {
        "key": "fmf-payments", "question": "Which FMF was paid", "question_es": "Qué FMF se pagó",
        "measure": "unobligated", "account": Account.objects.get(code="FMF").pk, "year": "2009",
        "area": "", "country": "", "agency": "", "settled_by": "A list of FMF cases",
        "settled_by_es": "Una lista de casos de FMF", "position": "6", "change_reason": "",
    } | changes  # fmt: skip


def test_an_analyst_adds_one_and_the_public_reads_it_with_its_amount(people: People) -> None:
    told(people.analyst, place(OpenQuestion, "add"), **filled_in())
    english, spanish = (reading(Client().get(f"{part}/gaps/")) for part in ("", "/es"))
    assert "Which FMF was paid Committed, no obligation found ≤" in english
    assert "17,000,000" in english.partition("Which FMF was paid")[2][:80]
    assert "A list of FMF cases" in english
    assert "Qué FMF se pagó" in spanish
    assert "Una lista de casos de FMF" in spanish


def test_an_analyst_corrects_and_retires_one_for_a_reason_that_its_history_tells(
    people: People,
) -> None:
    client, question = people.analyst, OpenQuestion.objects.get(key="incle-payments")
    response = client.post(place(question, "change"), of_one(client, question, year="2008"))
    assert response.context["adminform"].form.errors["change_reason"]
    sent = of_one(client, question, year="2008", retired="on", change_reason="A table was found")
    told(client, place(question, "change"), **sent)
    question.refresh_from_db()
    assert (question.year, question.retired) == (2008, True)
    assert "A table was found" in reading(client.get(place(question, "history")))
    change = Change.objects.filter(table="ledger_openquestion", row=question.pk).last()
    assert change
    assert (change.user, change.reason) == (people.ana, "A table was found")
    assert question.question not in reading(Client().get("/gaps/"))


def test_others_read_it_and_only_administrators_delete_it(people: People) -> None:
    question = OpenQuestion.objects.get(key="incle-payments")
    for client in (people.analyst, people.approver, people.administrator):
        for page in (place(OpenQuestion), place(question, "change"), place(question, "history")):
            assert client.get(page).status_code == 200
    assert people.approver.get(place(OpenQuestion, "add")).status_code == 403
    for client in (people.analyst, people.approver):
        assert client.post(place(question, "delete"), {"post": "yes"}).status_code == 403
    told(people.administrator, place(question, "delete"), post="yes", change_reason="Settled")
    assert not OpenQuestion.objects.filter(key="incle-payments").exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"measure": "available", "country": "HN"}, "country"),
        ({"measure": "appropriated"}, "measure"),
        ({"key": "Ä"}, "key"),
        ({"year": "1066"}, "year"),
        ({"question": ""}, "question"),
        ({"settled_by": "\u2800"}, "settled_by"),
        ({"settled_by_es": "a\u202eb"}, "settled_by_es"),
        ({"position": "-1"}, "position"),
    ],
)
def test_what_the_ledger_would_refuse_is_said_at_its_field(
    people: People, changes: dict[str, str], field: str
) -> None:
    if "country" in changes:
        changes["country"] = str(Country.objects.get(code="HN").pk)
    response = people.analyst.post(place(OpenQuestion, "add"), filled_in(**changes))
    assert response.status_code == 200
    assert response.context["adminform"].form.errors[field]
