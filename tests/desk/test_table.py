"""The table of a draft's lines: saved whole or not at all, and never over somebody else's."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carsi_tracker.ledger.columns import OF_LINE
from carsi_tracker.ledger.models import Batch, Commitment, Line
from carsi_tracker.ledger.posting import acting
from tests.desk.conftest import People, address, allocate, page_of, reading
from tests.desk.forms import filled


@pytest.fixture
def batch(people: People) -> Batch:
    """A draft of three lines of one new commitment."""
    made = allocate(people.analyst, _draft="")
    line = made.lines.get()
    with acting(people.ana):
        for amount in (20000, 30000):
            line.pk, line.stage, line.amount = None, "obligated", Decimal(amount)
            line.save()
    return made


def row(number: int = 0, **changes: str) -> dict[str, str]:
    """What somebody types into an empty row."""
    typed = {
        "against": "CARSI-08-INCLE-10",
        "stage": "committed",
        "amount": "120,000.00",
        "effective_date": "2010-02-15",
        "document": "activities-2010",
        "basis": "stated",
    } | changes
    return {f"new-{number}-{name}": text for name, text in typed.items()}


def page(client: Client, batch: Batch) -> dict[str, Any]:
    """What the browser would send of the batch's table."""
    return filled(client.get(page_of(batch)), "table")


def send(client: Client, batch: Batch, sent: dict[str, Any]) -> HttpResponse:
    return client.post(address(batch, "lines"), sent, follow=True)


def save(client: Client, batch: Batch, **changes: str) -> str:
    """Open the batch's page, type, save, and return what is read then."""
    return reading(send(client, batch, page(client, batch) | {"_save": ""} | changes))


def test_rows_are_changed_added_and_deleted_in_one_save(people: People, batch: Batch) -> None:
    first, second, third = batch.lines.all()
    changes = {f"line-{first.pk}-amount": "$255,000", f"line-{second.pk}-delete": "on"}
    said = save(people.analyst, batch, **changes, **row())
    assert "Saved: 1 line changed, 1 line added, 1 line deleted." in said
    amounts = batch.lines.values_list("pk", "amount")
    assert list(amounts)[:2] == [(first.pk, Decimal(255000)), (third.pk, Decimal(30000))]
    assert batch.lines.last().commitment.reference == ("CARSI-08-INCLE-10")  # type: ignore[union-attr]


def test_untouched_rows_and_empty_rows_change_nothing(people: People, batch: Batch) -> None:
    before = list(batch.lines.values())
    assert "Nothing was changed." in save(people.analyst, batch)
    assert list(batch.lines.values()) == before


def test_the_columns_stand_in_the_order_in_which_rows_are_copied_and_pasted(
    people: People, batch: Batch
) -> None:
    names = [name for name in page(people.analyst, batch) if name.startswith("new-0-")]
    columns = [name.removesuffix("_usd") for name in OF_LINE]
    assert names == [f"new-0-{name}" for name in ("against", *columns)]


def test_a_fault_stands_at_its_cell_and_nothing_is_saved(people: People, batch: Batch) -> None:
    first = batch.lines.all()[0]
    before = list(batch.lines.values())
    sent = page(people.analyst, batch) | row(amount="613.000", effective_date="09/02/2009")
    response = send(people.analyst, batch, sent | {f"line-{first.pk}-note": "Not saved either"})
    html = response.content.decode()
    assert 'aria-describedby="new-0-amount-fault" aria-invalid="true"' in html
    assert '<a href="#new-0-amount">Row new 1, Amount</a>' in html
    assert "can be read as 613.00 or as 613,000.00" in reading(response)
    assert "February 9, 2009" in reading(response)
    assert 'value="Not saved either"' in html
    assert list(batch.lines.values()) == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"against": "honduras"}, "“honduras” matches several:"),
        ({"against": "no such thing"}, "“no such thing” is not known."),
        ({"against": "CARSI-08-INCLE-10 Another title"}, "CARSI-08-INCLE-10 is “"),
        ({"against": ""}, "This is needed."),
        ({"against": "incle fy2008"}, "An appropriation takes appropriated amounts"),
        ({"stage": "appropriated"}, "An appropriation takes appropriated amounts"),
        ({"stage": "spent"}, "“spent” is not one of Appropriated"),
        ({"document": "plan"}, "“plan” matches several:"),
        ({"document": "nowhere"}, "If it is new, add it with “Add an amount”."),
        ({"effective_date": "2999-01-01"}, "has not come yet"),
        ({"amount": "NaN"}, "“NaN” is not an amount."),
        ({"note": "tab\there"}, "control character"),
        ({"quote": "x" * 1001}, "at most 1000"),
    ],
)
def test_what_can_not_be_read_is_refused_with_what_would_be_accepted(
    people: People, batch: Batch, changes: dict[str, str], said: str
) -> None:
    assert said in save(people.analyst, batch, **row(**changes))
    assert batch.lines.count() == 3


