"""Files that people send go through the installation's scanner, wherever they are sent."""

import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from carsi_tracker.desk.forms import scanned
from carsi_tracker.ledger.models import Batch, DocumentFile, Upload
from tests import factories
from tests.desk.conftest import ALLOCATE, People, allocation, reading
from tests.desk.forms import change

HARMFUL = b"reference,stage\nCARSI-1,X5O!P%@AP-HARMFUL\n"
SCANNER = """
import os, pathlib, sys
pathlib.Path(sys.argv[1]).write_text(" ".join(sorted(os.environ)))
sys.exit(b"HARMFUL" in sys.stdin.buffer.read())
"""
NEW_DOCUMENT = {
    "new_document-title": "Letter of agreement, Honduras",
    "new_document-publisher": "Embassy Tegucigalpa",
    "new_document-published_on": "2009-06-01",
    "new_document-language": "en",
}
FOUND = "A scanner found something harmful in this file, so nothing was kept."
NOT_SCANNED = "The file couldn’t be scanned just now, so nothing was kept."


def file(content: bytes = HARMFUL) -> SimpleUploadedFile:
    return SimpleUploadedFile("a.csv", content)


def to_a_document(client: Client) -> Any:
    return change(client, factories.document(key="scanned"), upload=file())


def with_an_amount(client: Client) -> Any:
    sent = allocation(document="", **NEW_DOCUMENT) | {"new_document-upload": file()}
    return client.post(ALLOCATE, sent)


def to_an_import(client: Client) -> Any:
    return client.post("/admin/ledger/batch/import/", {"file": file()})


def edited(client: Client) -> Any:
    return client.post("/admin/ledger/batch/returned/", {"file": file()})


def of_published_totals(client: Client) -> Any:
    return client.post("/admin/ledger/publishedfigure/import/", {"file": file()})


@pytest.mark.parametrize(
    "sent", [to_a_document, with_an_amount, to_an_import, edited, of_published_totals]
)
@pytest.mark.parametrize(
    ("command", "said"),
    [
        ([sys.executable, "-c", SCANNER, "/dev/null"], FOUND),
        (["/no/such/scanner"], NOT_SCANNED),
        ([sys.executable, "-c", "raise SystemExit(2)"], NOT_SCANNED),
    ],
    ids=["harmful", "no scanner", "a scanner that fails"],
)
def test_what_the_scanner_does_not_find_clean_is_refused_and_not_kept(
    people: People, settings: Any, sent: Any, command: list[str], said: str
) -> None:
    settings.UPLOAD_SCANNER = command
    before = Batch.objects.count()
    response = sent(people.analyst)
    assert response.status_code == 200
    assert said in reading(response)
    assert not DocumentFile.objects.filter(name="a.csv").exists()
    assert not Upload.objects.exists()
    assert Batch.objects.count() == before


def test_what_is_clean_is_taken_and_the_scanner_is_told_no_secrets(
    people: People, settings: Any, tmp_path: Path
) -> None:
    told = tmp_path / "environment"
    settings.UPLOAD_SCANNER = [sys.executable, "-c", SCANNER, str(told)]
    document = factories.document(key="scanned")
    assert change(people.analyst, document, upload=file(b"year,amount\n")).status_code == 302
    assert document.file.content == b"year,amount\n"
    assert set(told.read_text().split()) <= {"PATH", "LC_CTYPE"}


def test_a_scanner_that_hangs_refuses_the_file_and_the_log_says_why(
    people: People, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    monkeypatch.setattr(scanned, "LONGEST_SCAN", 0.2)
    settings.UPLOAD_SCANNER = ["sleep", "60"]
    assert NOT_SCANNED in reading(to_an_import(people.analyst))
    assert "not within 0.2 seconds" in caplog.text


def test_nothing_is_scanned_without_a_scanner(people: People, settings: Any) -> None:
    assert settings.UPLOAD_SCANNER == []
    assert to_an_import(people.analyst).status_code == 302
