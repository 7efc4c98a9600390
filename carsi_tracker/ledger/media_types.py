"""The files of documents: which kinds are taken, told by their content, and how they are kept."""

import hashlib
import io
import re
import zipfile
import zlib
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from carsi_tracker.ledger import text
from carsi_tracker.ledger.models import Document, DocumentFile

LARGEST_FILE = 10_000_000
LONGEST_NAME = 200
KINDS = "PDF, PNG, JPEG, TXT, CSV, XLSX, DOCX, ODS, ODT"

_SIGNATURES = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
_OFFICE = "application/vnd.openxmlformats-officedocument."
CSV = "text/csv; charset=utf-8"
XLSX = f"{_OFFICE}spreadsheetml.sheet"
_PARTS = {
    "xl/workbook.xml": XLSX,
    "word/document.xml": f"{_OFFICE}wordprocessingml.document",
}
_OPEN_DOCUMENTS = {
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.text",
}
_TEXTS = {".txt": "text/plain", ".csv": "text/csv"}
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!|\?|html|svg|script)", re.IGNORECASE)


def add_file(document: Document, name: str, content: bytes) -> DocumentFile:
    """Keep the file of a document, in the caller's transaction; raises ValidationError, Refused."""
    return DocumentFile.objects.create(
        document=document,
        name=plain_name(name),
        media_type=media_type(name, content),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
    )


def media_type(name: str, content: bytes) -> str:
    """Return the kind of a file by its content; raises ValidationError for all that is not taken.

    Text has no signature, so it is taken by the end of its name, if it is UTF-8 and no markup.
    """
    check_size(len(content))
    for signature, signed in _SIGNATURES.items():
        if content.startswith(signature):
            return signed
    kind = _kind_of_archive(content) or _kind_of_text(name, content)
    if kind is None:
        raise ValidationError(
            _("“%(name)s” is not a file of a kind that is accepted: %(kinds)s.")
            % {"name": plain_name(name), "kinds": KINDS},
            "unknown_kind",
        )
    return kind


def check_size(size: int) -> None:
    """Refuse a file of no bytes or too many; raises ValidationError."""
    if not size:
        raise ValidationError(_("The file is empty."), "empty")
    if size > LARGEST_FILE:
        raise ValidationError(too_large(size, LARGEST_FILE), "too_large")


def too_large(size: int, largest: int) -> str:
    """Say that a file is larger than what is accepted, which is whole millions of bytes."""
    return _("The file has %(size)s bytes; at most %(largest)d million are accepted.") % {
        "size": f"{size:,}",
        "largest": largest // 1_000_000,
    }


def plain_name(name: str) -> str:
    """Return a file's name without folders and without what may not stand in a text."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = " ".join(text.without_odd(last).split())
    plain = "document" if text.is_empty(plain) else plain
    suffix = PurePosixPath(plain).suffix[:10]
    return plain if len(plain) <= LONGEST_NAME else plain[: LONGEST_NAME - len(suffix)] + suffix


def _kind_of_archive(content: bytes) -> str | None:
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name.replace("\\", "/").casefold() for name in archive.namelist()}
            for part, kind in _PARTS.items():
                if part in names and "[content_types].xml" in names:
                    return kind
            if "mimetype" in archive.namelist() and archive.getinfo("mimetype").file_size < 100:
                stated = archive.read("mimetype").decode("ascii", "replace")
                return stated if stated in _OPEN_DOCUMENTS else None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError):
        return None
    return None


def _kind_of_text(name: str, content: bytes) -> str | None:
    kind = _TEXTS.get(PurePosixPath(name).suffix.lower())
    if kind is None or b"\0" in content or _MARKUP.match(content):
        return None
    try:
        content.decode()
    except UnicodeDecodeError:
        return None
    return kind
