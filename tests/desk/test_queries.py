"""The desk asks the database as often for many rows as for few."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carsi_tracker.desk.deletion import deletion
from carsi_tracker.ledger.models import Batch, Commitment, Document, Line
from carsi_tracker.ledger.posting import acting
from tests.desk.conftest import ALLOCATE, People, allocate, page_of


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def add_lines(people: People, batch: Batch, count: int) -> None:
    """Give a draft as many new commitments, with a line each."""
    pattern = batch.introduces.all()[0]
    with acting(people.ana):
        for number in range(count):
            commitment = Commitment.objects.create(
                reference=f"MANY-{batch.pk}-{number}",
                title="One of many",
                appropriation=pattern.appropriation,
                area=pattern.area,
                country=pattern.country,
                agency=pattern.agency,
                introduced_by=batch,
            )
            Line.objects.create(
                batch=batch,
                appropriation=pattern.appropriation,
                commitment=commitment,
                stage="committed",
                amount=10,
                effective_date=date(2010, 1, 4),
                document_id=batch.lines.all()[0].document_id,
                basis="stated",
            )


@pytest.mark.parametrize("who", ["analyst", "approver"])
def test_a_batchs_page_asks_as_often_for_many_lines_as_for_one(people: People, who: str) -> None:
    batch = allocate(people.analyst, _draft="")
    client: Client = getattr(people, who)
    few = queries(client, page_of(batch))
    add_lines(people, batch, 30)
    assert queries(client, page_of(batch)) == few


@pytest.mark.parametrize(
    "path",
    ["/admin/ledger/batch/", "/admin/ledger/commitment/", ALLOCATE, "/admin/ledger/country/"],
)
def test_lists_and_forms_ask_as_often_for_many_rows_as_for_few(people: People, path: str) -> None:
    allocate(people.analyst, _draft="")
    few = queries(people.analyst, path)
    for _ in range(5):
        add_lines(people, allocate(people.analyst, _draft=""), 3)
    assert queries(people.analyst, path) == few


def test_the_list_of_versions_asks_once_for_all(people: People) -> None:
    assert queries(people.approver, "/admin/ledger/posting/") <= 8


def test_many_rows_are_judged_for_deletion_as_one(people: People) -> None:
    with CaptureQueriesContext(connection) as one:
        deletion(list(Document.objects.all()[:1]))
    with CaptureQueriesContext(connection) as many:
        deletion(list(Document.objects.all()))
    assert len(one) == len(many)