@pytest.mark.parametrize(
    "typed", ["carsi-08-incle-10", " CARSI-08-INCLE-10 ", "CARSI-08-INCLE-10 {title}", "{title}"]
)
def test_a_commitment_is_found_by_its_reference_or_title(
    people: People, batch: Batch, typed: str
) -> None:
    meant = Commitment.objects.get(reference="CARSI-08-INCLE-10")
    save(people.analyst, batch, **row(against=typed.format(title=meant.title)))
    assert batch.lines.last().commitment == meant  # type: ignore[union-attr]


def test_the_batchs_own_new_commitment_is_found_by_a_part_of_its_title(
    people: People, batch: Batch
) -> None:
    save(people.analyst, batch, **row(against="patrol boats"))
    assert batch.lines.last().commitment == batch.introduces.get()  # type: ignore[union-attr]


def test_an_appropriated_amount_is_added_to_an_appropriation(people: People, batch: Batch) -> None:
    save(people.analyst, batch, **row(against="INCLE FY2008", stage="appropriated"))
    line = batch.lines.last()
    assert line
    assert (line.commitment, str(line.appropriation)) == (None, "INCLE FY2008")


def test_another_batchs_new_commitment_can_not_be_used(people: People, batch: Batch) -> None:
    other = allocate(people.analyst, _draft="", title="Bridges").introduces.get()
    for typed in (other.reference, "Bridges"):
        said = save(people.analyst, batch, **row(against=typed))
        assert "is new in another batch" in said or "is not known" in said
    assert batch.lines.count() == 3
    options = people.analyst.get(address(batch, "lines/suggest"), {"text": "bridges"})
    assert other.reference not in options.content.decode()


def test_a_row_changed_meanwhile_refuses_the_save_and_shows_both_versions(
    people: People, batch: Batch
) -> None:
    first, second, _third = batch.lines.all()
    benito = people.client(people.benito)
    old = page(benito, batch)
    save(people.analyst, batch, **{f"line-{first.pk}-amount": "310,000.00"})
    typed = {f"line-{first.pk}-note": "By Benito", f"line-{second.pk}-note": "This too"}
    response = send(benito, batch, old | typed)
    said = reading(response)
    assert "Row 1 (" in said
    assert "Ana Alva changed this row on" in said
    assert "Amount $310,000.00 $250,000.00" in said
    assert "Note – By Benito" in said
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.amount, first.note, second.note) == (Decimal(310000), "", "")
    assert f'/lines/{first.pk}/" aria-label="Row 1: open">1</a>' in response.content.decode()
    again = filled(response, "table")
    assert again[f"line-{first.pk}-amount"] == "310,000.00"
    assert again[f"line-{second.pk}-note"] == "This too"
    assert "Saved: 1 line changed." in reading(send(benito, batch, again))


