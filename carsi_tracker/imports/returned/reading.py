"""A download of entries that comes back: read, compared, and made a draft by the import."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import override

from carsi_tracker.accounts.models import User
from carsi_tracker.figures.query import Query
from carsi_tracker.imports.cells import Cell, shown
from carsi_tracker.imports.codes import AcceptedCodes, Cells
from carsi_tracker.imports.commitments import OF_LEDGER, Commitments, Known, disagreement
from carsi_tracker.imports.errors import Finding, Unreadable
from carsi_tracker.imports.importing import ImportOptions, Outcome, import_table
from carsi_tracker.imports.interpreting import MOST_FAULTS
from carsi_tracker.imports.returned.differences import (
    FileDifferences,
    Keeping,
    conflicts,
    differences,
)
from carsi_tracker.imports.returned.held import Key, held_by, posted_since
from carsi_tracker.imports.returned.rows import Edited, Matching
from carsi_tracker.imports.table import Row, Table
from carsi_tracker.ledger.dates import Order


@dataclass(frozen=True)
class Decided:
    """What a person chose: of each conflict, and which removed rows are kept.

    Of a file that is a `part` of its download, nothing that is missing was removed.
    """

    choices: Mapping[str, Keeping]
    kept: Collection[Key]
    order: Order | None = None
    part: bool = False


@dataclass(frozen=True)
class Compared:
    """A file against its version: what differs, what is wrong, and what was not read."""

    sheet: str
    differences: FileDifferences
    faults: list[Finding]
    warnings: list[Finding]
    unread: list[Finding]


class DifferingRows(Table):
    """FileDifferences as rows of the import, in place of those of a file."""

    def __init__(self, rows: list[Row], sheet: str) -> None:
        self._lines, self.sheet, self.size, self.warnings = rows, sheet, len(rows), []

    def __iter__(self) -> Iterator[Row]:
        """Yield each row."""
        return iter(self._lines)


def compare(table: Table, query: Query, decided: Decided, *, whole: bool) -> Compared:
    """Compare a file with the entries that its download held; raises Unreadable.

    Unless it was `whole`, nothing that is missing counts as removed.
    """
    held = held_by(query)
    vocabulary = AcceptedCodes()
    commitments = Commitments(vocabulary)
    cells = Cells(vocabulary, commitments.new_partners, decided.order)
    columns = set(table.names.values())
    matching = Matching(held, cells, table.sheet, columns)
    described = Described(commitments, cells, table.sheet)
    found = differences(
        _matched(table, matching, described),
        held,
        held if whole else (),
        decided.choices,
        decided.kept,
    )
    matching.refuse_mixed_dates()
    entries = [change.entry for change in found.changes if change.entry]
    since = posted_since(query.version.number, {entry.place for entry in entries})
    found.conflicts = conflicts(found.changes, since)
    return Compared(
        table.sheet, found, matching.faults, [*table.warnings], described.disagreements()
    )


def draft(compared: Compared, user: User, options: ImportOptions) -> Outcome:
    """Make a draft of what differs, or rehearse it, by the one way in that rows have."""
    if compared.faults:
        return Outcome(compared.faults)
    with override(options.language):  # as its other notes are
        rows = [*compared.differences.lines()]
    if not rows:
        return Outcome()
    return import_table(DifferingRows(rows, compared.sheet), user, options)


def _matched(table: Table, matching: Matching, described: "Described") -> Iterator[Edited | Row]:
    for row in table:
        read = matching.read(row)
        if len(matching.faults) >= MOST_FAULTS:
            raise Unreadable(*matching.faults)
        if isinstance(read, Edited) and read.entry.reference and "reference" not in read.values:
            described.take(read.entry.reference, read.row)
        if read is not None:
            yield read


class Described:
    """What rows say of posted commitments: not read back, but told where it differs."""

    def __init__(self, commitments: Commitments, cells: Cells, sheet: str) -> None:
        self._commitments, self._cells, self._sheet = commitments, cells, sheet
        self._said: dict[tuple[Any, ...], Row] = {}

    def take(self, reference: str, row: Row) -> None:
        """Note what a row says of its commitment."""
        self._said.setdefault((reference, *map(row.cells.get, OF_LEDGER)), row)

    def disagreements(self) -> list[Finding]:
        """Return what differs, at the first row that says so, with what the ledger has."""
        self._commitments.look_up(reference for reference, *_cells in self._said)
        found = []
        for (reference, *_cells), row in self._said.items():
            known = self._commitments.known(reference)
            for name in OF_LEDGER:
                if known and name in row.cells and self._differs(known, name, row.cells[name]):
                    value = shown(row.cells[name])
                    theirs = known.described[name]
                    found.append(Finding(theirs, self._sheet, row.number, name, value))
        return found

    def _differs(self, known: Known, name: str, cell: Cell) -> bool:
        try:
            return bool(disagreement(known, name, self._cells.read(name, cell)))
        except ValidationError:
            return True
