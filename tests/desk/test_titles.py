"""Titles that nobody typed: they tell batches apart, and follow what is done to a draft."""

from typing import Any
from uuid import uuid4

import pytest

from carsi_tracker.desk.batches.titles import suggested
from carsi_tracker.ledger.models import Batch, Country, Language
from carsi_tracker.ledger.posting import acting
from tests.desk.conftest import (
    ALLOCATE,
    SUGGESTED,
    People,
    address,
    allocate,
    allocation,
    appropriation,
    hidden,
    panama,
)


def add(people: People, batch: Batch, **changes: Any) -> str:
    """Add an allocation to a draft and return the draft's title then."""
    sent = allocation(batch=batch.pk, _draft="", **changes)
    del sent["_submit"]
    assert people.analyst.post(ALLOCATE, sent).status_code == 302
    batch.refresh_from_db()
    return batch.title


def told_by_steps(people: People, batch: Batch) -> str:
    """Return the steps of a batch, as its page in Spanish names them."""
    page = people.analyst.get(f"/es{address(batch, 'change')}").content.decode()
    return page.partition('<ol class="desk-steps">')[2].partition("</ol>")[0]


def test_a_title_names_amounts_appropriations_countries_and_source(people: People) -> None:
    batch = allocate(people.analyst, _draft="", obligated="40,000")
    assert batch.title == SUGGESTED.replace("committed,", "committed, $40,000 obligated,")
    title = add(people, batch, country=panama().pk, appropriation=appropriation(2009, "INCLE").pk)
    assert title.startswith(
        "$500,000 committed, $40,000 obligated, INCLE FY2008, INCLE FY2009, Honduras, Panama: FY"
    )


def test_more_than_three_countries_are_counted(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    for code in ("PA", "GT", "SV"):
        title = add(people, batch, country=Country.objects.get(code=code).pk)
    assert title.startswith("$1,000,000 committed, INCLE FY2008, 4 countries: FY 2008")


def test_a_title_is_in_the_language_of_the_batch_and_follows_it(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    texts = address(batch, "texts")
    seen = hidden(people.analyst.get(texts).content.decode(), "seen")
    sent = {"title": batch.title, "reason": batch.reason, "language": Language.SPANISH}
    assert people.analyst.post(texts, sent | {"seen": seen}).status_code == 302
    batch.refresh_from_db()
    assert batch.title.startswith("$250,000 comprometidos, INCLE FY2008, Honduras: Plan de gasto")


def test_the_reason_that_a_source_gives_is_in_the_language_of_the_batch(people: People) -> None:
    people.analyst.post(f"/es{ALLOCATE}", allocation())
    batch = Batch.objects.latest("pk")
    assert batch.language == Language.SPANISH
    assert batch.reason == batch.lines.get().document.title_es
    assert "Asentado" in told_by_steps(people, batch)


def test_a_title_follows_the_lines_of_a_draft(people: People) -> None:
    batch = allocate(people.analyst, _draft="", obligated="40,000")
    line = batch.lines.get(stage="obligated")
    page = people.analyst.get(address(batch, f"lines/{line.pk}")).content.decode()
    people.analyst.post(address(batch, f"lines/{line.pk}/delete"), {"seen": hidden(page, "seen")})
    batch.refresh_from_db()
    assert batch.title == SUGGESTED


def test_an_empty_batch_is_called_by_its_reason_until_its_lines_give_a_title(
    people: People,
) -> None:
    sent = {"token": str(uuid4()), "title": "", "reason": "Letter of 2009", "language": "en"}
    assert people.analyst.post("/admin/ledger/batch/add/", sent).status_code == 302
    batch = Batch.objects.get(title="Letter of 2009")
    assert add(people, batch) == SUGGESTED
    assert add(people, batch).startswith("$500,000 committed")


def test_a_title_that_somebody_typed_stays(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    with acting(people.ana):
        Batch.objects.filter(pk=batch.pk).update(title="The letter of 2009")
    assert add(people, batch) == "The letter of 2009"


@pytest.mark.parametrize("obligated", ["250,000.01", "-1", "x"])
def test_what_cannot_be_obligated_is_said_at_its_field(people: People, obligated: str) -> None:
    before = Batch.objects.count()
    response = people.analyst.post(ALLOCATE, allocation(obligated=obligated))
    assert response.context["form"].errors["obligated"]
    assert Batch.objects.count() == before


def test_an_obligation_has_source_day_and_its_own_page_or_else_the_same(people: People) -> None:
    own = allocate(people.analyst, obligated="1,000", obligated_locator="page 13")
    same = allocate(people.analyst, obligated="1,000", note="Boats")
    for batch, page in ((own, "page 13"), (same, "page 12, table 3")):
        committed, obligated = batch.lines.order_by("pk")
        assert obligated.commitment == committed.commitment
        assert obligated.effective_date == committed.effective_date
        assert obligated.document == committed.document
        assert (obligated.locator, obligated.note) == (page, "")


def test_an_empty_batch_suggests_no_title(people: People) -> None:
    with acting(people.ana):
        empty = Batch.objects.create(title="–", reason="Empty")
    assert suggested(empty) == ""