def test_a_row_deleted_meanwhile_refuses_the_save_and_no_value_lands_in_another_row(
    people: People, batch: Batch
) -> None:
    first, second, third = batch.lines.all()
    benito = people.client(people.benito)
    old = page(benito, batch)
    save(people.analyst, batch, **{f"line-{first.pk}-delete": "on"})
    changes = {f"line-{first.pk}-amount": "1.00", f"line-{second.pk}-note": "Second"}
    response = send(benito, batch, old | changes)
    assert "deleted by someone else" in reading(response)
    assert "$1.00" in reading(response)
    assert [line.amount for line in batch.lines.all()] == [second.amount, third.amount]
    assert not batch.lines.exclude(note="").exists()
    send(benito, batch, filled(response, "table"))
    assert list(batch.lines.values_list("pk", "note")) == [(second.pk, "Second"), (third.pk, "")]


def test_a_row_deleted_here_and_changed_meanwhile_is_not_deleted(
    people: People, batch: Batch
) -> None:
    first = batch.lines.all()[0]
    benito = people.client(people.benito)
    old = page(benito, batch)
    save(people.analyst, batch, **{f"line-{first.pk}-amount": "310,000.00"})
    said = reading(send(benito, batch, old | {f"line-{first.pk}-delete": "on"}))
    assert "Ana Alva changed this row on" in said
    assert batch.lines.count() == 3


def test_what_was_changed_meanwhile_to_just_what_is_sent_is_no_conflict(
    people: People, batch: Batch
) -> None:
    first = batch.lines.all()[0]
    benito = people.client(people.benito)
    old = page(benito, batch)
    save(people.analyst, batch, **{f"line-{first.pk}-amount": "310,000.00"})
    said = reading(send(benito, batch, old | {f"line-{first.pk}-amount": "310000"}))
    assert "Nothing was changed." in said


def test_a_row_that_is_deleted_need_not_be_readable(people: People, batch: Batch) -> None:
    first = batch.lines.all()[0]
    typed = {f"line-{first.pk}-amount": "613.000", f"line-{first.pk}-delete": "on"}
    assert "Saved: 1 line deleted." in save(people.analyst, batch, **typed)


def test_a_row_of_another_batch_is_not_touched(people: People, batch: Batch) -> None:
    theirs = allocate(people.analyst, _draft="").lines.get()
    mine = batch.lines.all()[0]
    sent = page(people.analyst, batch)
    sent["row"] = [*sent["row"], f"line-{theirs.pk}"]
    for name in [name for name in sent if name.startswith(f"line-{mine.pk}-")]:
        sent[name.replace(str(mine.pk), str(theirs.pk), 1)] = sent[name]
    sent[f"line-{theirs.pk}-amount"] = "1.00"
    assert "deleted by someone else" in reading(send(people.analyst, batch, sent))
    theirs.refresh_from_db()
    assert theirs.amount == Decimal(250000)


def test_the_same_form_sent_again_saves_once(people: People, batch: Batch) -> None:
    first, second, _third = batch.lines.all()
    sent = page(people.analyst, batch) | row() | row(1)
    sent |= {f"line-{first.pk}-amount": "310,000.00", f"line-{second.pk}-delete": "on"}
    assert "2 lines added" in reading(send(people.analyst, batch, sent))
    said = reading(send(people.analyst, batch, sent))
    assert "Saved: 2 lines were added already." in said
    assert batch.lines.count() == 4
    assert "2 lines added" in save(people.analyst, batch, **row(), **row(1))
    assert batch.lines.count() == 6


def test_a_form_that_is_open_while_the_batch_is_submitted_keeps_what_was_typed(
    people: People, batch: Batch
) -> None:
    sent = page(people.analyst, batch) | row(note="Kept")
    people.analyst.post(address(batch, "submit"))
    response = send(people.analyst, batch, sent)
    assert "This batch is submitted already." in reading(response)
    assert 'value="Kept"' in response.content.decode()
    assert batch.lines.count() == 3


