"""A paste as its page shows it: what was pasted, what is asked, and the lines that result."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from carsi_tracker.desk.pasting.form import fingerprint, name_of
from carsi_tracker.imports.cells import read_day
from carsi_tracker.imports.errors import Finding
from carsi_tracker.imports.importing import Outcome
from carsi_tracker.imports.labels import label, with_code
from carsi_tracker.imports.pasting.answers import DEFAULTS, Answers, By
from carsi_tracker.imports.pasting.arithmetic import Wrong
from carsi_tracker.imports.pasting.figures import figure
from carsi_tracker.imports.pasting.finding import KnownCommitment
from carsi_tracker.imports.pasting.grid import PastedGrid
from carsi_tracker.imports.pasting.guessing import Guess
from carsi_tracker.imports.pasting.lines import NEW, OF_ONE_LINE, PastedLine
from carsi_tracker.imports.pasting.roles import AMOUNT
from carsi_tracker.ledger.columns import NAMES, OF_LINE
from carsi_tracker.ledger.days import short_day
from carsi_tracker.ledger.models import Basis, Stage
from carsi_tracker.ledger.money import figure as written

LINES_SHOWN = 40
"""Of a paste about which nothing is asked, so many lines with problems are shown at once."""
WIDE = ("reference", "stage", AMOUNT, "effective_date")
"""The columns of the lines that are shown whatever they hold."""


@dataclass(frozen=True)
class Option:
    """A choice of a list."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class LineCell:
    """A cell of a line: its text, or the field in which it is put right, and what is wrong."""

    name: str
    label: str
    text: str
    field: str = ""
    options: Sequence[Option] = ()
    faults: Sequence[str] = ()
    title: str = ""
    above: bool = False

    @property
    def is_amount(self) -> bool:
        """Whether it is a number of dollars."""
        return self.name == AMOUNT


@dataclass(frozen=True)
class ShownLine:
    """A line that results; `faults` are about no cell of it."""

    number: int
    row: int
    cells: Sequence[LineCell]
    faults: Sequence[str]

    @property
    def problems(self) -> int:
        """How many things are wrong with it."""
        return len(self.faults) + sum(len(cell.faults) for cell in self.cells)


@dataclass
class Pasted:
    """What became of pasted text, and what is asked about it.

    `faults` are of the whole, `missing` are the columns that every line lacks.
    """

    text: str
    outcome: Outcome
    faults: list[str] = field(default_factory=list)
    grid: PastedGrid = field(default_factory=PastedGrid)
    guess: Guess | None = None
    all_lines: Sequence[PastedLine] = ()
    lines: Sequence[ShownLine] = ()
    columns: Sequence[tuple[str, str]] = ()
    missing: Sequence[str] = ()
    more: int = 0

    @property
    def problems(self) -> int:
        """How many things are wrong."""
        of_lines = sum(line.problems for line in self.lines)
        return len(self.faults) + len(self.missing) + len(self.wrong) + self.more + of_lines

    @property
    def wrong(self) -> list[Wrong]:
        """The totals that are not what their rows add up to, and are read as lines."""
        found = self.guess.outline.wrong if self.guess else []
        return [wrong for wrong in found if wrong.row not in self.answers.out]

    @property
    def answers(self) -> Answers:
        """How it is read."""
        return self.guess.answers if self.guess else Answers(())

    @property
    def shown(self) -> str:
        """What stands for how it is read, sent along with the lines that were shown."""
        return fingerprint(self.grid, self.answers)

    @property
    def rows_out(self) -> int:
        """How many rows are left out."""
        return len(self.answers.out & self.grid.rows.keys())

    @property
    def wrong_rows(self) -> list[int]:
        """The rows with problems, for links to them."""
        return sorted({line.row for line in self.lines if line.problems})[:LINES_SHOWN]


def lay_out(pasted: Pasted) -> None:
    """Lay the lines out, each fault at its cell."""
    of_line: dict[int, list[Finding]] = {}
    for finding in pasted.outcome.faults:
        if finding.row:
            of_line.setdefault(finding.row, []).append(finding)
        elif len(pasted.faults) < LINES_SHOWN:
            pasted.faults.append(finding.message)
    lines = pasted.all_lines
    found = {finding.column for of in of_line.values() for finding in of}
    pasted.missing = [
        name
        for name in DEFAULTS
        if name in found and not any(line.cells.get(name) for line in lines)
    ]
    answers, typed = pasted.answers, {place.row for place in pasted.answers.cells}
    chosen = [
        line
        for line in lines
        if not pasted.guess or not pasted.guess.plain or line.number in of_line or line.row in typed
    ]
    shown = chosen[: LINES_SHOWN if pasted.guess and pasted.guess.plain else None]
    pasted.more = sum(line.number in of_line for line in chosen[len(shown) :])
    names = [name for name in NAMES if _is_shown(name, lines, answers, found, pasted.missing)]
    pasted.columns = [(name, label(name)) for name in names]
    laid: set[str] = set()
    pasted.lines = [_shown(pasted, line, of_line.get(line.number, []), laid) for line in shown]


