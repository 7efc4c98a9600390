"""A draft downloaded: the columns of the import, harmless, and read again to the same lines."""

import csv
import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carsi_tracker.accounts.models import Event
from carsi_tracker.desk.lines.form import content
from carsi_tracker.ledger.columns import NAMES
from carsi_tracker.ledger.models import Batch, Line
from carsi_tracker.ledger.posting import acting
from tests import factories
from tests.desk.conftest import People, add_lines, address, allocate, appropriation, reading


@pytest.fixture
def batch(people: People) -> Batch:
    """A draft of a new commitment with two amounts, and of an appropriated one."""
    made = allocate(people.analyst, _draft="", title="=1+1 boats, Honduras", note="=HYPERLINK(1)")
    line = made.lines.get()
    with acting(people.ana):
        line.pk, line.stage, line.amount = None, "obligated", 20000
        line.save()
        fund = appropriation(2008, "INCLE")
        line.pk, line.stage, line.commitment, line.appropriation = None, "appropriated", None, fund
        line.save()
    return made


def download(client: Client, batch: Batch, kind: str = "csv") -> bytes:
    response = client.get(address(batch, "lines").removesuffix("/") + f".{kind}")
    assert response.status_code == 200
    assert f"carsi-batch-{batch.pk}.{kind}" in response["Content-Disposition"]
    return b"".join(response)  # type: ignore[arg-type]


def said(batch: Batch) -> list[Any]:
    """What the lines of a draft say, and of which commitment, apart from its reference."""
    return [
        (content(line)[2:], line.appropriation_id, line.commitment and line.commitment.title)
        for line in batch.lines.order_by("pk")
    ]


def test_a_draft_is_downloaded_by_the_columns_of_the_import_and_neutralised(
    people: People, batch: Batch
) -> None:
    analyst = people.analyst
    noted = Event.objects.count()
    rows = list(csv.DictReader(io.StringIO(download(analyst, batch).decode())))
    assert tuple(rows[0]) == NAMES
    assert rows[0]["title"] == "'=1+1 boats, Honduras"
    assert rows[0]["note"] == "'=HYPERLINK(1)"
    assert (rows[0]["amount_usd"], rows[0]["account"]) == ("250000.00", "INCLE")
    assert (rows[2]["reference"], rows[2]["title"]) == ("", "")
    sheet = zipfile.ZipFile(io.BytesIO(download(analyst, batch, "xlsx")))
    assert Event.objects.count() == noted
    assert b"<f>" not in sheet.read("xl/worksheets/sheet1.xml")


def test_what_was_downloaded_is_pasted_or_imported_again_to_the_same_lines(
    people: People, batch: Batch
) -> None:
    before = said(batch)
    files = {kind: download(people.analyst, batch, kind) for kind in ("csv", "xlsx")}
    people.analyst.post(address(batch, "discard"))
    assert not Batch.objects.filter(pk=batch.pk).exists()
    for kind, data in files.items():
        file = SimpleUploadedFile(f"carsi.{kind}", data)
        preview = people.analyst.post("/admin/ledger/batch/import/", {"file": file})["Location"]
        confirmed = {"title": "Again", "reason": "Again", "language": "en"}
        made = people.analyst.post(preview, confirmed)
        assert made.status_code == 302, reading(made)
        again = Batch.objects.latest("pk")
        assert said(again) == before
        people.analyst.post(address(again, "discard"))


def test_who_reads_batches_alone_downloads_them_and_only_while_they_are_not_posted(
    people: People, batch: Batch
) -> None:
    there = address(batch, "lines").removesuffix("/")
    assert people.approver.get(f"{there}.csv").status_code == 200
    nobody = people.client(factories.person(username="nobody"))
    assert "/login" in nobody.get(f"{there}.csv")["Location"]
    assert "/login" in Client().get(f"{there}.csv")["Location"]
    assert people.analyst.get(f"{there}.pdf").status_code == 404
    posted = Batch.objects.get(version=7)
    assert people.analyst.get(address(posted, "lines")[:-1] + ".csv").status_code == 404


def test_a_download_asks_as_often_for_many_lines_as_for_few(people: People, batch: Batch) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            download(people.analyst, batch)
        return len(queries)

    few = asked()
    add_lines(people, batch, 20)
    assert asked() == few
    assert Line.objects.filter(batch=batch).count() == 23