def test_a_row_is_duplicated_and_rows_are_added_without_saving(
    people: People, batch: Batch
) -> None:
    first = batch.lines.all()[0]
    sent = page(people.analyst, batch) | {f"line-{first.pk}-note": "Typed"}
    response = send(people.analyst, batch, sent | {"_duplicate": f"line-{first.pk}"})
    again = filled(response, "table")
    assert again["new-3-amount"] == "250,000.00"
    assert again["new-3-note"] == "Typed"
    more = filled(send(people.analyst, batch, sent | {"_more": ""}), "table")
    assert len(more["row"]) == len(sent["row"]) + 10
    assert more[f"line-{first.pk}-note"] == "Typed"
    assert batch.lines.count() == 3
    assert not batch.lines.exclude(note="").exists()


def test_trying_shows_the_effect_and_saves_nothing(people: People, batch: Batch) -> None:
    first = batch.lines.all()[0]
    before = list(batch.lines.values())
    sent = page(people.analyst, batch) | row(amount="not yet")
    sent[f"line-{first.pk}-amount"] = "999,000,000"
    response = people.analyst.post(address(batch, "lines/try"), sent)
    assert "1 row is not complete and not counted." in reading(response)
    assert "$999,000,000.00 is more than" in reading(response)
    assert list(batch.lines.values()) == before
    assert Batch.objects.get(pk=batch.pk).revision == batch.revision + 2


@pytest.mark.parametrize("verb", ["lines", "lines/try", "lines/suggest"])
def test_only_analysts_reach_the_table(people: People, batch: Batch, verb: str) -> None:
    assert "Password" in reading(Client().post(address(batch, verb)))
    assert "/login" in Client().get(address(batch, verb), {"text": "honduras"})["Location"]
    if verb != "lines/suggest":
        assert people.approver.post(address(batch, verb)).status_code == 403
    posted = Batch.objects.get(version=7)
    said = reading(people.analyst.post(address(posted, "lines"), {"row": "new-0"}))
    assert "This batch was posted as version 7 and is final." in said


def test_suggestions_are_named_by_a_part_of_reference_or_title(
    people: People, batch: Batch
) -> None:
    def options(**asked: str) -> str:
        return people.analyst.get(address(batch, "lines/suggest"), asked).content.decode()

    assert '<option value="CARSI-08-INCLE-10">' in options(text="incle-10")
    assert '<option value="INCLE FY2008">' in options(text="incle")
    assert '<option value="activities-2010">' in options(text="activities", column="document")
    assert options(text="nothing of the kind").strip() == ""
    assert options(text="%\x00_'").strip() == ""


def many(people: People, batch: Batch, count: int) -> None:
    pattern = batch.lines.all()[0]
    fields = {
        field.attname: getattr(pattern, field.attname) for field in Line._meta.concrete_fields
    }
    del fields["id"]
    with acting(people.ana):
        Line.objects.bulk_create(Line(**fields | {"amount": 10 + n}) for n in range(count))


def test_long_batches_are_edited_by_the_page(people: People, batch: Batch) -> None:
    many(people, batch, 117)
    client = people.analyst
    assert len(page(client, batch)["row"]) == 1 + 25 + 3
    second = filled(client.get(page_of(batch), {"page": "2"}), "table")
    key = second["row"][0]
    said = reading(send(client, batch, second | {f"{key}-note": "On page 2"} | row()))
    assert "Saved: 1 line changed, 1 line added." in said
    assert "Lines 101 to 121 of 121" in said
    assert batch.lines.get(note="On page 2").pk == batch.lines.all()[25].pk


def test_opening_and_saving_ask_as_often_for_many_rows_as_for_few(
    people: People, batch: Batch
) -> None:
    def asked() -> tuple[int, int]:
        client = people.analyst
        sent = page(client, batch)
        for key in sent["row"]:
            if key.startswith("line-"):
                sent[f"{key}-note"] = f"{batch.lines.count()}"
        with CaptureQueriesContext(connection) as opening:
            page(client, batch)
        with CaptureQueriesContext(connection) as saving:
            assert "lines changed" in reading(send(client, batch, sent | row()))
        return len(opening), len(saving)

    few = asked()
    many(people, batch, 40)
    assert asked() == few
