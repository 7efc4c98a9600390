"""A file against the version that it came from: signed differences, as rows of the import."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any

from django.utils.translation import gettext as _

from carsi_tracker.imports.returned.held import Held, Key, Place
from carsi_tracker.imports.returned.rows import KEY, Edited
from carsi_tracker.imports.table import Row
from carsi_tracker.ledger.money import dollars


class Keeping(Enum):
    """What is kept of an entry that was changed in the file and in the ledger since.

    Each says whether what was posted since is undone, and whether the file's change is made.
    """

    NOW = "now", False, False
    FILE = "file", True, True
    BOTH = "both", False, True
    DOWNLOADED = "downloaded", True, False

    def __init__(self, code: str, undoes: bool, changes: bool) -> None:
        self.code, self.undoes, self.changes = code, undoes, changes


@dataclass(frozen=True)
class FileChange:
    """What a file changes: an entry's amount or more of it, an entry that goes, or a new row.

    `values` are what the file has instead, by column; `number` is the row of the file; `sum_of`
    is the version, where a sum is changed and not an entry.
    """

    entry: Held | None
    row: Row | None
    values: dict[str, Any] = field(default_factory=dict)
    sum_of: int = 0

    @property
    def number(self) -> int | None:
        """The row of the file; None where it was removed."""
        return self.row.number if self.row else None

    @property
    def only_amount(self) -> bool:
        """Whether nothing but the amount differs."""
        return {*self.values} == {"amount_usd"}

    @property
    def before(self) -> Decimal:
        """The amount in the version; nothing where the row is new."""
        return self.entry.amount_usd if self.entry else Decimal(0)

    @property
    def after(self) -> Decimal:
        """The amount in the file; nothing where the row was removed."""
        if self.row is None:
            return Decimal(0)
        return Decimal(self.values.get("amount_usd", self.before))

    @property
    def difference(self) -> Decimal:
        """What it adds to the amount, signed."""
        return self.after - self.before

    def lines(self) -> Iterator[Row]:
        """Yield the rows of the import that make the change."""
        if self.entry is None:
            if self.row:
                yield self.row
            return
        number = self.number or 0
        if self.only_amount:
            yield Row(number, self.entry.cells(self.difference, _corrects(self)), [])
            return
        yield Row(number, self.entry.cells(-self.before, _reverses(self.entry)), [])
        if self.row:
            yield Row(number, self._as_in_the_file(self.row, self.entry), [])

    def _as_in_the_file(self, row: Row, entry: Held) -> dict[str, Any]:
        """Return the row as the file has it, with what describes a commitment where that is new."""
        said = entry.cells(self.after, entry.note)
        if "reference" in self.values:
            said = {**row.cells, **said}
        said |= self.values
        return {
            name: _as_cell(cell) for name, cell in said.items() if cell != "" and name not in KEY
        }


@dataclass(frozen=True)
class VersionConflict:
    """What was posted since at the place of changes that a file makes there."""

    place: Place
    changes: list[FileChange]
    since: list[Held]

    @property
    def code(self) -> str:
        """What its choice is called in a form."""
        entry = self.changes[0].entry
        return "-".join(map(str, entry.key)) if entry else ""

    def amount(self, choice: Keeping) -> Decimal:
        """Return what all entries concerned add up to by a choice."""
        before = sum((change.before for change in self.changes), Decimal(0))
        moved = Decimal(0) if choice.undoes else sum(e.amount_usd for e in self.since)
        changed = sum(c.difference for c in self.changes) if choice.changes else Decimal(0)
        return before + moved + changed


@dataclass
class FileDifferences:
    """All that a file changes, with what conflicts; what is `kept` goes unmade."""

    changes: list[FileChange]
    conflicts: list[VersionConflict]
    unchanged: int
    choices: Mapping[str, Keeping]
    kept: Collection[Key]

    @property
    def made(self) -> list[FileChange]:
        """The changes that are made, by the choices."""
        left = {
            id(change)
            for conflict in self.conflicts
            if not self.choice(conflict).changes
            for change in conflict.changes
        }
        return [c for c in self.changes if id(c) not in left and not self.keeps(c)]

    def choice(self, conflict: VersionConflict) -> Keeping:
        """Return what was chosen of a conflict: unless it was, the ledger as it is now."""
        return self.choices.get(conflict.code, Keeping.NOW)

    def keeps(self, change: FileChange) -> bool:
        """Say whether a removed row is kept nevertheless."""
        return change.row is None and change.entry is not None and change.entry.key in self.kept

    def lines(self) -> Iterator[Row]:
        """Yield the rows of the import that all of it comes to."""
        for conflict in self.conflicts:
            if self.choice(conflict).undoes:
                for entry in conflict.since:
                    yield Row(0, entry.cells(-entry.amount_usd, _reverses(entry)), [])
        for change in self.made:
            yield from change.lines()


def differences(
    rows: Iterable[Edited | Row],
    held: Mapping[Key, Held],
    within: Collection[Key],
    choices: Mapping[str, Keeping],
    kept: Collection[Key],
) -> FileDifferences:
    """Return what the rows of a file change: entries `within` it that are missing were removed."""
    changes, present, unchanged = [], set(), 0
    for row in rows:
        if isinstance(row, Row):
            changes.append(FileChange(None, row))
            continue
        present.add(row.entry.key)
        if row.values:
            changes.append(FileChange(row.entry, row.row, row.values))
        else:
            unchanged += 1
    removed = [FileChange(held[key], None) for key in held if key in within and key not in present]
    return FileDifferences([*changes, *removed], [], unchanged, choices, kept)


def conflicts(
    changes: Iterable[FileChange], since: Iterable[Held], *, any_day: bool = False
) -> list[VersionConflict]:
    """Return the changes whose entries were reversed, corrected or re-dated since.

    Those are the entries that a later version has touched: by an amount at the same stage of the
    same commitment on the same day, or on `any_day` where sums are compared. What it posted there
    on other days goes with it.
    """
    by_place: dict[Place, list[Held]] = {}
    for entry in since:
        by_place.setdefault(entry.place, []).append(entry)
    found: dict[Place, list[FileChange]] = {}
    touching: dict[Place, set[int]] = {}
    for change in changes:
        if change.entry is None:
            continue
        place = change.entry.place
        versions = {
            later.key[0]
            for later in by_place.get(place, [])
            if any_day or later.effective_date == change.entry.effective_date
        }
        if versions:
            found.setdefault(place, []).append(change)
            touching.setdefault(place, set()).update(versions)
    return [
        VersionConflict(
            place, concerned, [e for e in by_place[place] if e.key[0] in touching[place]]
        )
        for place, concerned in found.items()
    ]


def _corrects(change: FileChange) -> str:
    amounts = {"before": dollars(change.before), "after": dollars(change.after)}
    if change.sum_of:
        message = _("Changes the sum in version %(version)d from %(before)s to %(after)s.")
        return message % {"version": change.sum_of, **amounts}
    version, line = change.entry.key if change.entry else (0, 0)
    message = _("Corrects line %(line)d of version %(version)d from %(before)s to %(after)s.")
    return message % {"version": version, "line": line, **amounts}


def _reverses(entry: Held) -> str:
    version, line = entry.key
    values = {"line": line, "version": version}
    return _("Reverses line %(line)d of version %(version)d.") % values


def _as_cell(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value
