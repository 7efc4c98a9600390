"""The canonical ledger of a version as a ZIP, whose bytes are the same on every installation."""

import hashlib
import tempfile
from dataclasses import dataclass
from typing import IO
from zipfile import ZIP_STORED, ZipFile

from django.db.models import Sum

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.exports.archives import entry, moment_of
from carsi_tracker.exports.canonical.citation import CITATION, citation
from carsi_tracker.exports.canonical.writing import write_files
from carsi_tracker.figures.query import Version
from carsi_tracker.figures.vocabulary import public_documents
from carsi_tracker.ledger.models import DocumentFile, Posting

FOLDER = "ledger"
"""Where the ledger's files stand in an archive, and in a frozen copy."""
REMEMBERED = 20
MOST_ENTRIES = 10_000
MOST_OF_FILES = 64 * 2**20
"""Bytes of documents up to which a page can wait until all are hashed."""


@dataclass(frozen=True)
class LedgerArchive:
    """What is told of an archive: its bytes, and its SHA-256."""

    size: int
    sha256: str


def archive_name(number: int) -> str:
    """Return what the archive of a version is called everywhere."""
    return f"carsi-ledger-v{number}.zip"


def write_archive(version: Version, into: IO[bytes]) -> None:
    """Write the archive of a posted version: the ledger's files, and how it is cited.

    Nothing is packed, because each release of zlib packs in its own way.
    """
    made = moment_of(version)
    with ZipFile(into, "w", ZIP_STORED) as archive:
        archive.writestr(entry(CITATION, made, ZIP_STORED), citation(version))
        for name, content in write_files(version.number):
            with archive.open(entry(f"{FOLDER}/{name}", made, ZIP_STORED), "w") as member:
                member.writelines(content)


def archive_of(version: Version, label_revision: int) -> LedgerArchive:
    """Return what is told of the archive of a posted version, with the texts of a revision."""
    return _archive(version.number, version.checksum, label_revision)


@remembered(REMEMBERED)
def _archive(number: int, checksum: str, label_revision: int) -> LedgerArchive:  # noqa: ARG001 (what it depends on)
    with tempfile.TemporaryFile() as file:
        write_archive(Version(number, checksum), file)
        size = file.tell()
        file.seek(0)
        return LedgerArchive(size, hashlib.file_digest(file, "sha256").hexdigest())


def is_soon_hashed(version: Version) -> bool:
    """Say whether a page can wait for what is told of the archive."""
    postings = Posting.objects.filter(version__lte=version.number)
    entries = postings.aggregate(sum=Sum("entry_count"))["sum"] or 0
    files = DocumentFile.objects.filter(document__in=public_documents(version.number))
    return entries <= MOST_ENTRIES and (files.aggregate(s=Sum("size"))["s"] or 0) <= MOST_OF_FILES
