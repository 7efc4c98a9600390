"""The newest version, which figures are about by default."""

from carsi_tracker.database.reconnecting import first_row
from carsi_tracker.figures.query import Version


def newest() -> tuple[Version, int]:
    """Return the newest version, and the revision of the texts that pages show.

    The revision tells also by which transaction it was written, because its count alone comes again
    where one was rolled back, or a backup restored.
    """
    number, checksum, revision = first_row(
        "select h.version, h.checksum, t.revision * 4294967296 + t.xmin::text::bigint"
        " from ledger_head h, ledger_texts t"
    )
    return Version(number, checksum, revision), revision
