"""Rows pasted into a draft: added all or none, each fault at its cell, nothing lost."""

from decimal import Decimal

import pytest
from django.http import HttpResponse
from django.test import Client

from carsi_tracker.ledger.models import Batch, Commitment
from tests import factories
from tests.desk.conftest import People, address, page_of, reading
from tests.desk.forms import filled

HEADINGS = "reference\tstage\tamount_usd\teffective_date\tdocument\tbasis\tnote"


@pytest.fixture
def batch(people: People) -> Batch:
    return factories.batch(people.ana)


def rows(count: int, **at: str) -> list[str]:
    """Rows as a spreadsheet copies them; `at` has other text for a cell, as `amount_3`."""
    made = []
    for number in range(1, count + 1):
        cells = {
            "reference": "CARSI-08-INCLE-10",
            "stage": "committed",
            "amount": f"{1000 + number:,}.00",
            "day": "2010-02-15",
            "document": "activities-2010",
            "basis": "stated",
            "note": f"Row {number}",
        }
        cells |= {name: at[f"{name}_{number}"] for name in cells if f"{name}_{number}" in at}
        made.append("\t".join(cells.values()))
    return made


def paste(client: Client, batch: Batch, *lines: str, **sent: str) -> HttpResponse:
    path = address(batch, "lines/paste")
    revision = {"revision": str(Batch.objects.get(pk=batch.pk).revision)}
    return client.post(path, {**revision, "pasted": "\n".join(lines), **sent}, follow=True)


def put_right(client: Client, batch: Batch, response: HttpResponse, **typed: str) -> HttpResponse:
    sent = filled(response, "put-right") | {"_add": ""} | typed
    return client.post(address(batch, "lines/paste"), sent, follow=True)


def test_rows_with_headings_go_straight_into_the_batch(people: People, batch: Batch) -> None:
    assert "Saved: 3 lines added." in reading(paste(people.analyst, batch, HEADINGS, *rows(3)))
    found = batch.lines.values_list("amount", "note", "commitment__reference")
    assert list(found) == [(Decimal(1000 + n), f"Row {n}", "CARSI-08-INCLE-10") for n in (1, 2, 3)]


def test_rows_without_headings_stand_in_the_order_of_the_table(
    people: People, batch: Batch
) -> None:
    cells = (
        "carsi-08-incle-10", "obligated", "($1,250.50)", "2010-03-01", "activities-2010",
        "page 3, table 1", "press", "A note", "Its own words",
    )  # fmt: skip
    assert "Saved: 1 line added." in reading(paste(people.analyst, batch, "\t".join(cells)))
    line = batch.lines.get()
    assert (line.amount, line.locator, line.note, line.quote) == (
        Decimal("-1250.50"), "page 3, table 1", "A note", "Its own words",
    )  # fmt: skip


@pytest.mark.parametrize("headed", [True, False])
def test_faults_stand_at_their_cells_and_are_put_right_there(
    people: People, batch: Batch, headed: bool
) -> None:
    faulty = {"amount_2": "613.000", "day_50": "09/02/2009", "document_99": "nowhere"}
    lines = rows(100, **faulty)
    if headed:
        above = [HEADINGS]
    else:
        lines = [line.replace("\tstated\t", "\t\tstated\t") for line in lines]
        above = []
    response = paste(people.analyst, batch, *above, *lines)
    said = reading(response)
    first, second, third = (number + len(above) for number in (2, 50, 99))
    for place in (
        f"Row {first}, Amount (amount_usd)",
        f"Row {second}, Effective date (effective_date)",
        f"Row {third}, Source document (document)",
    ):
        assert place in said
    assert "97 more rows were read without problems" in said or not headed
    assert f'id="cell-{first}-amount_usd-2-fault"' in response.content.decode()
    assert not batch.lines.exists()

    still = put_right(people.analyst, batch, response, **{f"cell-{first}-amount_usd-2": "613.00"})
    assert f'id="cell-{first}-amount_usd-2-fault"' not in still.content.decode()
    right = {
        name: "2009-09-02" if name.endswith("effective_date") else "activities-2010"
        for name in filled(still, "put-right")
        if name.endswith(("-effective_date", "-document"))
    }
    done = put_right(people.analyst, batch, still, **right)
    assert "Saved: 100 lines added." in reading(done)
    assert batch.lines.count() == 100
    assert batch.lines.get(note="Row 2").amount == Decimal(613)
    assert str(batch.lines.get(note="Row 50").effective_date) == "2009-09-02"


def test_quotes_around_other_cells_are_text_unless_somebody_says_otherwise(
    people: People, batch: Batch
) -> None:
    lines = rows(3, note_1='"Row 1', note_2='Row 2"')
    response = paste(people.analyst, batch, HEADINGS, *lines)
    assert "rows of their own: the quotes are text" in reading(response)
    assert not batch.lines.exists()
    done = put_right(people.analyst, batch, response)
    assert "Saved: 3 lines added." in reading(done)
    assert set(batch.lines.values_list("note", flat=True)) == {'"Row 1', 'Row 2"', "Row 3"}


