"""Lines of a draft: added, edited, deleted, and never over somebody else's."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from carsi_tracker.ledger.models import Batch, Document, Line
from carsi_tracker.ledger.posting import acting
from tests.desk.conftest import People, address, allocate, appropriation, hidden, reading, told


def amount(**changes: Any) -> dict[str, Any]:
    """What somebody fills into the form of an amount: an obligation of a posted commitment."""
    return {
        "against": "CARSI-08-INCLE-10",
        "stage": "committed",
        "amount": "120,000.00",
        "effective_date": "2010-02-15",
        "document": Document.objects.get(key="activities-2010").pk,
        "locator": "",
        "basis": "stated",
        "note": "",
        "quote": "",
    } | changes


def add(client: Client, batch: Batch, **changes: Any) -> str:
    path = address(batch, "lines/add")
    revision = hidden(client.get(path).content.decode(), "revision")
    return told(client, path, **{"revision": revision} | amount(**changes))


@pytest.fixture
def batch(people: People) -> Batch:
    return allocate(people.analyst, _draft="")


def test_amounts_of_any_stage_are_added_to_posted_commitments(people: People, batch: Batch) -> None:
    for stage in ("committed", "obligated", "disbursed"):
        assert "The amount was added." in add(people.analyst, batch, stage=stage)
    assert list(batch.lines.values_list("stage", flat=True)) == [
        "committed", "committed", "obligated", "disbursed",
    ]  # fmt: skip


def test_amounts_are_added_to_the_commitment_that_the_batch_introduces(
    people: People, batch: Batch
) -> None:
    new = batch.introduces.get()
    add(people.analyst, batch, against=new.reference, stage="obligated")
    line = batch.lines.get(stage="obligated")
    assert (line.commitment, line.appropriation) == (new, new.appropriation)


def test_amounts_of_an_appropriation_are_added(people: People, batch: Batch) -> None:
    of = appropriation(2009, "ESF")
    add(people.analyst, batch, against="esf fy2009", stage="appropriated")
    line = batch.lines.get(stage="appropriated")
    assert (line.commitment, line.appropriation) == (None, of)


def test_another_batchs_new_commitment_is_not_offered(people: People, batch: Batch) -> None:
    other = allocate(people.analyst, _draft="").introduces.get()
    response = people.analyst.post(address(batch, "lines/add"), amount(against=other.reference))
    assert response.context["form"].errors["against"]
    assert batch.lines.count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"stage": "appropriated"}, "stage", "An appropriation takes appropriated amounts"),
        ({"amount": "613.000"}, "amount", "613,000.00"),
        ({"amount": " $ -   "}, "amount", "not zero"),
        ({"amount": "-$(5)"}, "amount", "not an amount"),
        ({"effective_date": "09/02/2009"}, "effective_date", "February 9, 2009"),
        ({"effective_date": "1989-12-31"}, "effective_date", "from January 1, 1990"),
        ({"against": "nothing of the kind"}, "against", "is not known"),
        ({"against": ""}, "against", "required"),
        ({"note": "two\nlines"}, "note", "one line"),
    ],
)
def test_a_wrong_amount_is_refused_at_its_field(
    people: People, batch: Batch, changes: dict[str, str], field: str, said: str
) -> None:
    response = people.analyst.post(address(batch, "lines/add"), amount(**changes))
    assert said in " ".join(response.context["form"].errors[field])
    assert batch.lines.count() == 1


def test_amounts_and_days_are_read_as_people_write_them(people: People, batch: Batch) -> None:
    typed = amount(amount=" $ (7.00) ", effective_date="15 de marzo de 2010")
    people.analyst.post(address(batch, "lines/add"), typed)
    line = batch.lines.order_by("pk").last()
    assert line
    assert (line.amount, str(line.effective_date)) == (Decimal(-7), "2010-03-15")


def test_an_added_amount_sent_again_is_added_once(people: People, batch: Batch) -> None:
    client, path = people.analyst, address(batch, "lines/add")
    sent = amount(revision=hidden(client.get(path).content.decode(), "revision"))
    assert "The amount was added." in told(client, path, **sent)
    assert "This amount was added already." in told(client, path, **sent)
    assert batch.lines.count() == 2


def test_two_equal_amounts_can_both_be_true(people: People, batch: Batch) -> None:
    for _ in range(2):
        assert "The amount was added." in add(people.analyst, batch)
    assert batch.lines.count() == 3


def test_a_line_is_edited(people: People, batch: Batch) -> None:
    line = batch.lines.get()
    client, path = people.analyst, address(batch, f"lines/{line.pk}")
    html = client.get(path).content.decode()
    assert 'value="250,000.00"' in html
    sent = amount(against=str(line.commitment), seen=hidden(html, "seen"), note="Exact")
    assert "Saved." in told(client, path, **sent)
    line.refresh_from_db()
    assert (line.amount, line.note) == (Decimal(120000), "Exact")


def test_a_line_saved_meanwhile_is_shown_beside_ones_own_and_kept(
    people: People, batch: Batch
) -> None:
    line = batch.lines.get()
    path = address(batch, f"lines/{line.pk}")
    ana, benito = people.analyst, people.client(people.benito)
    seen = hidden(ana.get(path).content.decode(), "seen")
    same = {
        "against": str(line.commitment),
        "effective_date": "2009-06-15",
        "document": line.document_id,
        "locator": line.locator,
        "seen": seen,
    }
    told(ana, path, **amount(amount="310,000.00", **same))
    response = benito.post(path, amount(amount="250,000.00", note="By Benito", **same))
    assert 'value="310,000.00"' in response.content.decode()
    text = reading(response)
    assert "Your changes were not saved: someone else changed this" in text
    assert "Saved by Ana Alva on" in text
    assert "Amount, U.S. dollars $310,000.00 $250,000.00" in text
    assert "Note – By Benito" in text
    line.refresh_from_db()
    assert (line.amount, line.note) == (Decimal(310000), "")


def test_a_line_deleted_meanwhile_refuses_the_save(people: People, batch: Batch) -> None:
    line = batch.lines.get()
    path = address(batch, f"lines/{line.pk}")
    seen = hidden(people.analyst.get(path).content.decode(), "seen")
    told(people.analyst, address(batch, f"lines/{line.pk}/delete"), seen=seen)
    text = told(people.client(people.benito), path, **amount(seen=seen))
    assert "Nothing was saved: someone deleted this line." in text
    assert not batch.lines.exists()


def test_a_line_changed_meanwhile_is_not_deleted(people: People, batch: Batch) -> None:
    line = batch.lines.get()
    path = address(batch, f"lines/{line.pk}/delete")
    seen = hidden(people.analyst.get(address(batch, f"lines/{line.pk}")).content.decode(), "seen")
    with acting(people.ana):
        Line.objects.filter(pk=line.pk).update(note="Changed")
    text = told(people.client(people.benito), path, seen=seen)
    assert "This line changed after you opened it. Look again." in text
    assert batch.lines.count() == 1


def test_the_lines_of_a_posted_batch_are_final(people: People) -> None:
    posted = Batch.objects.get(version=7)
    line = posted.lines.first()
    assert line
    text = told(people.analyst, address(posted, f"lines/{line.pk}/delete"), seen="")
    assert "This batch was posted as version 7 and is final." in text
    text = told(people.analyst, address(posted, f"lines/{line.pk}"), **amount(seen=""))
    assert "This batch was posted as version 7 and is final." in text
    assert posted.lines.count() == 8
