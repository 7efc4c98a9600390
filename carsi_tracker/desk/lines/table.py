"""The table of a draft's lines: as it is saved, or as it was sent, read and saved."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import ProtectedError, QuerySet

from carsi_tracker.desk.lines.choosing import Choices
from carsi_tracker.desk.lines.form import FIELDS, content
from carsi_tracker.desk.lines.introduced import (
    CARRIED,
    CommitmentRow,
    OfferedLists,
    enter,
    introduced,
    refuse_taken,
)
from carsi_tracker.desk.lines.rows import RowForm, blank
from carsi_tracker.desk.lines.sheet import SIGNS, Cell, Conflict, SheetRow, Sign
from carsi_tracker.desk.lines.sums import SumOfStage, sums_of
from carsi_tracker.ledger.models import Batch, Commitment, Line, Stage
from carsi_tracker.ledger.refusals import Refused

LINES_A_PAGE = 25
EMPTY_ROWS = 3
MORE_ROWS = 10
MOST_ROWS = 80
"""Rows in one form: as many as Django's limit of 1,000 fields allows, with room to spare."""

NAMED = ("against", "document")


@dataclass(frozen=True)
class Saved:
    """How many lines were changed, added and deleted; `already` had been added before.

    `described`, `introduced` and `withdrawn` are commitments that were changed, added, removed.
    """

    changed: int = 0
    added: int = 0
    deleted: int = 0
    already: int = 0
    described: int = 0
    introduced: int = 0
    withdrawn: int = 0


