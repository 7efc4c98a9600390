"""What a file that comes back changes, as its page shows it: conflicts, groups, problems."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from carsi_tracker.imports.cells import read_amount, read_day, shown
from carsi_tracker.imports.importing import Outcome
from carsi_tracker.imports.returned.differences import FileChange, Keeping, VersionConflict
from carsi_tracker.imports.returned.reading import Compared
from carsi_tracker.ledger.models import Stage

MOST_SHOWN = 200
"""Rows of a group, and conflicts."""
_WORD = re.compile(r"[\w-]+")
WORDS: dict[Keeping, Promise] = {
    Keeping.NOW: gettext_lazy("In the ledger now"),
    Keeping.FILE: gettext_lazy("In your file"),
    Keeping.BOTH: gettext_lazy("Both: the ledger now, and your change"),
    Keeping.DOWNLOADED: gettext_lazy("As you downloaded it"),
}


@dataclass(frozen=True)
class ShownChange:
    """A row of the page; amounts are None where there is none, or none that can be read."""

    change: FileChange
    named: str
    stage: str
    day: date | str
    document: str
    before: Decimal | None
    after: Decimal | None
    differing: list[tuple[str, str, str]]
    problems: list[str]
    kept: bool

    @property
    def code(self) -> str:
        """What its box is called in the form."""
        return "-".join(map(str, self.change.entry.key)) if self.change.entry else ""

    @property
    def difference(self) -> Decimal:
        """What it adds, signed."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))

    @property
    def is_day(self) -> bool:
        """Whether its day could be read: that of a new row may be anything."""
        return isinstance(self.day, date)

    @property
    def can_be_kept(self) -> bool:
        """Whether it is a row that was removed."""
        return self.change.row is None


@dataclass(frozen=True)
class ChangeGroup:
    """Rows of one kind, the first of them; `count` is of all."""

    heading: str
    rows: list[ShownChange]
    count: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.rows)


@dataclass(frozen=True)
class Offered:
    """A choice of a conflict, with what it comes to."""

    code: str
    words: Promise
    amount: Decimal
    chosen: bool


class Shown:
    """What the page shows of a comparison and of its rehearsal."""

    def __init__(self, compared: Compared, outcome: Outcome) -> None:
        self._found, self._outcome = compared.differences, outcome
        self.unread = compared.unread[:MOST_SHOWN]
        self.unchanged = self._found.unchanged
        self.warnings = [*compared.warnings, *outcome.warnings]
        self.faults = outcome.faults
        self._by_row: dict[int, list[str]] = {}
        self._by_word: dict[str, list[str]] = {}
        for fault in self.faults:
            if fault.row:
                self._by_row.setdefault(fault.row, []).append(fault.message)
                continue
            for word in {*_WORD.findall(fault.message)}:
                self._by_word.setdefault(word, []).append(fault.message)

    @property
    def title(self) -> str:
        """How many differences and conflicts there are."""
        count, conflicts = len(self._found.changes), len(self._found.conflicts)
        if not count:
            return _("The file changes nothing")
        words = ngettext("%d difference", "%d differences", count) % count
        if not conflicts:
            return words
        more = ngettext("%d conflict", "%d conflicts", conflicts) % conflicts
        return _("%(differences)s, %(conflicts)s") % {"differences": words, "conflicts": more}

    @property
    def asks(self) -> bool:
        """Whether there is anything to choose: of conflicts, or of rows that were removed."""
        return bool(self._found.conflicts) or self.removed

    @property
    def removed(self) -> bool:
        """Whether rows of the download are missing."""
        return any(change.row is None for change in self._found.changes)

    @property
    def groups(self) -> list[ChangeGroup]:
        """The changes by kind: amounts, more than amounts, removed, added."""
        kinds: list[tuple[Callable[[FileChange], bool], Callable[[int], str]]] = [
            (lambda c: bool(c.entry and c.row and c.only_amount),
             lambda n: ngettext("%d amount changed", "%d amounts changed", n) % n),
            (lambda c: bool(c.entry and c.row and not c.only_amount),
             lambda n: ngettext("%d row replaced", "%d rows replaced", n) % n),
            (lambda c: c.row is None,
             lambda n: ngettext("%d row removed", "%d rows removed", n) % n),
            (lambda c: c.entry is None,
             lambda n: ngettext("%d row added", "%d rows added", n) % n),
        ]  # fmt: skip
        found = []
        for belongs, heading in kinds:
            rows = [change for change in self._found.changes if belongs(change)]
            if rows:
                first = [self._row(change) for change in self._problems_first(rows)[:MOST_SHOWN]]
                found.append(ChangeGroup(heading(len(rows)), first, len(rows)))
        return found

    @property
    def conflicts(self) -> list[tuple[VersionConflict, list[Offered], Any]]:
        """The conflicts, each with its choices, and its stage in words."""
        return [
            (
                conflict,
                [
                    Offered(
                        choice.code,
                        words,
                        conflict.amount(choice),
                        self._found.choice(conflict) is choice,
                    )
                    for choice, words in WORDS.items()
                ],
                Stage(conflict.place[-1]).label,
            )
            for conflict in self._found.conflicts[:MOST_SHOWN]
        ]

    def _problems_first(self, changes: Iterable[FileChange]) -> list[FileChange]:
        return sorted(changes, key=lambda change: not self._problems(change))

    def _problems(self, change: FileChange) -> list[str]:
        """Return what is wrong with the row of a change, or with what it is counted against."""
        named = _named(change)
        *_account, last = named.split() or [""]
        found = [*self._by_row.get(change.number or 0, ())]
        return found + [words for words in self._by_word.get(last, ()) if named in words]

    def _row(self, change: FileChange) -> ShownChange:
        entry, row = change.entry, change.row
        problems = self._problems(change)
        if entry is None:
            return _new(change, problems)
        differing = [
            (name, shown(str(getattr(entry, name))), shown(str(value)))
            for name, value in change.values.items()
            if name != "amount_usd"
        ]
        return ShownChange(
            change,
            entry.named,
            str(Stage(entry.stage).label),
            entry.effective_date,
            entry.document,
            change.before,
            change.after if row else None,
            differing,
            problems,
            self._found.keeps(change),
        )


def _named(change: FileChange) -> str:
    """Return the commitment or appropriation that a change is about, as the file has it."""
    if change.entry:
        return change.entry.named
    cells = change.row.cells if change.row else {}
    if reference := shown(cells.get("reference", "")).strip():
        return reference
    account, year = (shown(cells.get(name, "")) for name in ("account", "fiscal_year"))
    return f"{account} FY{year}" if account and year else account


def _new(change: FileChange, problems: list[str]) -> ShownChange:
    cells = change.row.cells if change.row else {}
    stage, document = (shown(cells.get(name, "")).strip() for name in ("stage", "document"))
    label = str(Stage(stage).label) if stage in Stage.values else stage
    day = cells.get("effective_date", "")
    return ShownChange(
        change,
        _named(change),
        label,
        _day(day),
        document,
        None,
        _amount(cells.get("amount_usd", "")),
        [],
        problems,
        kept=False,
    )


def _day(cell: Any) -> date | str:
    try:
        return read_day(cell)
    except ValidationError:
        return shown(cell)


def _amount(cell: Any) -> Decimal | None:
    try:
        return read_amount(cell)
    except ValidationError:
        return None
