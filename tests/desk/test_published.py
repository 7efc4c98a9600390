"""Published totals at the desk: analysts add, correct and retire them, with a reason."""

from typing import Any

import pytest
from django.test import Client

from carsi_tracker.ledger.models import Change, Document, PublishedFigure
from tests import factories
from tests.desk.conftest import People, of_one, place, reading, told


def filled_in(**changes: Any) -> dict[str, Any]:
    return {
        "key": "gao-new", "document": Document.objects.get(key="gao-13-771").pk,
        "locator": "Page 2", "quote": "$10 million", "measure": "disbursed", "account": "",
        "year": "2008", "area": "", "country": "", "agency": "", "date_from": "",
        "as_of": "2013-06-01", "relation": "about", "amount": "10000000", "tolerance": "50000",
        "wider": "", "wider_es": "", "explanation": "", "explanation_es": "", "change_reason": "",
    } | changes  # fmt: skip


def test_an_analyst_adds_one_and_the_public_reads_it(people: People) -> None:
    told(people.analyst, place(PublishedFigure, "add"), **filled_in(tolerance="0"))
    figure = PublishedFigure.objects.get(key="gao-new")
    assert (figure.amount, figure.tolerance, figure.year) == (10_000_000, 0, 2008)
    assert "about 10,000,000" in reading(Client().get("/published/gao-new/"))


def test_an_analyst_corrects_and_retires_one_for_a_reason_that_its_history_tells(
    people: People,
) -> None:
    client, figure = people.analyst, PublishedFigure.objects.get(key="plan-2008-esf")
    response = client.post(place(figure, "change"), of_one(client, figure, locator="Page 3"))
    assert response.context["adminform"].form.errors["change_reason"]
    sent = of_one(client, figure, locator="Page 3", retired="on", change_reason="Read again")
    told(client, place(figure, "change"), **sent)
    figure.refresh_from_db()
    assert (figure.locator, figure.retired) == ("Page 3", True)
    history = reading(client.get(place(figure, "history")))
    assert "Read again" in history
    assert "page or section: Page 2, resource summary → Page 3" in history
    change = Change.objects.filter(table="ledger_publishedfigure", row=figure.pk).last()
    assert change
    assert (change.user, change.reason) == (people.ana, "Read again")


def test_others_read_it_and_only_administrators_delete_it(people: People) -> None:
    figure = PublishedFigure.objects.get(key="plan-2008-esf")
    for client in (people.analyst, people.approver, people.administrator):
        for page in (place(PublishedFigure), place(figure, "change"), place(figure, "history")):
            assert client.get(page).status_code == 200
    assert people.approver.get(place(PublishedFigure, "add")).status_code == 403
    assert people.approver.post(place(figure, "change"), filled_in()).status_code == 403
    for client in (people.analyst, people.approver):
        assert client.post(place(figure, "delete"), {"post": "yes"}).status_code == 403
    told(people.administrator, place(figure, "delete"), post="yes", change_reason="Entered twice")
    assert not PublishedFigure.objects.filter(key="plan-2008-esf").exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"as_of": "2099-01-01"}, "as_of"),
        ({"date_from": "2013-06-02"}, "date_from"),
        ({"measure": "appropriated", "agency": "1"}, "agency"),
        ({"key": "Ä"}, "key"),
        ({"amount": "-1"}, "amount"),
        ({"tolerance": "1.001"}, "tolerance"),
        ({"year": "1066"}, "year"),
        ({"quote": "a\u202eb"}, "quote"),
        ({"wider_es": "Haití"}, "wider"),
        ({"explanation_es": "Porque sí", "explanation": "\u2800"}, "explanation"),
    ],
)
def test_what_the_ledger_would_refuse_is_said_at_its_field(
    people: People, changes: dict[str, str], field: str
) -> None:
    if "agency" in changes:
        changes["agency"] = str(PublishedFigure.objects.exclude(agency=None)[0].agency_id)
    response = people.analyst.post(place(PublishedFigure, "add"), filled_in(**changes))
    assert response.status_code == 200
    assert response.context["adminform"].form.errors[field]


def test_a_total_of_zero_is_a_total(people: People) -> None:
    sent = filled_in(amount="0", relation="at-most")
    told(people.analyst, place(PublishedFigure, "add"), **sent)
    assert PublishedFigure.objects.get(key="gao-new").amount == 0
    assert "Published, USD at most 0" in reading(Client().get("/published/gao-new/"))


def test_a_day_before_1990_is_refused_in_words(people: People) -> None:
    text = told(people.analyst, place(PublishedFigure, "add"), **filled_in(as_of="1989-12-31"))
    assert "A published total is as of a day from 1990 to today" in text


def test_the_list_writes_totals_as_dollars_are_written(people: People) -> None:
    factories.published_figure(amount="463000000")
    assert "463,000,000" in reading(people.analyst.get("/admin/ledger/publishedfigure/"))


def test_its_filters_offer_all_in_spanish_and_a_button_to_search(people: People) -> None:
    text = reading(people.analyst.get("/es/admin/ledger/publishedfigure/"))
    assert "Dado de baja Todo" in text
    assert "Total" not in text
