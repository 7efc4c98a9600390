"""A file of published totals: compared with those that are there, and kept whole or not at all."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from carsi_tracker.accounts.models import User
from carsi_tracker.imports.errors import Finding, Unreadable
from carsi_tracker.imports.published_cells import AMOUNTS, REFERENCES, FigureReader, FigureRow
from carsi_tracker.imports.table import Row, Table
from carsi_tracker.ledger.models import PublishedFigure
from carsi_tracker.ledger.posting import acting
from carsi_tracker.ledger.refusals import Refused

MOST = 2_000
"""How many published totals a file may have: each is written with its history."""


@dataclass(frozen=True)
class FigureRows:
    """What a file of published totals says: its rows, or what is wrong with it."""

    faults: list[Finding] = field(default_factory=list)
    rows: list[FigureRow] = field(default_factory=list)

    @property
    def new(self) -> list[FigureRow]:
        """The rows whose key is not there yet."""
        return [row for row in self.rows if row.before is None]

    @property
    def changed(self) -> list[FigureRow]:
        """The rows that change a total that is there."""
        return [row for row in self.rows if row.before is not None and row.changed]

    @property
    def same(self) -> int:
        """How many rows change nothing."""
        return len(self.rows) - len(self.new) - len(self.changed)

    @property
    def digest(self) -> str:
        """What tells whether a preview still shows what a confirmation would do."""
        shown_ = [(row.key, row.before is None, row.changed) for row in self.rows]
        return sha256(repr(shown_).encode()).hexdigest()


def read_figures(table: Table) -> FigureRows:
    """Read a file of published totals; what is wrong is named at its cell."""
    return _read(table, PublishedFigure.objects.all())


def _read(table: Table, figures: QuerySet[PublishedFigure]) -> FigureRows:
    reader = FigureReader(table.sheet, figures)
    try:
        rows = [reader.row(row) for row in _at_most(table)]
    except Unreadable as unreadable:
        return FigureRows(unreadable.findings)
    if not rows:
        return FigureRows([Finding(_("There are headings, but no rows."), table.sheet)])
    return FigureRows(reader.faults) if reader.faults else FigureRows(rows=rows)


def keep_figures(table: Table, user: User, reason: str, digest: str) -> FigureRows | None:
    """Write what a preview with this digest showed, whole or not at all; else return what it shows.

    Where the database refuses a row, its faults are returned and nothing is written.
    """
    row: FigureRow | None = None
    try:
        with acting(user, reason):
            read = _read(table, PublishedFigure.objects.select_for_update(of=("self",)))
            if read.faults or read.digest != digest:
                return read
            for row in (*read.new, *read.changed):
                _write(row)
    except Refused as refused:
        number = row.number if row else None
        return FigureRows([Finding(line, table.sheet, number) for line in refused.lines])
    return None


def _at_most(table: Table) -> Iterator[Row]:
    for count, row in enumerate(table, start=1):
        if count > MOST:
            message = _("There are more than %d rows. Split the file.") % MOST
            raise Unreadable(Finding(message, table.sheet, row.number))
        yield row


def _write(row: FigureRow) -> None:
    new = row.before is None  # one of the same key that is there by now is refused, not changed
    figure = PublishedFigure(key=row.key) if new else PublishedFigure.objects.get(key=row.key)
    for name, value in row.values.items():
        if name in REFERENCES:
            setattr(figure, f"{name}_id", value and value.pk)
        else:
            setattr(figure, AMOUNTS.get(name, name), value)
    figure.save()