def test_an_unescaped_quote_is_one_cell_and_stops_no_other(people: People, batch: Batch) -> None:
    lines = rows(3, note_2='"Safe Streets', amount_1="613.000")
    response = paste(people.analyst, batch, HEADINGS, *lines)
    assert len(response.context["pasted"].lines) == 1
    done = put_right(people.analyst, batch, response, **{"cell-2-amount_usd-2": "613.00"})
    assert "Saved: 3 lines added." in reading(done)
    assert batch.lines.filter(note='"Safe Streets').exists()


@pytest.mark.parametrize(
    ("breaks", "note"),
    [
        ("semicolon", "Vehicles, radios; and spare parts"),
        ("blank", "Vehicles, radios and spare parts"),
    ],
)
def test_a_line_break_in_a_cell_is_offered_as_a_blank_or_semicolon_and_glues_no_words(
    people: People, batch: Batch, breaks: str, note: str
) -> None:
    lines = rows(2, note_1='"Vehicles, radios\nand spare parts"')
    response = paste(people.analyst, batch, HEADINGS, *lines)
    assert not batch.lines.exists()
    assert "Vehicles, radios; and spare parts" in reading(response)
    shown = put_right(people.analyst, batch, response, breaks=breaks)
    done = shown if batch.lines.exists() else put_right(people.analyst, batch, shown)
    assert "Saved: 2 lines added." in reading(done)
    assert batch.lines.get(amount=Decimal(1001)).note == note


def test_rows_of_the_tables_own_form_are_taken_without_headings(
    people: People, batch: Batch
) -> None:
    line = "INCLE FY2008\tappropriated\t500,000\t2010-02-15\tactivities-2010"
    assert "Saved: 1 line added." in reading(paste(people.analyst, batch, line))
    saved = batch.lines.get()
    assert (str(saved.appropriation), saved.commitment, saved.basis) == (
        "INCLE FY2008", None, "stated",
    )  # fmt: skip


def test_what_was_copied_with_quotes_is_kept_while_another_cell_is_put_right(
    people: People, batch: Batch
) -> None:
    lines = rows(2, note_1='"Safe Streets" campaign of 24"', amount_2="613.000")
    response = paste(people.analyst, batch, HEADINGS, *lines)
    done = put_right(people.analyst, batch, response, **{"cell-3-amount_usd-2": "613.00"})
    assert "Saved: 2 lines added." in reading(done)
    assert batch.lines.filter(note='"Safe Streets" campaign of 24"').exists()


def test_a_new_commitment_is_described_where_it_was_left_out(people: People, batch: Batch) -> None:
    response = paste(people.analyst, batch, HEADINGS, *rows(1, reference_1="NEW-1"))
    assert "NEW-1 is new, so this is needed" in reading(response)
    described = {
        "title": "Something new", "fiscal_year": "2008", "account": "INCLE",
        "area": "law-enforcement", "country": "HN", "agency": "State/INL",
    }  # fmt: skip
    cells = {f"cell-2-{name}": text for name, text in described.items()}
    done = put_right(people.analyst, batch, response, **cells)
    assert "Saved: 1 line added." in reading(done)
    assert Commitment.objects.get(reference="NEW-1").introduced_by == batch


def test_the_same_rows_sent_again_are_added_once(people: People, batch: Batch) -> None:
    revision = str(batch.revision)
    paste(people.analyst, batch, HEADINGS, *rows(3))
    again = paste(people.analyst, batch, HEADINGS, *rows(3), revision=revision)
    assert "These rows were added already." in reading(again)
    assert batch.lines.count() == 3
    said = paste(people.analyst, batch, HEADINGS, *rows(3))
    assert "3 of 3 rows are already in the batch" in reading(said)
    assert batch.lines.count() == 3
    done = put_right(people.analyst, batch, said, new="on")
    assert "Saved: 3 lines added." in reading(done)
    assert batch.lines.count() == 6


@pytest.mark.parametrize(
    "text", ["", "nonsense", "a,b\nc", '"open', "\x00", "stage\tamount_usd\nx"]
)
def test_what_are_no_rows_is_kept_and_explained(people: People, batch: Batch, text: str) -> None:
    response = paste(people.analyst, batch, text)
    assert response.status_code == 200
    assert "Not saved. Fix these problems:" in reading(response)
    assert not batch.lines.exists()


def test_rows_are_pasted_into_drafts_alone_and_by_analysts(people: People) -> None:
    posted = Batch.objects.get(version=7)
    said = reading(paste(people.analyst, posted, HEADINGS, *rows(1)))
    assert "This batch was posted as version 7 and is final." in said
    assert people.approver.post(address(posted, "lines/paste")).status_code == 403
    assert "Paste rows" not in reading(people.analyst.get(page_of(posted)))
