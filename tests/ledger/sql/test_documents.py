"""The file of a document is what it was when it was added, whoever asks."""

import hashlib
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger import media_types, posting
from carsi_tracker.ledger.models import Change, Document, DocumentFile, LabelRevision, Stage
from carsi_tracker.ledger.refusals import Refused
from tests import factories

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


@pytest.fixture
def ana(desk_database: None) -> User:
    return factories.analyst(username="ana")


@pytest.fixture
def letter(ana: User) -> Document:
    document = factories.document(by=ana, key="letter-2009")
    with posting.acting(ana, "the letter itself"):
        media_types.add_file(document, "Carta año 2009.pdf", PDF)
    return document


def insert(ana: User, document: Document, **changes: Any) -> None:
    values = {
        "document": document,
        "name": "a.pdf",
        "media_type": "application/pdf",
        "size": len(PDF),
        "sha256": hashlib.sha256(PDF).hexdigest(),
        "content": PDF,
    }
    with posting.acting(ana):
        DocumentFile.objects.create(**values | changes)


def test_a_file_is_kept_with_its_size_and_checksum(letter: Document, ana: User) -> None:
    file = DocumentFile.objects.get(document=letter)
    assert bytes(file.content) == PDF
    assert (file.name, file.media_type) == ("Carta año 2009.pdf", "application/pdf")
    assert (file.size, file.sha256) == (len(PDF), hashlib.sha256(PDF).hexdigest())
    assert file.added_by_id == ana.pk


def test_its_coming_and_going_stand_in_the_history_of_the_document(
    letter: Document, ana: User
) -> None:
    before = LabelRevision.objects.get().revision
    with posting.acting(ana, "the wrong one"):
        letter.file.delete()
    added, removed = Change.objects.filter(table="ledger_document", row=letter.pk).order_by("id")[
        1:
    ]
    assert added.reason == "the letter itself"
    assert "Carta año 2009.pdf" in added.after["file"]
    assert removed.reason == "the wrong one"
    assert "file" not in removed.after
    assert LabelRevision.objects.get().revision > before


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"sha256": "0" * 64}, "file_as_it_was"),
        ({"size": 3}, "file_as_it_was"),
        ({"content": b"%PDF-another"}, "file_as_it_was"),
        ({"media_type": "text/html"}, "file_of_a_known_kind"),
        ({"media_type": "image/svg+xml"}, "file_of_a_known_kind"),
        ({"name": "../passwd"}, "file_name_without_folders"),
        ({"name": "a\\b.pdf"}, "file_name_without_folders"),
        ({"name": "a\r\nb.pdf"}, "plain_text"),
        ({"name": " "}, "plain_text"),
        ({"name": "a\u202efdp.exe"}, "plain_text"),
        (
            {"content": b"", "size": 0, "sha256": hashlib.sha256(b"").hexdigest()},
            "file_of_bounded_size",
        ),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(
    ana: User, changes: dict[str, Any], rule: str
) -> None:
    with pytest.raises(Refused) as refused:
        insert(ana, factories.document(by=ana), **changes)
    assert refused.value.rule == rule
    assert "database" not in str(refused.value)


def test_a_byte_more_than_ten_million_is_refused(ana: User) -> None:
    content = PDF.ljust(10_000_001)
    with pytest.raises(Refused) as refused:
        insert(
            ana,
            factories.document(by=ana),
            content=content,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
    assert refused.value.rule == "file_of_bounded_size"


def test_a_file_is_never_changed(letter: Document, ana: User) -> None:
    with pytest.raises(Refused) as refused, posting.acting(ana):
        DocumentFile.objects.filter(document=letter).update(name="other.pdf")
    assert refused.value.rule == "file_is_final"


def test_a_file_stays_once_an_entry_cites_its_document(letter: Document, ana: User) -> None:
    draft = factories.batch(by=ana)
    factories.line(draft, factories.appropriation(), Stage.APPROPRIATED, 5, document=letter)
    factories.posted(draft)
    with pytest.raises(Refused) as refused, posting.acting(ana):
        DocumentFile.objects.filter(document=letter).delete()
    assert refused.value.rule == "file_of_cited_document"
    assert "Carta año 2009.pdf" in str(refused.value)


def test_nobody_adds_or_removes_a_file_unnamed(
    owner: psycopg.Connection, application: psycopg.Connection
) -> None:
    for session in (owner, application):
        with pytest.raises(CheckViolation, match="actor_unknown"):
            session.execute(
                "insert into ledger_documentfile values (1, 'a', 'text/csv', 1, '0', 'a')"
            )
        session.rollback()


def test_the_application_empties_nothing(
    connect_application: Callable[[], psycopg.Connection],
) -> None:
    with pytest.raises(InsufficientPrivilege):
        connect_application().execute("truncate ledger_documentfile")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("liar.png", PDF, "application/pdf"),
        ("a.png", b"\x89PNG\r\n\x1a\n123", "image/png"),
        ("a.jpg", b"\xff\xd8\xff\xe0123", "image/jpeg"),
        ("a.TXT", "señal".encode(), "text/plain"),
        ("a.csv", b"a,b\n", "text/csv"),
    ],
)
def test_the_kind_is_told_by_the_content(name: str, content: bytes, kind: str) -> None:
    assert media_types.media_type(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<html><script>alert(1)</script>"),
        ("a.txt", b" \n<!doctype html>"),
        ("a.txt", b"\xef\xbb\xbf<svg onload=alert(1)>"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.pdf", b"MZ\x90\x00"),
        ("a.exe", b"MZ\x90\x00"),
        ("a.txt", b"\xff\xfe\x00h"),
        ("a.txt", b"a\0b"),
        ("a.xlsx", b"PK\x03\x04 and nothing"),
        ("a.pdf", b""),
    ],
)
def test_other_kinds_are_refused(name: str, content: bytes) -> None:
    with pytest.raises(media_types.ValidationError):
        media_types.media_type(name, content)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\Carta año.pdf", "Carta año.pdf"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("", "document"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_are_plain(name: str, plain: str) -> None:
    assert media_types.plain_name(name) == plain


@pytest.mark.parametrize(
    "address",
    [
        "https://user:secret@state.gov/a.pdf",
        "http://user@state.gov/",
        "https://user:secret@state.gov:8443",
    ],
)
def test_an_address_with_a_password_is_not_published(ana: User, address: str) -> None:
    with pytest.raises(Refused, match="before an @"):
        factories.document(by=ana, url=address)


@pytest.mark.parametrize(
    "address",
    ["", "https://state.gov/a@b.pdf", "https://state.gov/?to=a@b.org", "http://127.0.0.1:22/"],
)
def test_an_address_with_a_sign_elsewhere_is(ana: User, address: str) -> None:
    assert factories.document(by=ana, url=address).url == address
