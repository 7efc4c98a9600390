"""An analyst marks a commitment as “at most” or “at least”, and an approver reads why."""

from typing import Any

import pytest

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Change, Commitment
from carsi_tracker.ledger.text import is_empty
from tests.desk.conftest import (
    ALLOCATE,
    People,
    address,
    allocate,
    allocation,
    error_of,
    hidden,
    page_of,
    post_it,
    reading,
    told,
)

LIMIT = {
    "bound": "at-most",
    "bound_note": "One total for two years.",
    "bound_note_es": "Un total para dos años.",
}
SHOWN = "at most: One total for two years. Un total para dos años."


def place(commitment: Commitment, verb: str = "change") -> str:
    return f"/admin/ledger/commitment/{commitment.pk}/{verb}/"


def test_an_allocation_is_marked_and_the_mark_is_read_before_and_after_posting(
    people: People,
) -> None:
    batch = allocate(people.analyst, **LIMIT)
    made = batch.introduces.get()
    assert (made.bound, made.bound_note_es) == ("at-most", "Un total para dos años.")
    assert SHOWN in reading(people.approver.get(address(batch, "review")))
    post_it(people.approver, batch)
    assert SHOWN in reading(people.analyst.get(page_of(batch)))
    page = people.analyst.get(place(made))
    assert page.context["adminform"].form.initial["bound"] == "at-most"
    listed = reading(people.analyst.get(f"/admin/ledger/commitment/?q={made.reference}"))
    assert "at most" in listed[listed.index(made.reference) :]


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"bound": "about"}, "bound", "“about” is not one of at most, at least."),
        ({"bound_note": "", "bound_note_es": ""}, "bound_note", "Say in English"),
        ({"bound_note": "\u2800"}, "bound_note", "Say in English"),
        ({"bound": ""}, "bound_note", "leave both empty where it is no limit"),
        ({"bound_note": "x" * 301}, "bound_note", "at most 300"),
    ],
)
def test_a_mark_that_does_not_say_why_is_refused_at_its_field(
    people: People, typed: dict[str, Any], field: str, said: str
) -> None:
    response = people.analyst.post(ALLOCATE, allocation(**LIMIT | typed))
    assert said in error_of(response, field)
    assert not Commitment.objects.filter(bound_note__startswith="One total").exists()


def test_the_mark_of_a_new_commitment_is_edited_in_its_draft(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    made = batch.introduces.get()
    edit = f"/admin/ledger/batch/{batch.pk}/commitments/{made.pk}/"
    page = people.analyst.get(edit)
    form = page.context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | LIMIT
    told(people.analyst, edit, **sent)
    posting.submit(batch.pk, people.ana)
    assert SHOWN in reading(people.approver.get(address(batch, "review")))


def corrected(people: People, posted: Commitment, **sent: Any) -> str:
    client = people.analyst
    seen = hidden(client.get(place(posted)).content.decode(), "seen")
    described = {name: getattr(posted, name) for name in ("title", "title_es", "language", *LIMIT)}
    return told(client, place(posted), seen=seen, **described | sent)


def test_the_mark_of_a_posted_commitment_is_corrected_with_a_reason(people: People) -> None:
    posted = Commitment.objects.get(reference="CARSI-08-INCLE-03")
    assert "This field is required" in corrected(people, posted, **LIMIT, change_reason="")
    corrected(people, posted, **LIMIT, change_reason="GAO says so")
    posted.refresh_from_db()
    assert posted.bound == "at-most"
    change = Change.objects.filter(table="ledger_commitment", row=posted.pk).latest("pk")
    assert (change.user, change.reason) == (people.ana, "GAO says so")
    history = reading(people.analyst.get(place(posted, "history")))
    assert "what makes it a limit, in English: – → One total for two years." in history


def test_a_correction_without_a_note_is_refused_in_the_form(people: People) -> None:
    posted = Commitment.objects.get(reference="CARSI-08-INCLE-03")
    said = corrected(people, posted, bound="at-least", change_reason="GAO says so")
    assert "Say in English what makes the amount a limit" in said
    posted.refresh_from_db()
    assert posted.bound == ""


def test_only_analysts_are_offered_the_correction(people: People) -> None:
    posted = Commitment.objects.get(reference="CARSI-08-INCLE-03")
    for client in (people.approver, people.administrator):
        client.post(place(posted), {"title": posted.title, **LIMIT, "change_reason": "x"})
        posted.refresh_from_db()
        assert posted.bound == ""


def test_a_mark_corrected_after_it_was_read_is_told_before_posting(people: People) -> None:
    posted = Commitment.objects.get(reference="CARSI-09-FMF-01")
    batch = allocate(people.analyst, _draft="")
    with posting.acting(people.ana):
        line = batch.lines.get()
        type(line).objects.create(
            batch=batch, appropriation=posted.appropriation, commitment=posted, stage="committed",
            amount=-1, effective_date=line.effective_date.replace(year=2013),
            document=line.document, basis="stated",
        )  # fmt: skip
    posting.submit(batch.pk, people.ana)
    digest = people.approver.get(address(batch, "review")).context["digest"]
    with posting.acting(people.ana, "As the report has it"):
        Commitment.objects.filter(pk=posted.pk).update(bound="at-least", bound_note="It says so.")
    sent = {"digest": digest, "confirmed": "on"}
    said = told(people.approver, address(batch, "post"), **sent)
    assert "at most or at least" in said
    assert not is_empty(said[said.index("It says so.") :])
    batch.refresh_from_db()
    assert batch.version is None


def test_a_move_takes_the_mark_along(people: People) -> None:
    posted = Commitment.objects.get(reference="CARSI-09-FMF-01")
    page = people.analyst.get(place(posted, "move"))
    form = page.context["form"]
    assert [form[name].value() for name in LIMIT] == [getattr(posted, name) for name in LIMIT]
