"""The table of a draft's lines as it was sent: read, compared with what is saved, and saved."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from carsi_tracker.desk.forms.stale import Difference, Stale, fingerprint, last_change
from carsi_tracker.desk.lines.choosing import Choices
from carsi_tracker.desk.lines.rows import (
    COLUMNS,
    FIELDS,
    Row,
    in_words,
    row_of,
    texts_typed,
    values_of,
)
from carsi_tracker.ledger.models import Basis, Batch, Line

LINES_A_PAGE = 25
EMPTY_ROWS = 3
MORE_ROWS = 10
MOST_ROWS = 80
"""Rows in one form: as many as Django's limit of 1,000 fields allows, with room to spare."""

CONTENT = tuple(
    f"{name}_id" if name in {"appropriation", "commitment", "document"} else name for name in FIELDS
)
KEY = re.compile(r"(?:line|new)-[0-9]{1,15}", re.ASCII)


@dataclass(frozen=True)
class Conflict:
    """A row that was changed or deleted meanwhile; `stale` is None where it was deleted."""

    row: Row
    stale: Stale | None
    differences: list[Difference]


@dataclass
class Table:
    """The rows of one page of lines, and what was found when they were read.

    `newest` is the last line of the batch that whoever sent the form could know of: what it adds
    is not added again where it stands behind that one already.
    """

    rows: list[Row]
    newest: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    columns = COLUMNS

    @property
    def faulty(self) -> list[Row]:
        """The rows with faults, in their order."""
        return [row for row in self.rows if row.faults]

    @property
    def is_refused(self) -> bool:
        """Whether something stands against saving it."""
        return bool(self.conflicts or self.refusals or self.faulty)

    @property
    def next_number(self) -> int:
        """The number of the next row that is to be added."""
        numbers = [int(row.key.removeprefix("new-")) for row in self.rows if row.is_new]
        return max(numbers, default=-1) + 1

    def count_from(self, first: int) -> None:
        """Give the rows of lines their numbers."""
        for number, row in enumerate((row for row in self.rows if not row.is_new), first):
            row.number = number

    def add_blank(self, count: int) -> None:
        """Put empty rows below, as many as go into one form."""
        for _turn in range(min(count, MOST_ROWS - len(self.rows))):
            self.rows.append(Row(f"new-{self.next_number}", {"basis": Basis.STATED}))

    def duplicate(self, key: str) -> None:
        """Put a copy of a row behind it, to be added."""
        for index, row in enumerate(self.rows):
            if row.key == key and len(self.rows) < MOST_ROWS:
                copy = Row(f"new-{self.next_number}", dict(row.texts))
                self.rows.insert(index + 1, copy)
                return


@dataclass(frozen=True)
class Saved:
    """How many lines were changed, added and deleted; `already` had been added before."""

    changed: int = 0
    added: int = 0
    deleted: int = 0
    already: int = 0


def table_of(lines: Iterable[Line], newest: int, first_number: int = 1) -> Table:
    """Return the table of saved lines, with empty rows below."""
    table = Table([row_of(line, fingerprint(line)) for line in lines], newest)
    table.count_from(first_number)
    table.add_blank(EMPTY_ROWS)
    return table


def table_sent(batch: Batch, sent: QueryDict) -> Table:
    """Return the table as a form sent it, each row with its line where that still exists.

    A row is known by the name of its line, never by where it stands.
    """
    keys = [key for key in dict.fromkeys(sent.getlist("row")) if KEY.fullmatch(key)][:MOST_ROWS]
    numbers = [int(key.removeprefix("line-")) for key in keys if key.startswith("line-")]
    lines = {
        f"line-{line.pk}": line
        for line in batch.lines.select_for_update(of=("self",), no_key=True)
        .select_related("commitment", "appropriation__account", "document", "changed_by")
        .filter(pk__in=numbers)
    }
    rows = [_row_sent(key, lines.get(key), sent) for key in keys]
    newest = sent.get("newest", "")
    return Table(rows, int(newest) if re.fullmatch(r"[0-9]{1,15}", newest, re.ASCII) else 0)


def read(table: Table, batch: Batch) -> None:
    """Read all rows; `conflicts` and the rows' `faults` say what stands against saving them."""
    rows = [row for row in table.rows if not (row.is_new and (row.is_blank or row.delete))]
    choices = Choices(batch, texts_typed(rows, "against"), texts_typed(rows, "document"))
    for row in rows:
        row.read(choices)
        if row.delete:
            row.faults = {}
        if conflict := _conflict(row):
            table.conflicts.append(conflict)


def save(table: Table, batch: Batch) -> Saved:
    """Save a table that was read and has nothing against it, in the caller's transaction."""
    deleted = [row.line.pk for row in table.rows if row.delete and row.line]
    changed = [
        row.filled(row.line) for row in table.rows if row.line and not row.delete and row.is_changed
    ]
    wanted = [
        row.filled(Line(batch=batch))
        for row in table.rows
        if row.is_new and not row.is_blank and not row.delete
    ]
    added = _not_there(wanted, batch, table.newest)
    if deleted:
        batch.lines.filter(pk__in=deleted).delete()
    if changed:
        Line.objects.bulk_update(changed, FIELDS)
    if added:
        Line.objects.bulk_create(added)
    return Saved(len(changed), len(added), len(deleted), len(wanted) - len(added))


def keep_sound(table: Table, batch: Batch) -> Saved:
    """Save the rows that can be read, and leave out the others: for trying out, not for keeping."""
    rows = [row for row in table.rows if not row.faults and (row.line or row.is_new)]
    return save(Table(rows, table.newest), batch)


def show_saved(table: Table) -> None:
    """Put what is saved now in the place of rows in conflict; drop those that are gone."""
    conflicting = {conflict.row.key for conflict in table.conflicts}
    table.rows = [
        row_of(row.line, fingerprint(row.line)) if row.key in conflicting and row.line else row
        for row in table.rows
        if row.line or row.is_new
    ]


def _row_sent(key: str, line: Line | None, sent: QueryDict) -> Row:
    texts = {column.name: sent.get(f"{key}-{column.name}", "") for column in COLUMNS}
    return Row(key, texts, line, sent.get(f"{key}-seen", ""), f"{key}-delete" in sent)


def _conflict(row: Row) -> Conflict | None:
    """Say how a row was changed meanwhile, unless to just what is sent."""
    if row.is_new:
        return None
    if row.line is None:
        return None if row.delete else Conflict(row, None, _differences(row, {}))
    if row.seen == fingerprint(row.line) or not (row.delete or row.faults or row.is_changed):
        return None
    stale = Stale(*last_change(row.line))
    return Conflict(row, stale, _differences(row, values_of(row.line)))


def _differences(row: Row, saved: dict[str, Any]) -> list[Difference]:
    return [
        Difference(
            str(column.label),
            in_words(column.name, saved[column.name]) if saved else "–",
            row.words(column.name),
        )
        for column in COLUMNS
    ]


def _not_there(wanted: list[Line], batch: Batch, newest: int) -> list[Line]:
    """Leave out lines that were added behind `newest` already: the same form, sent again."""
    there = Counter(map(_content, batch.lines.filter(pk__gt=newest))) if wanted else Counter()
    missing = []
    for line in wanted:
        if there[_content(line)]:
            there[_content(line)] -= 1
        else:
            missing.append(line)
    return missing


def _content(line: Line) -> tuple[Any, ...]:
    return tuple(getattr(line, name) for name in CONTENT)
