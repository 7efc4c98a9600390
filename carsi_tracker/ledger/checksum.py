"""The public files of the chain of versions."""

from collections.abc import Iterator

from django.db import transaction

from carsi_tracker.database.reading import connection

ROWS_A_FETCH = 2000


def versions_csv(up_to: int) -> Iterator[str]:
    """Yield the lines of `versions.csv` up to a version: a header, then a line a version.

    Each version's line ends in its checksum: the SHA-256 of the previous checksum and of the line
    without its last field, each ended by a line feed. The first previous checksum is the SHA-256
    of the header without its last field, ended by a line feed.
    """
    yield _header("rules.versions_header() || ',checksum'")
    yield from _lines(
        """
        select rules.posting_text(p) || ',' || checksum
        from ledger_posting p where version <= %s order by version
        """,
        up_to,
    )


def entries_csv(version: int) -> Iterator[str]:
    """Yield the file of one version, whose SHA-256 stands in `versions.csv`."""
    yield _header("rules.entries_header()")
    yield from _lines(
        "select text from rules.posted_text where version = %s order by position", version
    )


def _header(expression: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"select {expression}")
        return f"{cursor.fetchone()[0]}\n"


def _lines(query: str, version: int) -> Iterator[str]:
    """Stream the lines of a query from a cursor of the server, in constant memory.

    In a transaction: outside of one it is no cursor of the server.
    """
    with transaction.atomic(using=connection.alias), connection.chunked_cursor() as cursor:
        cursor.execute(query, [version])
        while rows := cursor.fetchmany(ROWS_A_FETCH):
            yield "".join(f"{text}\n" for (text,) in rows)