@dataclass
class LineTable:
    """The rows of one page of a draft's lines, and what was found when they were read.

    `newest` and `newest_introduced` are the last line and commitment of the batch that whoever sent
    the form could know of: what it adds is not added again where it stands behind those already.

    No formset of Django's: that counts its forms by their places, and a row here is known by the
    name of its line, so that no value lands in another one.
    """

    batch: Batch
    rows: list[SheetRow]
    newest: int = 0
    newest_introduced: int = 0
    offered: OfferedLists = field(default_factory=OfferedLists)
    conflicts: list[Conflict] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    _entered: tuple[int, int] = (0, 0)

    @property
    def columns(self) -> list[Any]:
        """The headings."""
        return list(blank(self.batch, 0).cells)

    @property
    def lines(self) -> list[RowForm]:
        """The rows of lines."""
        return [row for row in self.rows if isinstance(row, RowForm)]

    @property
    def commitments(self) -> list[CommitmentRow]:
        """The rows of commitments."""
        return [row for row in self.rows if isinstance(row, CommitmentRow)]

    @property
    def template(self) -> RowForm:
        """An empty row, of which the script makes others."""
        return blank(self.batch, 0)

    @property
    def commitment_template(self) -> CommitmentRow:
        """An empty row of a commitment, likewise."""
        return self._introduced(0, {})

    @property
    def signs(self) -> tuple[Sign, ...]:
        """The signs that stand before rows."""
        return SIGNS

    @property
    def sums(self) -> list[SumOfStage]:
        """The sums of the batch as it is saved, by stage."""
        return sums_of(self.batch, [row.saved.pk for row in self.lines if row.saved])

    @property
    def faulty(self) -> list[SheetRow]:
        """The rows with faults, in their order."""
        return [row for row in self.rows if row.faults]

    @property
    def is_refused(self) -> bool:
        """Whether something stands against saving it."""
        return bool(self.conflicts or self.refusals or self.faulty)

    def count_from(self, first: int) -> None:
        """Give the rows of lines their numbers."""
        for number, row in enumerate((row for row in self.lines if not row.is_new), first):
            row.number = number

    def row_of(self, commitment: Commitment) -> CommitmentRow:
        """Return the row of a commitment that the draft introduces."""
        key = f"commitment-{commitment.pk}"
        return CommitmentRow(instance=commitment, prefix=key, offered=self.offered)

    def add_blank(self, count: int) -> None:
        """Put empty rows below, as many as go into one form."""
        for _turn in range(min(count, MOST_ROWS - len(self.rows))):
            self.rows.append(blank(self.batch, self._next_number))

    def add_commitment(self) -> None:
        """Put a row of a commitment, and two of its amounts, before the rows that are empty."""
        if len(self.rows) + 3 > MOST_ROWS:
            return
        index = len(self.rows)
        while index and self.rows[index - 1].is_new and self.rows[index - 1].is_blank:
            index -= 1
        before = self.commitments[-1:]
        carried = {name: Cell(row[name]).text for row in before for name in CARRIED}
        number = self._next_number
        stages = (Stage.COMMITTED.value, Stage.OBLIGATED.value)
        self.rows[index:index] = [
            self._introduced(self._next(CommitmentRow), carried),
            *(blank(self.batch, number + n, stage=stage) for n, stage in enumerate(stages)),
        ]

    def duplicate(self, key: str) -> None:
        """Put a copy of a row behind it, to be added."""
        for index, row in enumerate(self.rows):
            if row.key == key and len(self.rows) < MOST_ROWS:
                texts = {name: Cell(row[name]).text for name in row.fields}
                copy: SheetRow
                if isinstance(row, CommitmentRow):
                    copy = self._introduced(self._next(CommitmentRow), texts | {"reference": ""})
                else:
                    copy = blank(self.batch, self._next_number, **texts)
                self.rows.insert(index + 1, copy)
                return

    def read(self) -> None:
        """Read all rows; `conflicts` and the rows' `faults` say what stands against saving them.

        Commitments are entered before lines are read, so that these find them; where something is
        refused, the caller undoes its transaction.
        """
        self._find_owners()
        for row in self.commitments:
            row.read()
        refuse_taken(self.commitments, self.batch, self.newest_introduced)
        self._note_conflicts(self.commitments, introduced(self.batch))
        waiting: frozenset[str] = frozenset()
        if self.is_refused:
            waiting = frozenset(Cell(row["reference"]).text for row in self.commitments)
        else:
            self._entered = enter(self.commitments, self.batch, self.newest_introduced)
        texts = {name: [Cell(row[name]).text for row in self.lines] for name in NAMED}
        choices = Choices(self.batch, *(_printable(texts[name]) for name in NAMED))
        for line in self.lines:
            line.use(choices, waiting)
            line.read()
        self._note_conflicts(self.lines, lines_of(self.batch))

    def _note_conflicts(self, rows: Iterable[SheetRow], saved: QuerySet[Any]) -> None:
        found = (row.conflict(saved) for row in rows)
        self.conflicts += [conflict for conflict in found if conflict]

    def _find_owners(self) -> None:
        """Let lines that name no commitment belong to the one right under whose row they stand."""
        owner: CommitmentRow | None = None
        for row in self.rows:
            if isinstance(row, CommitmentRow):
                owner = None if row.delete else row
            elif isinstance(row, RowForm) and owner and not row.is_left_out:
                if row.names_none:
                    row.belong_to(owner)
                    owner.is_wanted = True
                else:
                    owner = None

    def save(self) -> Saved:
        """Save the rows that were read and have no faults, in the caller's transaction."""
        rows = [row for row in self.lines if not (row.faults or row.is_left_out)]
        deleted = [row.saved.pk for row in rows if row.saved and row.delete]
        changed = [row.saved for row in rows if row.saved and not row.delete and row.is_changed]
        wanted = [row.instance for row in rows if row.is_new and row.instance.appropriation_id]
        added = _not_there(wanted, self.batch, self.newest)
        if deleted:
            self.batch.lines.filter(pk__in=deleted).delete()
        if changed:
            Line.objects.bulk_update(changed, FIELDS)
        if added:
            Line.objects.bulk_create(added)
        gone = [row.saved.pk for row in self.commitments if row.saved and row.delete]
        self._withdraw(gone)
        counts = (len(changed), len(added), len(deleted), len(wanted) - len(added))
        return Saved(*counts, *self._entered, len(gone))

    def _withdraw(self, gone: list[int]) -> None:
        """Remove commitments of the draft; raises Refused where they have amounts."""
        if not gone:
            return
        try:
            self.batch.introduces.filter(pk__in=gone).delete()
        except ProtectedError as error:
            raise Refused("referred_to") from error

    def show_saved(self) -> None:
        """Put what is saved now in the place of rows in conflict; drop those that are gone."""
        saved = {conflict.row.key: conflict.saved for conflict in self.conflicts}
        self.rows = [saved.get(row.key) or row for row in self.rows if row.saved or row.is_new]

    def _introduced(self, number: int, texts: dict[str, str]) -> CommitmentRow:
        return CommitmentRow(
            instance=Commitment(introduced_by=self.batch),
            prefix=f"{CommitmentRow.begins}{number}",
            initial=texts,
            offered=self.offered,
        )

    @property
    def _next_number(self) -> int:
        return self._next(RowForm)

    def _next(self, kind: type[SheetRow]) -> int:
        begins = kind.begins
        numbers = [
            int(row.key.removeprefix(begins)) for row in self.rows if row.key.startswith(begins)
        ]
        return max(numbers, default=-1) + 1


def _printable(texts: Iterable[str]) -> list[str]:
    return [text for text in texts if text.isprintable()]


def lines_of(batch: Batch) -> QuerySet[Line]:
    """Return the lines of a batch with what they name, to be locked."""
    named = ("commitment", "appropriation__account", "document", "changed_by")
    lines = batch.lines.select_for_update(of=("self",), no_key=True)
    return lines.select_related(*named)


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
