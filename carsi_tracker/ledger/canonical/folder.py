"""The files of a canonical ledger, in a folder or a ZIP, read as a stream and never unpacked."""

import csv
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from stat import S_ISLNK
from typing import IO

from carsi_tracker.ledger.canonical import cells
from carsi_tracker.ledger.canonical.layout import ABOUT

LONGEST_ROW = 1_000_000
MOST_PACKED = 250
SMALL = 10_000_000
"""A file of more bytes than this is not packed `MOST_PACKED` times as small, but in a bomb."""
MOST_FILES = 100_000
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
OUTSIDE = re.compile(r"^/|^[A-Za-z]:|\\|(^|/)\.\.(/|$)|[\x00-\x1f]")


class LedgerFileError(Exception):
    """A file is not what it has to be; the message is one sentence that names file and row."""

    def __init__(self, name: str, said: str, row: int | None = None) -> None:
        where = name if row is None else f"{name}, row {row}"
        super().__init__(f"{where}: {said}.")


@dataclass(frozen=True)
class FileRow:
    """A row of a file, by its number there, its cells, and its text with the line feed."""

    number: int
    cells: list[str]
    text: str


class LedgerFiles:
    """The files of a ledger by their names in it."""

    def __init__(self, names: frozenset[str], opened: Callable[[str], IO[bytes]]) -> None:
        self.names, self._opened = names, opened

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Open a file; raises LedgerFileError where it is missing or can't be read."""
        if name not in self.names:
            raise LedgerFileError(name, "the file is missing")
        try:
            with self._opened(name) as file:
                yield file
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise LedgerFileError(name, f"it can't be read ({_last_words(error)})") from error

    def rows(self, name: str) -> Iterator[FileRow]:
        """Yield the rows of a CSV file, the header as row 1; raises LedgerFileError."""
        with self.open(name) as file:
            taken: list[str] = []
            reader = csv.reader(_lines(name, file, taken), strict=True)
            number = 0
            while True:
                number += 1
                try:
                    found = next(reader)
                except StopIteration:
                    break
                except csv.Error as error:
                    raise LedgerFileError(
                        name, f"it is no row of a CSV file ({error})", number
                    ) from error
                text = "".join(taken)
                taken.clear()
                if text != cells.line(found):
                    said = "it is not written as these files write rows, or is cut off"
                    raise LedgerFileError(name, said, number)
                yield FileRow(number, found, text)
            if number == 1:
                raise LedgerFileError(name, "it is empty")

    def records(self, name: str, header: Sequence[str]) -> Iterator[FileRow]:
        """Yield the rows after the header, which has to be this; raises LedgerFileError."""
        rows = self.rows(name)
        found = next(rows).cells
        if found != list(header):
            said = f"its columns are {', '.join(found)[:200]}, expected {', '.join(header)}"
            raise LedgerFileError(name, said, 1)
        for row in rows:
            if len(row.cells) != len(header):
                said = f"it has {len(row.cells)} cells, expected {len(header)}"
                raise LedgerFileError(name, said, row.number)
            yield row


def _lines(name: str, file: IO[bytes], taken: list[str]) -> Iterator[str]:
    """Yield the lines of a file as text, and note what of a row was taken."""
    number = 0
    while line := file.readline(LONGEST_ROW + 1):
        number += 1
        if len(line) > LONGEST_ROW or sum(map(len, taken)) > LONGEST_ROW:
            said = f"its line {number} belongs to a row of more than {LONGEST_ROW:,} bytes"
            raise LedgerFileError(name, said)
        if number == 1 and line.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
            raise LedgerFileError(
                name, "it begins with a mark of its encoding, expected UTF-8 without", 1
            )
        if b"\0" in line:
            raise LedgerFileError(name, f"its line {number} holds a byte that is no text")
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            raise LedgerFileError(name, f"its line {number} is not UTF-8") from error
        taken.append(text)
        yield text


@contextmanager
def opened(path: Path) -> Iterator[LedgerFiles]:
    """Open the ledger in a folder or ZIP; raises LedgerFileError where none or several are."""
    if path.is_dir():
        yield _in_folder(path)
    elif not path.exists():
        raise LedgerFileError(str(path), "there is no such folder or file")
    else:
        try:
            archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            said = f"it is neither a folder nor a whole ZIP file ({_last_words(error)})"
            raise LedgerFileError(path.name, said) from error
        with archive:
            yield _in_archive(path.name, archive)


def _in_folder(path: Path) -> LedgerFiles:
    root = path / _root(
        str(path), (found.relative_to(path).as_posix() for found in path.rglob(ABOUT))
    )
    names = frozenset(
        found.relative_to(root).as_posix()
        for found in root.rglob("*")
        if found.is_file() and not found.is_symlink()
    )
    return LedgerFiles(names, lambda name: (root / name).open("rb"))


def _in_archive(name: str, archive: zipfile.ZipFile) -> LedgerFiles:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES:
        said = f"it has {len(entries):,} files, at most {MOST_FILES:,} are read"
        raise LedgerFileError(name, said)
    for entry in entries:
        if OUTSIDE.search(entry.orig_filename):
            raise LedgerFileError(name, f"its entry {entry.orig_filename[:80]!r} leads out of it")
        if S_ISLNK(entry.external_attr >> 16):
            raise LedgerFileError(name, f"its entry {entry.filename} is a link")
        if entry.flag_bits & 1:
            raise LedgerFileError(name, f"its entry {entry.filename} is encrypted")
        if entry.compress_type not in PACKED:
            raise LedgerFileError(name, f"its entry {entry.filename} is packed in another way")
        if entry.file_size > max(SMALL, MOST_PACKED * entry.compress_size):
            said = f"its entry {entry.filename} would unpack to {entry.file_size:,} bytes"
            raise LedgerFileError(name, f"{said} from {entry.compress_size:,}")
    found = [entry.filename for entry in entries]
    if len(set(found)) < len(found):
        twice = next(one for one in sorted(found) if found.count(one) > 1)
        raise LedgerFileError(name, f"it has {twice} twice")
    root = _root(name, (one for one in found if PurePosixPath(one).name == ABOUT))
    prefix = f"{root}/" if root else ""
    names = frozenset(one.removeprefix(prefix) for one in found if one.startswith(prefix))
    return LedgerFiles(names, lambda inside: archive.open(f"{prefix}{inside}"))


def _root(where: str, found: Iterator[str]) -> str:
    """Return the folder of the one file that says what the ledger is; empty for the top.

    A document may have the same name.
    """
    everything = set(found)
    of_documents = {str(PurePosixPath(one).parent / "files" / ABOUT) for one in everything}
    abouts = sorted(everything - of_documents)
    if not abouts:
        raise LedgerFileError(where, f"there is no ledger in it, which has a file {ABOUT}")
    if len(abouts) > 1:
        said = f"there are {len(abouts)} ledgers in it ({abouts[0]} and {abouts[1]}); name one"
        raise LedgerFileError(where, said)
    parent = str(PurePosixPath(abouts[0]).parent)
    return "" if parent == "." else parent


def _last_words(error: Exception) -> str:
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return said.strip().rstrip(".") or type(error).__name__