def _is_shown(
    name: str,
    lines: Sequence[PastedLine],
    answers: Answers,
    found: set[str],
    missing: Sequence[str],
) -> bool:
    if name in WIDE or (name in found and name not in missing):
        return True
    if name == "title":
        return False
    default = answers.defaults.get(name, "")
    return any(line.cells.get(name, default) not in {"", default} for line in lines) and (
        name in OF_LINE or any(line.commitment is None for line in lines)
    )


def _shown(
    pasted: Pasted, line: PastedLine, findings: Sequence[Finding], laid: set[str]
) -> ShownLine:
    """Return a line as it is shown; the fields that were `laid` out for its row are not again."""
    answers = pasted.answers
    messages: dict[str, list[str]] = {}
    for finding in findings:
        if finding.column not in pasted.missing:
            messages.setdefault(finding.column, []).append(finding.message)
    cells = []
    for name, _label in pasted.columns:
        place = line.place(name)
        faults = messages.pop(name, [])
        asked = bool(faults) or place in answers.cells
        options = _options(line, answers) if name == "reference" else []
        if options and not line.cells.get("reference"):
            faults = [_("Choose the commitment that is meant, or a new one.")]
        field_name = name_of(place) if asked or options else ""
        above = bool(field_name) and name not in OF_ONE_LINE and field_name in laid
        laid.add(field_name)
        cells.append(
            LineCell(
                name=name,
                label=with_code(name),
                text=answers.cells.get(place, _text(line, name, answers, typed=bool(field_name))),
                field="" if above else field_name,
                options=options,
                faults=[] if above else faults,
                title=_title(line) if name == "reference" else "",
                above=above,
            )
        )
    others = [message for of_column in messages.values() for message in of_column]
    return ShownLine(line.number, line.row, cells, others)


def _title(line: PastedLine) -> str:
    return line.commitment.title if line.commitment else line.cells.get("title", "")


def _text(line: PastedLine, name: str, answers: Answers, *, typed: bool) -> str:
    """Write a cell as its reader needs it: as it was pasted where it is to be put right."""
    text = line.cells.get(name, "")
    if typed or not text:
        return text
    if name == AMOUNT:
        amount = amount_of(line, answers)
        return written(amount) if amount is not None else text
    if name == "effective_date":
        day = _day(text, answers)
        return short_day(day) if day else text
    kinds: Mapping[str, Mapping[str, str]] = {
        "stage": {str(stage): str(stage.label) for stage in Stage},
        "basis": {str(basis): str(basis.label) for basis in Basis},
    }
    return kinds.get(name, {}).get(text, text)


def amount_of(line: PastedLine, answers: Answers) -> Decimal | None:
    """Return the amount of a line in dollars, where it can be read."""
    return figure(line.cells.get(AMOUNT, ""), answers.written).amount


def _day(text: str, answers: Answers) -> date | None:
    try:
        return read_day(text, answers.order)
    except ValidationError:
        return None


def _options(line: PastedLine, answers: Answers) -> list[Option]:
    """Return the commitments among which to choose, and a new one; none where none was sought."""
    if answers.by is By.REFERENCE or line.cells.get("stage") == Stage.APPROPRIATED:
        return []
    chosen = answers.cells.get(line.place("reference"), "")
    if not chosen and line.commitment:
        chosen = line.commitment.reference
    is_new = chosen == NEW or (not chosen and answers.by is By.NEW)
    offered = {one.reference: one for one in _offered(line)}
    return [
        *([] if chosen or is_new else [Option("", _("Choose a commitment"), chosen=True)]),
        *(
            Option(one.reference, f"{one.reference} {one.title}", one.reference == chosen)
            for one in offered.values()
        ),
        Option(NEW, _("A new commitment"), is_new),
    ]


def _offered(line: PastedLine) -> Iterator[KnownCommitment]:
    if line.commitment:
        yield line.commitment
    yield from line.others
