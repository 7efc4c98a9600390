"""The entries of a published version, from its file to the lines of its batch."""

from itertools import zip_longest
from typing import Any

from django.db import connection

from carsi_tracker.ledger.canonical import cells, tables
from carsi_tracker.ledger.canonical.folder import FileRow, LedgerFileError, LedgerFiles
from carsi_tracker.ledger.canonical.layout import ENTRIES_HEADER, entries_file
from carsi_tracker.ledger.canonical.tables import LoadedRows
from carsi_tracker.ledger.models import Appropriation, Basis, Commitment, Document

COPY = """
    copy ledger_line (
        batch_id, appropriation_id, commitment_id, stage, amount, effective_date, document_id,
        locator, basis, note, quote
    ) from stdin
"""
WRITTEN = "select text from rules.posted_text where version = %s order by position"


def add_lines(files: LedgerFiles, codes: LoadedRows, version: int, batch: int) -> None:
    """Add the lines of a batch, which acts for who prepared it; raises LedgerFileError."""
    name = entries_file(version)
    for rows in tables.in_parts(files.records(name, ENTRIES_HEADER)):
        tables.add(name, rows, _copy, [_line(name, row, codes, batch) for row in rows])


def _line(name: str, row: FileRow, codes: LoadedRows, batch: int) -> tuple[Any, ...]:
    said = dict(zip(ENTRIES_HEADER, row.cells, strict=True))
    reference = said["reference"]
    if said["basis"] not in Basis.values:
        raise LedgerFileError(name, f"“{said['basis'][:40]}” is no evidence", row.number)
    try:
        return (
            batch,
            codes.find(Appropriation, (said["fiscal_year"], said["account"])),
            codes.find(Commitment, (reference,)) if reference else None,
            said["stage"],
            cells.amount(said["amount_usd"]),
            cells.day(said["effective_date"]),
            codes.find(Document, (said["document"],)),
            said["locator"],
            said["basis"],
            said["note"],
            said["quote"],
        )
    except ValueError as error:
        raise LedgerFileError(name, str(error), row.number) from error


def _copy(lines: list[tuple[Any, ...]]) -> None:
    with (
        connection.wrap_database_errors,  # which Django does for its own methods alone
        connection.cursor() as cursor,
        cursor.copy(COPY) as copy,
    ):
        for line in lines:
            copy.write_row(line)


def tell_first_difference(files: LedgerFiles, version: int) -> None:
    """Raise LedgerFileError for the first entry that is not what the tables make of it."""
    name = entries_file(version)
    with connection.chunked_cursor() as cursor:
        cursor.execute(WRITTEN, [version])
        written = (f"{text}\n" for (text,) in cursor)
        for row, text in zip_longest(files.records(name, ENTRIES_HEADER), written):
            if row is None or row.text != text:
                said = f"it says {row and row.text.strip()}, and the tables beside it give {text}"
                raise LedgerFileError(name, said.strip(), row.number if row else None)
