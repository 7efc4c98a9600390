"""A line of money is read alike, however it comes in, and refused in the same words."""

from typing import Any

import pytest

from carsi_tracker.ledger.models import Batch
from tests.desk.conftest import People, address, allocate

LINE = {
    "stage": "committed",
    "amount": "120,000.00",
    "effective_date": "2010-02-15",
    "document": "activities-2010",
    "locator": "",
    "basis": "stated",
    "note": "",
    "quote": "",
}
REFERENCE = "CARSI-08-INCLE-10"


@pytest.fixture
def batch(people: People) -> Batch:
    return allocate(people.analyst, _draft="")


def said_by_form(people: People, batch: Batch, name: str, text: str) -> str:
    line: dict[str, Any] = LINE | {"against": REFERENCE, "document": batch.lines.get().document_id}
    response = people.analyst.post(address(batch, "lines/add"), line | {name: text})
    return " ".join(response.context["form"].errors[name])


def said_by_table(people: People, batch: Batch, name: str, text: str) -> str:
    line = LINE | {"against": REFERENCE} | {name: text}
    sent = {f"new-0-{column}": typed for column, typed in line.items()} | {"row": "new-0"}
    response = people.analyst.post(address(batch, "lines"), sent)
    (row,) = response.context["table"].faulty
    return str(row.faults[name])


def said_by_paste(people: People, batch: Batch, name: str, text: str) -> str:
    rows = "\t".join([REFERENCE, *(LINE | {name: text}).values()])
    response = people.analyst.post(address(batch, "lines/paste"), {"pasted": rows})
    (row,) = response.context["pasted"].lines
    column = "amount_usd" if name == "amount" else name
    return " ".join(*(cell.faults for cell in row.cells if cell.name == column))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("amount", "613.000"),
        ("amount", "about 5"),
        ("amount", "$ -"),
        ("amount", "1,000,000,000,000"),
        ("effective_date", "1989-12-31"),
        ("effective_date", "2999-01-01"),
        ("effective_date", "09/02/2009"),
        ("effective_date", "39888"),
        ("note", "of which \u202e(1,234) for boats"),
        ("note", "Señalización".encode().decode("cp1252")),
        ("locator", "page " * 60),
        ("quote", "lost \ufffd letter"),
    ],
)
def test_form_table_and_pasted_rows_refuse_in_the_same_words(
    people: People, batch: Batch, name: str, text: str
) -> None:
    ways = (said_by_form, said_by_table, said_by_paste)
    said = {way(people, batch, name, text) for way in ways}
    assert len(said) == 1, said
    assert batch.lines.count() == 1
