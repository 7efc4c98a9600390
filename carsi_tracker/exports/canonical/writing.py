"""The canonical ledger of a version, written: what the public site shows, as files.

Works as the reading role, and never holds a table or a version's file as a whole.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import CharField, F, QuerySet, Sum, TextField
from django.db.models.functions import Collate

from carsi_tracker.database.reading import connection
from carsi_tracker.exports.canonical.texts import texts_in_english
from carsi_tracker.figures.open_questions import public_questions
from carsi_tracker.figures.published import compared, published_figures
from carsi_tracker.figures.query import Query, Version
from carsi_tracker.figures.vocabulary import public_documents, public_organizations
from carsi_tracker.ledger import checksum
from carsi_tracker.ledger.canonical import cells, layout
from carsi_tracker.ledger.canonical.checking import CheckedLedger
from carsi_tracker.ledger.canonical.layout import FileColumn, FileTable
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import (
    Appropriation,
    Commitment,
    Countersignature,
    Document,
    DocumentFile,
    Entry,
    OpenQuestion,
    Organization,
    Posting,
    Translation,
)

README = Path(__file__).parent / "README.md"
ROWS_A_FETCH = 1000
Content = Iterator[bytes]


def write_files(version: int) -> Iterator[tuple[str, Content]]:
    """Yield the name and the content of each file of a posted version, SHA256SUMS last.

    Each content is to be read before the next file is asked for. All files are of one moment.
    """
    with _one_moment():
        sums: dict[str, str] = {}
        for name, content in _files(version):
            digest = hashlib.sha256()
            yield name, _noted(content, digest)
            sums[name] = digest.hexdigest()
        listed = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))
        yield layout.SUMS, iter([listed.encode()])


def write_folder(version: int, folder: Path) -> None:
    """Write the files of a posted version into a folder."""
    for name, content in write_files(version):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.writelines(content)


@contextmanager
def _one_moment() -> Iterator[None]:
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(using=connection.alias):
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
        yield


def _noted(content: Content, digest: Any) -> Content:
    for part in content:
        digest.update(part)
        yield part


def _files(version: int) -> Iterator[tuple[str, Content]]:
    yield layout.README, iter([README.read_bytes()])
    yield layout.ABOUT, _about(version)
    yield layout.VERSIONS, _encoded(checksum.versions_csv(version))
    for number in range(1, version + 1):
        yield layout.entries_file(number), _encoded(checksum.entries_csv(number))
    yield layout.LANGUAGES, _languages(version)
    yield layout.COUNTERSIGNATURES, _countersignatures(version)
    for table in layout.TABLES:
        yield table.file, _table(table, _chosen(table, version))
    yield layout.VERDICTS, _verdicts(version)
    kept = DocumentFile.objects.filter(document__in=public_documents(version))
    named = kept.order_by(Collate("document__key", "C"))
    for key, media_type in list(named.values_list("document__key", "media_type")):
        yield layout.document_file(key, media_type), _document(key)


def _about(version: int) -> Content:
    posting = Posting.objects.get(version=version)
    entries = Entry.objects.filter(posting_id__lte=version)
    held = CheckedLedger(version, posting.checksum, cells.written(posting.posted_at))
    held.entries = entries.count()
    held.totals |= dict(entries.order_by().values_list("stage").annotate(total=Sum("amount")))
    return _csv(layout.ABOUT_HEADER, zip(layout.ABOUT_NAMES, held.about, strict=True))


def _languages(version: int) -> Content:
    rows = Posting.objects.filter(version__lte=version).order_by("version")
    return _csv(layout.LANGUAGES_HEADER, _fetched(rows.values_list("version", "language")))


def _countersignatures(version: int) -> Content:
    rows = Countersignature.objects.filter(posting_id__lte=version).order_by("posting_id")
    columns = ("posting_id", "signed_by", "signed_at", "remark")
    return _csv(layout.COUNTERSIGNATURES_HEADER, _fetched(rows.values_list(*columns)))


def _verdicts(version: int) -> Content:
    asked = Query(_numbered(version), today())
    found = sorted(
        (each.figure.key, each.verdict.value) for each in compared(published_figures(), asked)
    )
    return _csv(layout.VERDICTS_HEADER, found)


def _numbered(version: int) -> Version:
    checksum = Posting.objects.values_list("checksum", flat=True).get(version=version)
    return Version(version, checksum)


def _chosen(table: FileTable, version: int) -> QuerySet[Any]:
    """Return the rows of a table that stand beside a version."""
    if table.model is Document:
        return public_documents(version)
    if table.model is Organization:
        return public_organizations(version)
    if table.model is OpenQuestion:
        return public_questions(_numbered(version))
    rows: QuerySet[Any] = table.model._default_manager.all()
    if table.model in (Appropriation, Commitment):
        return rows.filter(first_version__lte=version)
    if table.model is Translation:
        return rows.filter(original__in=texts_in_english(version))
    return rows


def _table(table: FileTable, rows: QuerySet[Any]) -> Content:
    """Yield a table in the order of its key; of documents with what tells of their files."""
    keys = [column for column in table.columns if column.name in table.key]
    paths = [column.path for column in table.columns]
    of_file = table.model is Document
    if of_file:
        paths += ["file__name", "file__media_type", "file__size", "file__sha256"]
    ordered = rows.order_by(*map(_by_bytes, keys)).values_list(*paths)
    return _csv(table.header, map(_with_path, _fetched(ordered)) if of_file else _fetched(ordered))


def _by_bytes(column: FileColumn) -> Any:
    text = isinstance(column.kind, CharField | TextField)
    return Collate(column.path, "C") if text else F(column.path)


def _with_path(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Put the path of a document's file before what tells of it; its key is the first column."""
    described, kept = row[:-4], row[-4:]
    return (*described, layout.document_file(row[0], kept[1]) if kept[1] else "", *kept)


def _document(key: str) -> Content:
    """Yield the file of a document, read when it is asked for."""
    yield bytes(DocumentFile.objects.values_list("content", flat=True).get(document__key=key))


def _csv(header: tuple[str, ...], rows: Any) -> Content:
    yield cells.line(header).encode()
    for row in rows:
        yield cells.line([cells.written(value) for value in row]).encode()


def _fetched(rows: QuerySet[Any, Any]) -> Iterator[tuple[Any, ...]]:
    return rows.iterator(chunk_size=ROWS_A_FETCH)


def _encoded(lines: Iterator[str]) -> Content:
    return (text.encode() for text in lines)
