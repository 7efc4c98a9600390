"""The desk asks the database as often for many rows as for few."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carsi_tracker.desk.deletion import deletion
from carsi_tracker.ledger.models import Document
from tests.desk.conftest import ALLOCATE, People, add_lines, allocate, page_of, queries


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
