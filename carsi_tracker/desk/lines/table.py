"""The table of a draft's lines: as it is saved, or as it was sent, read and saved."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.http import QueryDict

from carsi_tracker.desk.lines.choosing import Choices
from carsi_tracker.desk.lines.form import FIELDS, content
from carsi_tracker.desk.lines.rows import SIGNS, Cell, Conflict, RowForm, Sign, blank
from carsi_tracker.ledger.models import Batch, Line, Stage

LINES_A_PAGE = 25
EMPTY_ROWS = 3
MORE_ROWS = 10
MOST_ROWS = 80
"""Rows in one form: as many as Django's limit of 1,000 fields allows, with room to spare."""

KEY = re.compile(r"(?:line|new)-[0-9]{1,15}", re.ASCII)


@dataclass(frozen=True)
class Saved:
    """How many lines were changed, added and deleted; `already` had been added before."""

    changed: int = 0
    added: int = 0
    deleted: int = 0
    already: int = 0


@dataclass(frozen=True)
class SumOfStage:
    """What lines of a stage add up to, and those of other pages alone; None where none is."""

    stage: str
    name: str
    elsewhere: Decimal | None
    amount: Decimal | None


@dataclass
class LineTable:
    """The rows of one page of a draft's lines, and what was found when they were read.

    `newest` is the last line of the batch that whoever sent the form could know of: what it adds
    is not added again where it stands behind that one already.

    No formset of Django's: that counts its forms by their places, and a row here is known by the
    name of its line, so that no value lands in another one.
    """

    batch: Batch
    rows: list[RowForm]
    newest: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    @property
    def columns(self) -> list[Any]:
        """The headings."""
        return list(blank(self.batch, 0).cells)

    @property
    def template(self) -> RowForm:
        """An empty row, of which the script makes others."""
        return blank(self.batch, 0)

    @property
    def signs(self) -> tuple[Sign, ...]:
        """The signs that stand before rows."""
        return SIGNS

    @property
    def sums(self) -> list[SumOfStage]:
        """The sums of the batch as it is saved, by stage; stages are never added together."""
        here = [row.line.pk for row in self.rows if row.line]
        found = {
            (row["here"], row["stage"]): row["sum"]
            for row in self.batch.lines.annotate(here=Q(pk__in=here))
            .values("here", "stage")
            .annotate(sum=Sum("amount"))
            .order_by()
        }
        sums = []
        for stage, name in Stage.choices:
            elsewhere = found.get((False, stage))
            known = [sum_ for of, sum_ in found.items() if of[1] == stage]
            sums.append(SumOfStage(stage, str(name), elsewhere, sum(known) if known else None))
        return [
            each for each in sums if each.amount is not None or each.stage != Stage.APPROPRIATED
        ]

    @property
    def faulty(self) -> list[RowForm]:
        """The rows with faults, in their order."""
        return [row for row in self.rows if row.faults]

    @property
    def is_refused(self) -> bool:
        """Whether something stands against saving it."""
        return bool(self.conflicts or self.refusals or self.faulty)

    def count_from(self, first: int) -> None:
        """Give the rows of lines their numbers."""
        for number, row in enumerate((row for row in self.rows if not row.is_new), first):
            row.number = number

    def add_blank(self, count: int) -> None:
        """Put empty rows below, as many as go into one form."""
        for _turn in range(min(count, MOST_ROWS - len(self.rows))):
            self.rows.append(blank(self.batch, self._next_number))

    def duplicate(self, key: str) -> None:
        """Put a copy of a row behind it, to be added."""
        for index, row in enumerate(self.rows):
            if row.key == key and len(self.rows) < MOST_ROWS:
                texts = {name: Cell(row[name]).text for name in row.fields}
                self.rows.insert(index + 1, blank(self.batch, self._next_number, **texts))
                return

    def read(self) -> None:
        """Read all rows; `conflicts` and the rows' `faults` say what stands against saving them."""
        for row in self.rows:
            row.read()
        found = (row.conflict(_lines(self.batch)) for row in self.rows)
        self.conflicts = [conflict for conflict in found if conflict]

    def save(self) -> Saved:
        """Save the rows that were read and have no faults, in the caller's transaction."""
        rows = [row for row in self.rows if not (row.faults or row.is_left_out)]
        deleted = [row.line.pk for row in rows if row.line and row.delete]
        changed = [row.line for row in rows if row.line and not row.delete and row.is_changed]
        wanted = [row.instance for row in rows if row.is_new]
        added = _not_there(wanted, self.batch, self.newest)
        if deleted:
            self.batch.lines.filter(pk__in=deleted).delete()
        if changed:
            Line.objects.bulk_update(changed, FIELDS)
        if added:
            Line.objects.bulk_create(added)
        return Saved(len(changed), len(added), len(deleted), len(wanted) - len(added))

    def show_saved(self) -> None:
        """Put what is saved now in the place of rows in conflict; drop those that are gone."""
        saved = {conflict.row.key: conflict.saved for conflict in self.conflicts}
        self.rows = [saved.get(row.key) or row for row in self.rows if row.line or row.is_new]

    @property
    def _next_number(self) -> int:
        numbers = [int(row.key.removeprefix("new-")) for row in self.rows if row.is_new]
        return max(numbers, default=-1) + 1


def table_of(batch: Batch, lines: Iterable[Line], newest: int, first_number: int = 1) -> LineTable:
    """Return the table of saved lines, with empty rows below."""
    rows = [RowForm(instance=line, prefix=f"line-{line.pk}") for line in lines]
    table = LineTable(batch, rows, newest)
    table.count_from(first_number)
    table.add_blank(EMPTY_ROWS)
    return table


def table_sent(batch: Batch, sent: QueryDict) -> LineTable:
    """Return the table as a form sent it, each row with its line where that still exists.

    A row is known by the name of its line, never by where it stands.
    """
    keys = [key for key in dict.fromkeys(sent.getlist("row")) if KEY.fullmatch(key)][:MOST_ROWS]
    numbers = [int(key.removeprefix("line-")) for key in keys if key.startswith("line-")]
    lines = {f"line-{line.pk}": line for line in _lines(batch).filter(pk__in=numbers)}
    choices = Choices(batch, _typed(sent, keys, "against"), _typed(sent, keys, "document"))
    rows = [
        RowForm(sent, prefix=key, instance=lines.get(key) or Line(batch=batch), choices=choices)
        for key in keys
    ]
    newest = sent.get("newest", "")
    is_number = re.fullmatch(r"[0-9]{1,15}", newest, re.ASCII)
    return LineTable(batch, rows, int(newest) if is_number else 0)


def _lines(batch: Batch) -> QuerySet[Line]:
    """Return the lines of a batch with what they name, to be locked."""
    named = ("commitment", "appropriation__account", "document", "changed_by")
    lines = batch.lines.select_for_update(of=("self",), no_key=True)
    return lines.select_related(*named)


def _typed(sent: QueryDict, keys: list[str], name: str) -> list[str]:
    """Return what was typed into a column, where it is text in one line."""
    return [text for key in keys if (text := sent.get(f"{key}-{name}", "")).isprintable()]


def _not_there(wanted: list[Line], batch: Batch, newest: int) -> list[Line]:
    """Leave out lines that were added behind `newest` already: the same form, sent again."""
    there = Counter(map(content, batch.lines.filter(pk__gt=newest))) if wanted else Counter()
    missing = []
    for line in wanted:
        if there[content(line)]:
            there[content(line)] -= 1
        else:
            missing.append(line)
    return missing
