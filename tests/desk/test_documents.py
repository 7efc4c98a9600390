"""Documents at the desk: added within the form of an amount, and kept with the file itself."""

import hashlib
import io
import zipfile
from datetime import date
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.media_types import media_type
from carsi_tracker.ledger.models import Batch, Document, DocumentFile, Line, Stage
from tests import factories
from tests.desk.conftest import ALLOCATE, People, address, allocation, reading
from tests.desk.forms import change

PDF = b"%PDF-1.7\n1 0 obj\n"
NEW = {
    "new_document-title": "Letter of agreement, Honduras",
    "new_document-publisher": "Embassy Tegucigalpa",
    "new_document-published_on": "2009-06-01",
    "new_document-language": "en",
    "new_document-url": "",
    "new_document-key": "",
}


def upload(content: bytes = PDF, name: str = "Carta ñ.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def broken_archive() -> bytes:
    """Return an archive whose first part can't be unpacked."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    content = bytearray(written.getvalue())
    content[38:42] = b"\xff" * 4
    return bytes(content)


def test_an_allocation_brings_its_source_with_it(people: People) -> None:
    sent = allocation(document="", **NEW) | {"new_document-upload": upload()}
    response = people.analyst.post(ALLOCATE, sent)
    assert response.status_code == 302
    line = Line.objects.get(batch__token=sent["token"])
    assert line.document.key == "letter-of-agreement-honduras-2009"
    assert line.document.published_on == date(2009, 6, 1)
    assert line.document.file.name == "Carta ñ.pdf"
    assert line.batch.reason == "Letter of agreement, Honduras"


def test_a_new_source_with_faults_saves_nothing_and_says_them_at_its_fields(
    people: People,
) -> None:
    sent = allocation(document="", **NEW | {"new_document-published_on": "1/2/2009"})
    before = Document.objects.count()
    response = people.analyst.post(ALLOCATE, sent)
    text = reading(response)
    assert "The new document has errors." in text
    assert "can be read as" in text
    assert Document.objects.count() == before
    assert not Batch.objects.filter(token=sent["token"]).exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"document": ""}, "This field is required."),
        (NEW, "one of the two"),
        (
            NEW | {"document": "", "new_document-title": "", "new_document-publisher": ""},
            "The new document has errors.",
        ),
    ],
    ids=["none", "both", "incomplete"],
)
def test_an_amount_has_one_source(people: People, changes: dict[str, Any], said: str) -> None:
    assert said in reading(people.analyst.post(ALLOCATE, allocation(**changes)))


def test_a_document_that_is_there_already_is_not_added_again(people: People) -> None:
    known = Document.objects.get(key="activities-2010")
    same = NEW | {
        "document": "",
        "new_document-title": known.title,
        "new_document-publisher": known.publisher,
        "new_document-published_on": str(known.published_on),
    }
    assert "there already, as activities-2010" in reading(
        people.analyst.post(ALLOCATE, allocation(**same))
    )


def test_keys_that_are_taken_are_numbered(people: People) -> None:
    for publisher in ("Embassy Tegucigalpa", "Embassy Panama"):
        sent = allocation(document="", **NEW | {"new_document-publisher": publisher})
        people.analyst.post(ALLOCATE, sent)
    keys = Document.objects.filter(key__startswith="letter-of-agreement-honduras")
    assert sorted(keys.values_list("key", flat=True)) == [
        "letter-of-agreement-honduras-2009",
        "letter-of-agreement-honduras-2009-2",
    ]


def test_a_line_brings_its_source_with_it_too(people: People) -> None:
    batch = factories.batch(by=people.ana)
    sent = NEW | {
        "against": "INCLE FY2008",
        "stage": "appropriated",
        "amount": "5.00",
        "effective_date": "2009-06-15",
        "document": "",
        "locator": "",
        "basis": "stated",
        "note": "",
        "quote": "",
        "revision": str(batch.revision),
    }
    people.analyst.post(f"{address(batch, 'lines')}add/", sent)
    assert batch.lines.get().document.title == "Letter of agreement, Honduras"


def test_a_document_is_kept_with_its_file(people: People) -> None:
    document = factories.document(by=people.ana)
    change(people.analyst, document, upload=upload())
    file = DocumentFile.objects.get(document=document)
    assert file.sha256 == hashlib.sha256(PDF).hexdigest()
    page = reading(people.analyst.get(f"/admin/ledger/document/{document.pk}/change/"))
    assert f"Carta ñ.pdf, {len(PDF)} bytes" in page
    history = reading(people.analyst.get(f"/admin/ledger/document/{document.pk}/history/"))
    assert "SHA-256" in history


def test_a_file_takes_the_place_of_another_only_when_that_is_removed(people: People) -> None:
    document = factories.document(by=people.ana)
    change(people.analyst, document, upload=upload())
    refused = change(people.analyst, document, upload=upload(PDF + b"2", "b.pdf"))
    assert "There is a file already" in reading(refused)
    change(people.analyst, document, upload=upload(PDF + b"2", "b.pdf"), remove="on")
    assert DocumentFile.objects.get(document=document).name == "b.pdf"
    change(people.analyst, document, remove="on")
    assert not DocumentFile.objects.filter(document=document).exists()


def test_the_file_of_a_cited_document_stays(people: People) -> None:
    document = Document.objects.get(key="gao-13-295r")
    change(people.analyst, document, upload=upload())
    refused = change(people.analyst, document, remove="on")
    assert "stays: entries of the ledger cite its document" in reading(refused)
    assert DocumentFile.objects.filter(document=document).exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.html", b"<html>", "not a file of a kind that is accepted"),
        ("a.pdf", b"MZ", "not a file of a kind that is accepted"),
        ("a.odt", broken_archive(), "not a file of a kind that is accepted"),
        ("a.pdf", b"", "The file is empty."),
        (
            "a.pdf",
            PDF.ljust(10_000_001),
            "The file has 10,000,001 bytes; at most 10 million are accepted.",
        ),
    ],
    ids=["html", "a program", "a broken archive", "empty", "large"],
)
def test_other_files_are_refused(people: People, name: str, content: bytes, said: str) -> None:
    document = factories.document(by=people.ana)
    response = change(people.analyst, document, upload=upload(content, name))
    assert said in reading(response)
    assert not DocumentFile.objects.exists()


def test_a_workbook_is_one_however_its_parts_are_called() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        made.writestr("[content_types].XML", "<Types/>")
        made.writestr("XL\\Workbook.xml", "<workbook/>")
    assert media_type("a.xlsx", written.getvalue()).endswith("spreadsheetml.sheet")


def test_a_document_that_nothing_cites_is_deleted_with_its_file(people: People) -> None:
    document = factories.document(by=people.ana)
    change(people.analyst, document, upload=upload())
    sent = {"post": "yes", "change_reason": "Listed twice"}
    people.administrator.post(f"/admin/ledger/document/{document.pk}/delete/", sent)
    assert not Document.objects.filter(pk=document.pk).exists()
    assert not DocumentFile.objects.exists()


def test_a_file_is_a_download_at_the_desk_and_in_public_once_cited(people: People) -> None:
    document = factories.document(by=people.ana, key="carta-2009")
    change(people.analyst, document, upload=upload())
    at_desk = f"/admin/ledger/document/{document.pk}/file/"
    in_public = "/documents/carta-2009/file/"
    assert people.approver.get(at_desk).content == PDF
    assert Client().get(at_desk).status_code == 302
    never = Client().get("/documents/never-there/file/")
    hidden = Client().get(in_public)
    assert (hidden.status_code, hidden.content) == (404, never.content)
    draft = factories.batch(by=people.ana)
    factories.line(draft, factories.appropriation(), Stage.APPROPRIATED, 5, document=document)
    posting.post(draft.pk, people.petra, factories.submitted(draft))
    given = Client().get(in_public)
    assert given.content == PDF
    assert given["Content-Type"] == "application/pdf"
    assert given["Content-Disposition"] == "attachment; filename*=utf-8''Carta%20%C3%B1.pdf"
    assert given["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in given["Content-Security-Policy"]
    assert not given.cookies
    again = Client().get(in_public, headers={"If-None-Match": given["ETag"]})
    assert again.status_code == 304
    page = Client().get("/documents/carta-2009/", follow=True).content.decode()
    assert hashlib.sha256(PDF).hexdigest() in page
    assert in_public in page


def test_lists_and_pages_never_load_a_file(people: People) -> None:
    document = Document.objects.get(key="gao-13-295r")
    change(people.analyst, document, upload=upload())
    known = {"If-None-Match": f'"{hashlib.sha256(PDF).hexdigest()}"'}
    with CaptureQueriesContext(connection) as queries:
        people.analyst.get(f"/admin/ledger/document/{document.pk}/change/")
        assert Client().get("/documents/gao-13-295r/file/", headers=known).status_code == 304
        people.analyst.get("/admin/ledger/document/")
        Client().get("/documents/", follow=True)
        Client().get("/documents/gao-13-295r/", follow=True)
    assert not [query for query in queries if '"content"' in query["sql"]]


def test_the_same_file_under_another_document_is_said_with_the_way_there(people: People) -> None:
    first, second, third = (factories.document(people.ana) for _ in range(3))
    change(people.analyst, first, upload=upload())
    said = told_by(change(people.analyst, second, upload=upload(name="again.pdf")))
    assert f"“{first.key}” has the same file." in said
    assert f'<a href="/admin/ledger/document/{first.pk}/change/">{first}</a>' in said
    said = told_by(change(people.analyst, third, upload=upload(PDF + b"3")))
    assert "has the same file" not in said


def told_by(response: Any) -> str:
    """Return the messages that the next page shows."""
    return " ".join(map(str, get_messages(response.wsgi_request)))


def test_a_new_source_with_the_file_of_another_is_refused_by_name(people: People) -> None:
    first = factories.document(people.ana)
    change(people.analyst, first, upload=upload())
    sent = allocation(document="", **NEW) | {"new_document-upload": upload(name="again.pdf")}
    said = reading(people.analyst.post(ALLOCATE, sent))
    assert f"This document is there already, as {first.key}. Choose it in the list." in said
    assert not Document.objects.filter(title=NEW["new_document-title"]).exists()
