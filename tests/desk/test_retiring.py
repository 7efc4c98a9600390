"""Reference data is retired once it is used: it stays where it is, and is offered no more."""

import pytest
from django.db import models

from carsi_tracker.ledger.models import (
    Account,
    Commitment,
    Country,
    Document,
    Goal,
    Organization,
    ProgrammingArea,
)
from carsi_tracker.ledger.posting import acting
from carsi_tracker.ledger.refusals import Refused
from tests import factories
from tests.desk.conftest import People, hidden, panama, place, reading, told


def test_what_cannot_be_deleted_is_retired_with_a_reason(people: People) -> None:
    client, row = people.administrator, panama()
    assert "Retire it instead" in reading(client.get(place(row, "delete")))
    text = told(client, place(row, "retire"), change_reason=" ")
    assert "Reason for the change: This field is required." in text
    assert not panama().retired
    text = told(client, place(row, "retire"), change_reason="No more money goes there")
    assert "is retired. Existing uses stay; it is no longer offered for new entries." in text
    used = Commitment.objects.filter(country=row).count()
    assert f"Panama Panamá {used} retired" in text
    text = reading(client.get(place(row, "history")))
    assert "Retired: no → yes" in text or "retired: no → yes" in text
    assert "No more money goes there" in text
    assert "Retire it instead" not in reading(client.get(place(row, "delete")))


@pytest.mark.parametrize("kind", [Account, Country, ProgrammingArea, Goal, Organization, Document])
def test_each_kind_of_reference_data_is_retired(people: People, kind: type[models.Model]) -> None:
    row = kind._default_manager.all()[0]
    told(people.administrator, place(row, "retire"), change_reason="Not used any more")
    assert kind._default_manager.filter(retired=True).get() == row
    assert "retired" in reading(people.administrator.get(f"{place(kind)}?retired__exact=1"))


def test_who_may_not_change_a_row_does_not_retire_it(people: People) -> None:
    for client in (people.analyst, people.approver):
        response = client.post(place(panama(), "retire"), {"change_reason": "Because"})
        assert response.status_code == 403
    assert people.administrator.get(place(panama(), "retire")).status_code == 405
    assert not panama().retired


def test_lists_say_how_often_each_row_is_used(people: People) -> None:
    inl = Organization.objects.get(code="State/INL")
    times = Commitment.objects.filter(agency=inl).count()
    times += Commitment.objects.filter(partner=inl).count()
    assert times
    text = reading(people.analyst.get(f"{place(Organization)}?q=State/INL"))
    assert f"{inl.name_es} U.S. agency {times} in use" in text


def test_a_draft_keeps_a_country_that_is_retired_meanwhile(people: People) -> None:
    draft = factories.batch(people.ana)
    made = factories.commitment(draft, country=panama(), reference="KEEPS-1")
    with acting(people.adela):
        Country.objects.filter(code__in=("PA", "HN")).update(retired=True)
    path = f"/admin/ledger/batch/{draft.pk}/commitments/{made.pk}/"
    html = people.analyst.get(path).content.decode()
    assert f'<option value="{made.country_id}" selected>' in html
    assert ">Honduras</option>" not in html
    sent = {
        name: getattr(made, name)
        for name in ("reference", "title_es", "appropriation_id", "area_id", "country_id")
    }
    sent = {name.removesuffix("_id"): value for name, value in sent.items()}
    sent |= {"title": "Kept", "agency": made.agency_id, "seen": hidden(html, "seen")}
    assert "Saved." in told(people.analyst, path, **sent)
    made.refresh_from_db()
    assert (made.title, made.country) == ("Kept", panama())


def test_entering_with_what_is_retired_is_refused_in_words(people: People) -> None:
    with acting(people.adela):
        Country.objects.filter(code="PA").update(retired=True)
    with pytest.raises(Refused, match=r"“PA” is retired\. Choose another for new entries"):
        factories.commitment(factories.batch(people.ana), country=panama())
