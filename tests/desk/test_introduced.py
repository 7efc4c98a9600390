"""New commitments as rows of a draft's table: saved with their amounts, all or none."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carsi_tracker.ledger.models import Batch, Country, Organization, ProgrammingArea
from tests.desk.conftest import (
    People,
    add_lines,
    address,
    allocate,
    appropriation,
    page_of,
    reading,
)
from tests.desk.forms import filled


@pytest.fixture
def batch(people: People) -> Batch:
    """A draft of one line of one new commitment, CARSI-08-INCLE-14."""
    return allocate(people.analyst, _draft="")


def page(client: Client, batch: Batch) -> dict[str, Any]:
    return filled(client.get(page_of(batch)), "table")


def send(client: Client, batch: Batch, sent: dict[str, Any]) -> HttpResponse:
    return client.post(address(batch, "lines"), sent, follow=True)


def new(number: int = 0, **changes: Any) -> dict[str, Any]:
    """What somebody types into the row of a new commitment."""
    typed = {
        "reference": "",
        "title": "Police radios, Panama",
        "appropriation": appropriation(2008, "INCLE").pk,
        "area": ProgrammingArea.objects.get(code="law-enforcement").pk,
        "country": Country.objects.get(code="PA").pk,
        "goal": "",
        "agency": Organization.objects.get(code="State/INL").pk,
        "partner": "",
        "title_es": "Radios para la policía, Panamá",
    } | changes
    return {f"introduced-{number}-{name}": text for name, text in typed.items()}


def amount(number: int, **changes: str) -> dict[str, str]:
    typed = {
        "against": "",
        "stage": "committed",
        "amount": "120,000.00",
        "effective_date": "2010-02-15",
        "document": "activities-2010",
        "basis": "stated",
    } | changes
    return {f"new-{number}-{name}": text for name, text in typed.items()}


def with_rows(sent: dict[str, Any], *keys: str, **typed: Any) -> dict[str, Any]:
    """Put rows behind those of a form, without its empty ones."""
    kept = [key for key in sent["row"] if not key.startswith("new-")]
    return sent | {"row": [*kept, *keys]} | typed


def letter(sent: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Two new commitments: the first with an obligation, the second named by another line."""
    typed = new() | new(1, reference="LOA-PA-2", title="Police cars, Panama")
    typed |= amount(0) | amount(1, stage="obligated") | amount(2) | amount(3, against="LOA-PA-2")
    keys = ("introduced-0", "new-0", "new-1", "introduced-1", "new-2", "new-3")
    return with_rows(sent, *keys, **(typed | changes))


def test_new_commitments_are_saved_with_the_amounts_under_them(
    people: People, batch: Batch
) -> None:
    said = reading(send(people.analyst, batch, letter(page(people.analyst, batch))))
    assert "Saved: 4 lines added, 2 new commitments added." in said
    lines = batch.lines.values_list("commitment__reference", "stage").order_by("pk")
    assert list(lines)[1:] == [
        ("CARSI-08-INCLE-15", "committed"),
        ("CARSI-08-INCLE-15", "obligated"),
        ("LOA-PA-2", "committed"),
        ("LOA-PA-2", "committed"),
    ]
    added = batch.introduces.get(reference="CARSI-08-INCLE-15")
    assert (added.title_es, added.country.code) == ("Radios para la policía, Panamá", "PA")


def test_a_title_is_made_of_area_and_country_in_both_languages_where_none_is_typed(
    people: People, batch: Batch
) -> None:
    typed = new(title="", title_es="") | amount(0)
    send(
        people.analyst,
        batch,
        with_rows(page(people.analyst, batch), "introduced-0", "new-0", **typed),
    )
    made = batch.introduces.latest("pk")
    assert made.title == f"{made.area.name_en}, Panama"
    assert made.title_es == f"{made.area.name_es}, Panamá"


def test_the_same_form_sent_again_makes_each_commitment_once(people: People, batch: Batch) -> None:
    sent = letter(page(people.analyst, batch))
    send(people.analyst, batch, sent)
    said = reading(send(people.analyst, batch, sent))
    assert "Saved: 4 lines were added already." in said
    assert (batch.introduces.count(), batch.lines.count()) == (3, 5)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"introduced-0-area": ""}, "Programming area, row new commitment 1: This is needed."),
        ({"introduced-0-country": "999999"}, "Select a valid choice."),
        ({"introduced-0-reference": "CARSI-08-INCLE-10"}, "This exists already."),
        ({"introduced-0-reference": "LOA-PA-2"}, "This exists already."),
        ({"introduced-0-reference": "lower case"}, "Use A-Z, 0-9 and hyphens."),
        ({"new-2-amount": "613.000"}, "can be read as 613.00 or as 613,000.00"),
        ({"new-3-against": "no such thing"}, "is not known."),
    ],
)
def test_all_or_none_is_saved_and_a_problem_stands_at_its_own_cell_alone(
    people: People, batch: Batch, changes: dict[str, str], said: str
) -> None:
    sent = letter(page(people.analyst, batch), **changes)
    response = send(people.analyst, batch, sent)
    assert said in reading(response)
    assert response.content.decode().count('aria-invalid="true"') == (
        2 if changes.get("introduced-0-reference") == "LOA-PA-2" else 1
    )
    assert (batch.introduces.count(), batch.lines.count()) == (1, 1)
    again = filled(response, "table")
    assert again["introduced-0-title_es"] == "Radios para la policía, Panamá"
    assert again["row"] == sent["row"]


