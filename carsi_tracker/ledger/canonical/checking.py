"""What can be said of a canonical ledger's files by themselves, without a database.

The shell lines in its README check the same.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from carsi_tracker.ledger.canonical import cells
from carsi_tracker.ledger.canonical.folder import FileRow, LedgerFileError, LedgerFiles
from carsi_tracker.ledger.canonical.layout import (
    ABOUT,
    ABOUT_HEADER,
    ABOUT_NAMES,
    ENTRIES_HEADER,
    LAYOUT,
    REQUIRED,
    SUMS,
    VERSIONS,
    VERSIONS_HEADER,
    entries_file,
)
from carsi_tracker.ledger.models import Stage

NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
LISTED = re.compile(rf"([0-9a-f]{{64}})  ({NAME}(?:/{NAME})*)\n")
CHUNK = 1 << 20
LONGEST_LISTED = 1000
STAGE, AMOUNT = ENTRIES_HEADER.index("stage"), ENTRIES_HEADER.index("amount_usd")
Tell = Callable[[str], None]


@dataclass
class CheckedLedger:
    """The newest version of a ledger whose files agree, and what all its entries add up to."""

    version: int = 0
    checksum: str = ""
    posted_at: str = ""
    entries: int = 0
    totals: dict[str, Decimal] = field(
        default_factory=lambda: dict.fromkeys(Stage.values, Decimal())
    )

    @property
    def about(self) -> list[str]:
        """The values that `carsi-ledger.csv` has to have, in their order."""
        sums = [cells.written(self.totals[stage]) for stage in Stage.values]
        return [
            str(LAYOUT), str(self.version), self.checksum, self.posted_at, str(self.entries), *sums,
        ]  # fmt: skip


def check(files: LedgerFiles, tell: Tell = lambda _said: None) -> CheckedLedger:
    """Return what the files of a ledger hold; raises LedgerFileError at the first that is wrong."""
    said = _about(files)
    tell(f"Checking the SHA-256 of {len(files.names) - 1} files")
    sums = _sums(files)
    tell("Checking the chain of checksums, and the entries of each version")
    found = _chain(files, sums)
    for number, (name, expected, value) in enumerate(
        zip(ABOUT_NAMES, found.about, said, strict=True), 2
    ):
        if value != expected:
            raise LedgerFileError(
                ABOUT,
                f"{name} is {value[:80] or 'empty'}, and the versions give {expected}",
                number,
            )
    return found


def _about(files: LedgerFiles) -> list[str]:
    """Return the values that the ledger says of itself, once its layout is one that is known."""
    rows = list(files.records(ABOUT, ABOUT_HEADER))
    names = [row.cells[0] for row in rows]
    if names[:1] != ["layout"]:
        raise LedgerFileError(ABOUT, "the layout is missing", 2)
    layout = rows[0].cells[1]
    if layout != str(LAYOUT):
        said = (
            f"layout {layout[:20] or 'nothing'} is not known to this release, which reads {LAYOUT}"
        )
        raise LedgerFileError(ABOUT, f"{said}; a newer release may", 2)
    if names != list(ABOUT_NAMES):
        raise LedgerFileError(ABOUT, f"its names are not {', '.join(ABOUT_NAMES)}")
    return [row.cells[1] for row in rows]


def _sums(files: LedgerFiles) -> dict[str, str]:
    """Return the SHA-256 of each file, which is the one that is listed."""
    listed: dict[str, str] = {}
    with files.open(SUMS) as lines:
        for number, line in enumerate(iter(lambda: lines.readline(LONGEST_LISTED), b""), 1):
            found = LISTED.fullmatch(line.decode(errors="replace"))
            if not found or found[2] in {*listed, SUMS}:
                said = "it is no line that sha256sum writes, or lists a file twice or this one"
                raise LedgerFileError(SUMS, said, number)
            listed[found[2]] = found[1]
    for name in (*REQUIRED, *sorted(listed)):
        if name not in files.names:
            raise LedgerFileError(name, "the file is missing")
    for name in sorted(files.names - {SUMS}):
        if name not in listed:
            raise LedgerFileError(name, f"the file is not listed in {SUMS}")
        digest = sha256(files, name)
        if digest != listed[name]:
            said = f"its SHA-256 is {digest}, expected {listed[name]}; the file was changed"
            raise LedgerFileError(name, said)
    return listed


def sha256(files: LedgerFiles, name: str) -> str:
    """Return the SHA-256 of a file, in constant memory."""
    digest = hashlib.sha256()
    with files.open(name) as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _chain(files: LedgerFiles, sums: dict[str, str]) -> CheckedLedger:
    """Check each version's line and file, and return what all give."""
    found = CheckedLedger()
    previous = _hashed(",".join(VERSIONS_HEADER[:-1]) + "\n")
    for row in _of_one_line(files, VERSIONS, VERSIONS_HEADER):
        version, posted_at, entries, digest, checksum = (row.cells[i] for i in (0, 1, -3, -2, -1))
        if version != str(found.version + 1):
            said = (
                f"version {version[:20] or 'nothing'} stands where {found.version + 1} is expected"
            )
            raise LedgerFileError(VERSIONS, said, row.number)
        text = row.text.removesuffix("\n").rpartition(",")[0]
        computed = _hashed(f"{previous}\n{text}\n")
        if computed != checksum:
            said = f"its checksum is {checksum[:64]}, and its line gives {computed}"
            raise LedgerFileError(VERSIONS, f"{said}; it or one before it was changed", row.number)
        name = entries_file(found.version + 1)
        if name not in files.names:
            raise LedgerFileError(name, "the file is missing")
        if sums[name] != digest:
            said = (
                f"its SHA-256 is {sums[name]}, and {VERSIONS} has {digest[:64]} in row {row.number}"
            )
            raise LedgerFileError(name, said)
        counted = _add(files, name, found.totals)
        if entries != str(counted):
            said = f"it says {entries[:20]} entries, and {name} has {counted}"
            raise LedgerFileError(VERSIONS, said, row.number)
        found.version, found.checksum, found.posted_at = found.version + 1, checksum, posted_at
        found.entries += counted
        previous = checksum
    if not found.version:
        raise LedgerFileError(VERSIONS, "it has no version")
    versions = {entries_file(number) for number in range(1, found.version + 1)}
    for name in sorted(name for name in files.names if name.startswith("changes/")):
        if name not in versions:
            raise LedgerFileError(name, f"{VERSIONS} has no such version")
    return found


def _add(files: LedgerFiles, name: str, totals: dict[str, Decimal]) -> int:
    """Add the amounts of a version's file to the totals, and return how many there are."""
    entries = 0
    for row in _of_one_line(files, name, ENTRIES_HEADER):
        entries += 1
        stage = row.cells[STAGE]
        if stage not in totals:
            raise LedgerFileError(name, f"“{stage[:40]}” is no stage", row.number)
        try:
            totals[stage] += cells.amount(row.cells[AMOUNT])
        except ValueError as error:
            raise LedgerFileError(name, str(error), row.number) from error
    return entries


def _of_one_line(files: LedgerFiles, name: str, header: Sequence[str]) -> Iterator[FileRow]:
    """Yield the rows of a file that a shell reads line by line; raises LedgerFileError."""
    for row in files.records(name, header):
        if row.text.find("\n") < len(row.text) - 1:
            raise LedgerFileError(name, "it goes over several lines", row.number)
        yield row


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
