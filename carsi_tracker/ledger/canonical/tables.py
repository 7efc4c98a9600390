"""The tables of a canonical ledger, from their files to rows of the database."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import DataError, models, transaction

from carsi_tracker.ledger.canonical.folder import LedgerFileError, LedgerFiles
from carsi_tracker.ledger.canonical.layout import ENDINGS, FILE_HEADER, FileTable, document_file
from carsi_tracker.ledger.models import DocumentFile
from carsi_tracker.ledger.refusals import Refused, refusals_in_words

ROWS_AT_ONCE = 500
MOST_BYTES = 10_000_000
"""How many bytes the file of a document has at most."""
Code = tuple[str, ...]


@dataclass
class LoadedRows:
    """The rows that were loaded, by table and by what files call them."""

    by_table: dict[type[models.Model], dict[Code, int]] = field(default_factory=dict)

    def note(self, model: type[models.Model], code: Code, row: int) -> None:
        """Note the number that a row was given."""
        self.by_table.setdefault(model, {})[code] = row

    def find(self, model: type[models.Model], code: Code) -> int:
        """Return the number of a row; raises ValueError that names it where there is none."""
        found = self.by_table.get(model, {}).get(code)
        if found is None:
            raise ValueError(f"there is no {model._meta.verbose_name} {' '.join(code)[:80]}")
        return found


@dataclass(frozen=True)
class RowToLoad:
    """A row of a table's file: what is written of it, and where it stands."""

    number: int
    code: Code
    values: dict[str, Any]
    text: dict[str, str]


def read(files: LedgerFiles, table: FileTable, codes: LoadedRows) -> Iterator[RowToLoad]:
    """Yield the rows of a table's file, what they refer to by number; raises LedgerFileError."""
    rows = files.rows(table.file)
    header = next(rows).cells
    _require_columns(table, header)
    before: list[Any] | None = None
    for row in rows:
        if len(row.cells) != len(header):
            said = f"it has {len(row.cells)} cells, expected {len(header)}"
            raise LedgerFileError(table.file, said, row.number)
        text = dict(zip(header, row.cells, strict=True))
        try:
            values = _values(table, text, codes)
            key = [c.read(text[c.name]) for c in table.columns if c.name in table.key]
        except ValueError as error:
            raise LedgerFileError(table.file, str(error), row.number) from error
        if before is not None and key <= before:
            said = "it stands twice, or not in its place in the order"
            raise LedgerFileError(table.file, said, row.number)
        before = key
        yield RowToLoad(row.number, tuple(text[name] for name in table.key), values, text)


def _require_columns(table: FileTable, header: list[str]) -> None:
    for name in header:
        if name not in table.header or header.count(name) > 1:
            said = f"the column {name[:60]} stands twice, or is not known to this release"
            raise LedgerFileError(table.file, said, 1)
    optional = {column.name for column in table.columns if column.may_be_missing}
    for name in table.header:
        if name not in header and name not in optional - set(table.key):
            raise LedgerFileError(table.file, f"the column {name} is missing", 1)


def _values(table: FileTable, text: dict[str, str], codes: LoadedRows) -> dict[str, Any]:
    """Return the values of a row, by the columns of the table; raises ValueError."""
    values: dict[str, Any] = {}
    referred: dict[Any, list[str]] = {}
    for column in table.columns:
        if column.name not in text:
            continue
        value = text[column.name]
        if column.refers_to:
            referred.setdefault(column.field, []).append(value)
            continue
        try:
            values[column.field.attname] = column.read(value)
        except ValueError as error:
            raise ValueError(f"{column.name}: {error}") from error
    for reference, code in referred.items():
        absent = reference.null and not any(code)
        values[reference.attname] = (
            None if absent else codes.find(reference.related_model, tuple(code))
        )
    return values


def insert(table: FileTable, rows: Iterable[RowToLoad], codes: LoadedRows, **given: Any) -> None:
    """Add rows to a table, with what is `given` for all; raises LedgerFileError."""
    for several in in_parts(rows):
        made = [table.model(**row.values | given) for row in several]
        add(table.file, several, table.model._default_manager.bulk_create, made)
        for row, each in zip(several, made, strict=True):
            codes.note(table.model, row.code, each.pk)


def add(name: str, rows: list[Any], write: Callable[[list[Any]], object], made: list[Any]) -> None:
    """Write what was made of some rows of a file; where that fails, find and name the row."""
    try:
        with refusals_in_words(), transaction.atomic():
            write(made)
    except (Refused, DataError) as refused:
        for row, one in zip(rows, made, strict=True):
            try:
                with refusals_in_words(), transaction.atomic():
                    write([one])
            except (Refused, DataError) as error:
                raise LedgerFileError(name, in_words(error), row.number) from error
        raise LedgerFileError(name, in_words(refused)) from refused


def in_parts(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield rows in lists of some hundred."""
    rows = iter(rows)
    while several := list(islice(rows, ROWS_AT_ONCE)):
        yield several


def in_words(error: Exception) -> str:
    """Say why something was refused, as a part of a sentence."""
    if isinstance(error, Refused):
        said = f"the ledger refuses it. {error}" if error.lines else f"the rule {error.rule}"
        return said.rstrip(".")
    if isinstance(error, DataError):
        return f"the database refuses it ({str(error).splitlines()[0]})"
    return str(error)


def add_file(files: LedgerFiles, row: RowToLoad, document: int) -> None:
    """Add the file of a document, where it has one, as it is described; raises LedgerFileError."""
    path, name, media_type, size, sha256 = (row.text[column] for column in FILE_HEADER)
    if not path:
        if name or media_type or size or sha256:
            raise LedgerFileError("documents.csv", "it describes a file and names none", row.number)
        return
    if media_type not in ENDINGS or path != document_file(row.text["key"], media_type):
        said = f"{path[:80]} is not what the file of this document is called"
        raise LedgerFileError("documents.csv", said, row.number)
    with files.open(path) as file:
        content = file.read(MOST_BYTES + 1)
    if (str(len(content)), hashlib.sha256(content).hexdigest()) != (size, sha256):
        said = f"size and SHA-256 are not those of {path}"
        raise LedgerFileError("documents.csv", said, row.number)
    made = DocumentFile(
        document_id=document, name=name, media_type=media_type, size=len(content), sha256=sha256,
        content=content,
    )  # fmt: skip
    add("documents.csv", [row], DocumentFile.objects.bulk_create, [made])
