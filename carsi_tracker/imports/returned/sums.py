"""A download of commitments that comes back: sums that were changed become signed differences."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carsi_tracker.figures.aggregates import summed_commitments
from carsi_tracker.figures.query import Query
from carsi_tracker.imports.cells import Cell, shown
from carsi_tracker.imports.codes import AcceptedCodes, Cells
from carsi_tracker.imports.commitments import OF_LEDGER, Commitments
from carsi_tracker.imports.errors import Finding
from carsi_tracker.imports.placeholders import why
from carsi_tracker.imports.returned.differences import FileChange, FileDifferences, conflicts
from carsi_tracker.imports.returned.held import Held, posted_since
from carsi_tracker.imports.returned.reading import Compared, Decided, Described
from carsi_tracker.imports.table import AMOUNTS, Format, Row, Table
from carsi_tracker.ledger.columns import NAMES
from carsi_tracker.ledger.models import Stage

SUMS = {
    f"{stage}_usd": stage.value for stage in (Stage.COMMITTED, Stage.OBLIGATED, Stage.DISBURSED)
}
_READ = ("reference", *OF_LEDGER, *SUMS)
RETURNED_SUMS = Format(
    _READ,
    ("reference",),
    AMOUNTS.escaped,
    AMOUNTS.not_read | {"replaces", *NAMES} - {*_READ},
    others_pass=True,
)
"""A download of commitments that comes back."""


@dataclass(frozen=True)
class Source:
    """When and where it stands that sums are others; an empty document is not told yet."""

    effective_date: date
    document: str = ""
    locator: str = ""
    basis: str = "stated"


def compare_sums(table: Table, query: Query, source: Source, decided: Decided) -> Compared:
    """Compare a file with the sums that its download held; raises Unreadable."""
    vocabulary = AcceptedCodes()
    commitments = Commitments(vocabulary)
    cells = Cells(vocabulary, commitments.new_partners, decided.order)
    described = Described(commitments, cells, table.sheet)
    reading = _Sums(table, query, source, cells, described)
    changes = [*reading.changes()]
    since = posted_since(query.version.number, [c.entry.place for c in changes if c.entry])
    found = FileDifferences(changes, [], reading.unchanged, decided.choices, ())
    found.conflicts = conflicts(changes, since, any_day=True)
    warnings = [*table.warnings, *reading.missing()]
    return Compared(table.sheet, found, reading.faults, warnings, described.disagreements())


class _Sums:
    """Reads the rows of a download of commitments against its sums."""

    def __init__(
        self, table: Table, query: Query, source: Source, cells: Cells, described: Described
    ) -> None:
        self._table, self._query, self._source = table, query, source
        self._cells, self._described = cells, described
        self._columns = [name for name in SUMS if name in table.names.values()]
        self._rows: dict[str, int] = {}
        self.faults: list[Finding] = []
        self.unchanged = 0
        names = ("reference", "appropriation__fiscal_year", "appropriation__account__code")
        stages = [field for stage in SUMS.values() for field in (stage, f"{stage}_entries")]
        self._held = {
            reference: (year, account, dict(zip(stages, sums, strict=True)))
            for reference, year, account, *sums in summed_commitments(query).values_list(
                *names, *stages
            )
        }

    def changes(self) -> Iterator[FileChange]:
        """Yield the sums that differ, and note what is wrong."""
        for row in self._table:
            reference = self._reference(row)
            if reference is None:
                continue
            self._described.take(reference, row)
            found = [*self._of_row(reference, row)]
            self.unchanged += not found
            yield from found

    def missing(self) -> list[Finding]:
        """Say how many commitments of the download the file has no longer."""
        count = len(self._held.keys() - self._rows.keys())
        if not count:
            return []
        message = ngettext(
            "%d commitment of the download is missing from the file; nothing of it changes.",
            "%d commitments of the download are missing from the file; nothing of them changes.",
            count,
        )
        return [Finding(message % count)]

    def _reference(self, row: Row) -> str | None:
        cell = row.cells.get("reference", "")
        try:
            reference = str(self._cells.read("reference", cell))
        except ValidationError as error:
            self._fault(row, "reference", why(cell, error))
            return None
        if reference not in self._held:
            message = _(
                "The download did not hold %s. Enter a new commitment at the desk, or in a file of "
                "entries."
            )
            self._fault(row, "reference", message % reference)
            return None
        if reference in self._rows:
            message = _("Row %d has the same reference. Remove one of them.")
            self._fault(row, "reference", message % self._rows[reference])
            return None
        self._rows[reference] = row.number
        return reference

    def _of_row(self, reference: str, row: Row) -> Iterator[FileChange]:
        year, account, sums = self._held[reference]
        for position, name in enumerate(self._columns):
            stage = SUMS[name]
            known, before = sums[f"{stage}_entries"] > 0, sums[stage] or Decimal(0)
            cell = row.cells.get(name, "")
            if cell == "":
                if known:
                    message = _("The cell is empty. To reduce the sum to zero, write 0.")
                    self._fault(row, name, message)
                continue
            after = self._amount(row, name, cell)
            if after is None or after == before:
                continue
            source = self._source
            entry = Held(
                (0, row.number * len(SUMS) + position), reference, year, account, stage, before,
                source.effective_date, source.document, source.locator, source.basis, "", "",
            )  # fmt: skip
            yield FileChange(entry, row, {"amount_usd": after}, self._query.version.number)

    def _amount(self, row: Row, name: str, cell: Cell) -> Decimal | None:
        try:
            amount: Decimal = self._cells.read("amount_usd", cell)
        except ValidationError as error:
            if error.code == "zero":
                return Decimal(0)
            self._fault(row, name, why(cell, error))
            return None
        return amount

    def _fault(self, row: Row, column: str, message: str) -> None:
        value = shown(row.cells.get(column, ""))
        self.faults.append(Finding(message, self._table.sheet, row.number, column, value))