def test_a_draft_shows_its_commitments_above_their_lines_and_changes_them_there(
    people: People, batch: Batch
) -> None:
    sent = page(people.analyst, batch)
    commitment, line = batch.introduces.get(), batch.lines.get()
    key = f"commitment-{commitment.pk}"
    assert sent["row"][:2] == [key, f"line-{line.pk}"]
    assert sent[f"{key}-title"] == "Patrol boats, Honduras"
    panama = Country.objects.get(code="PA")
    changes = {f"{key}-title": "Patrol boats", f"{key}-country": panama.pk}
    said = reading(send(people.analyst, batch, sent | changes))
    assert "Saved: 1 new commitment changed." in said
    commitment.refresh_from_db()
    assert (commitment.title, commitment.country) == ("Patrol boats", panama)


def test_moving_a_commitment_to_another_appropriation_takes_its_lines_along(
    people: People, batch: Batch
) -> None:
    sent = page(people.analyst, batch)
    commitment = batch.introduces.get()
    other = appropriation(2009, "INCLE")
    changes = {f"commitment-{commitment.pk}-appropriation": other.pk}
    assert "1 new commitment changed" in reading(send(people.analyst, batch, sent | changes))
    assert batch.lines.get().appropriation == other


def test_a_commitment_changed_meanwhile_refuses_the_save_and_shows_both_versions(
    people: People, batch: Batch
) -> None:
    key = f"commitment-{batch.introduces.get().pk}"
    benito = people.client(people.benito)
    old = page(benito, batch)
    send(people.analyst, batch, old | {f"{key}-title": "Patrol ships"})
    panama = Country.objects.get(code="PA")
    response = send(benito, batch, letter(old, **{f"{key}-country": panama.pk}))
    said = reading(response)
    assert "Ana Alva changed this row on" in said
    assert "Title Patrol ships Patrol boats, Honduras" in said
    assert "Country Honduras Panama" in said
    assert (batch.introduces.count(), batch.lines.count()) == (1, 1)
    again = filled(response, "table")
    assert again[f"{key}-title"] == "Patrol ships"
    assert "2 new commitments added" in reading(send(benito, batch, again))


def test_a_commitment_is_removed_with_its_lines_and_not_without(
    people: People, batch: Batch
) -> None:
    sent = page(people.analyst, batch)
    commitment, line = batch.introduces.get(), batch.lines.get()
    removal = {f"commitment-{commitment.pk}-delete": "on"}
    response = send(people.analyst, batch, sent | removal)
    assert "Not saved" in reading(response)
    assert batch.introduces.count() == 1
    said = reading(send(people.analyst, batch, sent | removal | {f"line-{line.pk}-delete": "on"}))
    assert "Saved: 1 line deleted, 1 new commitment removed." in said
    assert batch.introduces.count() == 0


def test_rows_for_a_new_commitment_are_added_without_saving(people: People, batch: Batch) -> None:
    sent = page(people.analyst, batch) | {"_commitment": ""}
    again = filled(send(people.analyst, batch, sent), "table")
    assert again["row"][2:] == ["introduced-0", "new-3", "new-4", "new-0", "new-1", "new-2"]
    assert again["introduced-0-country"] == str(Country.objects.get(code="HN").pk)
    assert (again["new-3-stage"], again["new-4-stage"]) == ("committed", "obligated")
    assert batch.introduces.count() == 1
    assert "Nothing was changed." in reading(send(people.analyst, batch, again))


def test_trying_counts_new_commitments_and_saves_none(people: People, batch: Batch) -> None:
    sent = letter(page(people.analyst, batch)) | {"new-0-amount": "999,000,000"}
    assert "999," in reading(people.analyst.post(address(batch, "lines/try"), sent))
    assert (batch.introduces.count(), batch.lines.count()) == (1, 1)


def test_opening_asks_as_often_for_many_commitments_as_for_few(
    people: People, batch: Batch
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as opening:
            page(people.analyst, batch)
        return len(opening)

    few = asked()
    add_lines(people, batch, 20)
    assert asked() == few
    assert sum(line.amount for line in batch.lines.all()) == Decimal(250200)
