"""The archive of a workbook: its parts, read as a stream by an XML parser, within bounds."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from carsi_tracker.imports.errors import Finding, Unreadable

LARGEST_UNZIPPED = 200_000_000
MOST_PARTS = 5_000
MOST_ELEMENTS = 6_000_000
"""Of all parts that are read; two million cells have about so many."""
MOST_LISTED = 20_000
"""Of a part that describes the workbook."""
DEEPEST = 100
LONGEST_STRETCH = 1 << 20
"""Bytes without an element; no cell holds so many."""

_CHUNK = 1 << 16
_ENTRY = b"PK\x01\x02"
_OPENDOCUMENT = b"application/vnd.oasis.opendocument."
_MIME_TYPE, _LONGEST_TYPE = "mimetype", 100
Attributes = dict[str, str]


class Handler:
    """Takes in what a parser tells: elements, named "namespace name", and text.

    Whoever overrides `start` and `end` counts there, as is done here.
    """

    def __init__(self) -> None:
        self.elements = self.depth = 0

    def start(self, _name: str, _attributes: Attributes) -> None:
        """Take the start of an element."""
        self.elements += 1
        self.depth += 1

    def end(self, _name: str) -> None:
        """Take the end of an element."""
        self.depth -= 1

    def text(self, _text: str) -> None:
        """Take a stretch of text."""


class _Listed(Handler):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, Attributes]] = []

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        if len(self.found) >= MOST_LISTED:
            raise damaged()
        self.found.append((name, attributes))


def damaged() -> Unreadable:
    """Return the refusal of what can't be read."""
    return Unreadable(Finding(_("The workbook is damaged and cannot be read.")))


@contextmanager
def refusing_damage() -> Iterator[None]:
    """Refuse an archive, or XML, that breaks while it is read."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        LookupError,
        NotImplementedError,
        RuntimeError,
        UnicodeError,
        ValueError,
        expat.ExpatError,
    ) as error:
        raise damaged() from error


class Archive:
    """The parts of a workbook, by names without regard to case; raises Unreadable for others."""

    def __init__(self, content: bytes) -> None:
        if content.count(_ENTRY) > MOST_PARTS:
            message = _("The workbook has more than %d parts.") % MOST_PARTS
            raise Unreadable(Finding(message))
        with refusing_damage():
            self._archive = zipfile.ZipFile(BytesIO(content))
        self._parts: dict[str, zipfile.ZipInfo] = {}
        for info in self._archive.infolist():
            name = info.filename.replace("\\", "/").lstrip("/").casefold()
            if self._parts.setdefault(name, info) is not info:
                raise damaged()
        self._unzipped = self._elements = 0
        if sum(info.file_size for info in self._archive.infolist()) > LARGEST_UNZIPPED:
            raise _too_much()
        self._refuse_other_formats()

    def has(self, name: str) -> bool:
        """Say whether there is a part."""
        return name.casefold() in self._parts

    @property
    def is_opendocument(self) -> bool:
        """Whether it is a workbook as LibreOffice saves it (.ods)."""
        return self._kind().startswith("spreadsheet")

    def _kind(self) -> str:
        """Return what an archive of OpenDocument is; nothing for others."""
        if not self.has(_MIME_TYPE):
            return ""
        with refusing_damage(), self._archive.open(self._parts[_MIME_TYPE]) as stream:
            said = stream.read(_LONGEST_TYPE)
        if not said.startswith(_OPENDOCUMENT):
            return ""
        return said.removeprefix(_OPENDOCUMENT).decode("ascii", "replace")

    def _refuse_other_formats(self) -> None:
        kind = ""
        if self.has("xl/workbook.bin"):
            kind = "Excel (.xlsb)"
        elif self.has("index/document.iwa") or self.has("index.zip"):
            kind = "Numbers"
        if kind:
            message = _("The file is a workbook of %s. Save or export it as .xlsx.") % kind
            raise Unreadable(Finding(message))

    def elements(self, part: str) -> list[tuple[str, Attributes]]:
        """Return all elements of a small part, in their order; raises Unreadable."""
        handler = _Listed()
        self.parse(part, handler)
        return handler.found

    def parse(self, part: str, handler: Handler) -> None:
        """Tell a handler of the elements of a part; raises Unreadable."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = handler.start
        parser.EndElementHandler = handler.end
        parser.CharacterDataHandler = handler.text
        parser.StartDoctypeDeclHandler = _refuse
        stretch = 0
        with refusing_damage(), self._archive.open(self._parts[part.casefold()]) as stream:
            while chunk := stream.read(_CHUNK):
                before = handler.elements
                parser.Parse(chunk)
                new = handler.elements - before
                stretch = 0 if new else stretch + len(chunk)
                self._count(len(chunk), new)
                if stretch > LONGEST_STRETCH:
                    raise too_much_text()
                if handler.depth > DEEPEST:
                    raise damaged()
            parser.Parse(b"", True)  # noqa: FBT003 (that it is the last takes no name)

    def _count(self, unzipped: int, elements: int) -> None:
        self._unzipped += unzipped
        self._elements += elements
        if self._unzipped > LARGEST_UNZIPPED:
            raise _too_much()
        if self._elements > MOST_ELEMENTS:
            raise Unreadable(Finding(_("The workbook has more cells than are read. Split it.")))


def too_much_text() -> Unreadable:
    """Return the refusal of a workbook with more text than is held."""
    return Unreadable(Finding(_("The workbook has more text than is read.")))


def _too_much() -> Unreadable:
    message = _("Unzipped, the workbook has more than %d million bytes.")
    return Unreadable(Finding(message % (LARGEST_UNZIPPED // 1_000_000)))


def _refuse(*_declared: Any) -> None:
    """Refuse a document type, which no workbook has and which may blow its text up."""
    raise damaged()


def no_workbook() -> Unreadable:
    """Return the refusal of an archive of another kind."""
    message = _("The file is not a workbook of Excel (.xlsx) or LibreOffice (.ods).")
    return Unreadable(Finding(message))
