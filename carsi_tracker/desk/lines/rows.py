"""A row of the table of lines: what was typed into its cells, and what it says."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.desk.lines.choosing import LONGEST, Choice, Choices
from carsi_tracker.imports.cells import read_amount, read_day, read_text
from carsi_tracker.imports.placeholders import why
from carsi_tracker.imports.spelling import strip
from carsi_tracker.ledger.columns import BY_NAME
from carsi_tracker.ledger.days import day_in_words
from carsi_tracker.ledger.models import Basis, Line, Stage
from carsi_tracker.ledger.money import dollars


@dataclass(frozen=True)
class Column:
    """A column of the table; `choices` where the cell is a list, `suggests` what it completes."""

    name: str
    label: str | Promise
    required: bool = True
    choices: tuple[tuple[str, str | Promise], ...] = ()
    suggests: str = ""
    example: str = ""


COLUMNS = (
    Column("against", gettext_lazy("Commitment or appropriation"), suggests="against"),
    Column("stage", gettext_lazy("Stage"), choices=tuple(Stage.choices)),
    Column("amount", gettext_lazy("Amount")),
    Column("effective_date", gettext_lazy("Effective"), example="2009-03-13"),
    Column("document", gettext_lazy("Document"), suggests="document"),
    Column("locator", gettext_lazy("Where in it"), required=False),
    Column("basis", gettext_lazy("How directly"), choices=tuple(Basis.choices)),
    Column("note", gettext_lazy("Note"), required=False),
    Column("quote", gettext_lazy("Words quoted"), required=False),
)
WORDED = ("locator", "note", "quote")
OWN = tuple(column.name for column in COLUMNS if column.name != "against")
FIELDS = ("appropriation", "commitment", *OWN)


@dataclass(frozen=True)
class Cell:
    """A cell as it is shown: its name in the form, its text, what explains it, what is wrong."""

    column: Column
    name: str
    text: str
    hint: str = ""
    fault: str = ""

    @property
    def attributes(self) -> SafeString:
        """The attributes of its field: what completes it, what it is like, what describes it."""
        column = self.column
        return flatatt(
            {
                "list": f"{column.suggests}-options" if column.suggests else None,
                "inputmode": "decimal" if column.name == "amount" else None,
                "placeholder": column.example or None,
                "aria-invalid": "true" if self.fault else None,
                "aria-describedby": self._description,
            }
        )

    @property
    def options(self) -> SafeString:
        """The options of a list."""
        return _options(self.column, self.text, get_language())

    @property
    def _description(self) -> str | None:
        if self.fault:
            return f"{self.name}-fault"
        return f"{self.name}-hint" if self.hint else None


@dataclass
class Row:
    """A row: of a line (`key` is "line-<id>") or of one that is to be added ("new-<n>").

    `texts` are what stands in the cells, by column; `faults` likewise, where `read` found any.
    """

    key: str
    texts: dict[str, str]
    line: Line | None = None
    seen: str = ""
    delete: bool = False
    faults: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    number: int = 0

    @property
    def cells(self) -> Iterator[Cell]:
        """The cells in the order of the columns."""
        for column in COLUMNS:
            name = column.name
            hint = self._hint(name)
            fault = self.faults.get(name, "")
            yield Cell(column, f"{self.key}-{name}", self.texts.get(name, ""), hint, fault)

    @property
    def is_new(self) -> bool:
        """Whether it is to be added."""
        return self.key.startswith("new-")

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed; lists have a choice from the start."""
        return not any(strip(self.texts.get(c.name, "")) for c in COLUMNS if not c.choices)

    @property
    def label(self) -> str:
        """What stands before the row."""
        if self.is_new:
            return _("new 0").replace("0", str(int(self.key.removeprefix("new-")) + 1))
        return str(self.number)

    @property
    def name(self) -> str:
        """What the row is called in sentences: what was typed for commitment, stage and amount."""
        stage = dict(Stage.choices).get(self.texts.get("stage", ""), "")
        parts = (self.texts.get("against", ""), str(stage), self.texts.get("amount", ""))
        return ", ".join(part for part in parts if part) or _("an empty row")

    def read(self, choices: Choices) -> None:
        """Read what was typed: each cell has a value afterwards, or a fault."""
        self.values, self.faults = {}, {}
        for column in COLUMNS:
            try:
                self.values[column.name] = self._value(column, choices)
            except ValidationError as error:
                self.faults[column.name] = why(self.texts.get(column.name, ""), error)
        self._compare_stage()

    @property
    def is_changed(self) -> bool:
        """Whether it says something else than its line does; new ones do. Read it first."""
        if self.line is None:
            return True
        return self.values != values_of(self.line)

    def filled(self, line: Line) -> Line:
        """Put the values into a line, and return it."""
        choice: Choice = self.values["against"]
        line.appropriation_id, line.commitment_id = choice.appropriation_id, choice.commitment_id
        for name, value in self.values.items():
            if name != "against":
                setattr(line, name, value)
        return line

    def words(self, name: str) -> str:
        """Write a cell's value as people read it, or what was typed where it has none."""
        if name not in self.values:
            return self.texts.get(name, "") or "–"
        return in_words(name, self.values[name])

    def _value(self, column: Column, choices: Choices) -> Any:
        text = strip(self.texts.get(column.name, ""))
        if text:
            return _reader(column, choices)(text)
        if column.required:
            raise ValidationError(_("This is needed."), "required")
        return ""

    def _compare_stage(self) -> None:
        choice, stage = self.values.get("against"), self.values.get("stage")
        if choice and stage and (choice.commitment_id is None) != (stage == Stage.APPROPRIATED):
            self.faults["stage"] = _(
                "An appropriation takes appropriated amounts, a commitment the other stages."
            )

    def _hint(self, name: str) -> str:
        line = self.line
        if line is None or name not in {"against", "document"}:
            return ""
        if self.texts[name] != texts_of(line)[name]:
            return ""
        if name == "document":
            return line.document.title
        return line.commitment.title if line.commitment else ""


def row_of(line: Line, seen: str) -> Row:
    """Return the row of a line as it is saved."""
    return Row(f"line-{line.pk}", texts_of(line), line, seen)


def texts_of(line: Line) -> dict[str, str]:
    """Write a line as the cells of its row."""
    return {
        "against": line.commitment.reference if line.commitment else str(line.appropriation),
        "stage": line.stage,
        "amount": f"{line.amount:,.2f}",
        "effective_date": line.effective_date.isoformat(),
        "document": line.document.key,
        "basis": line.basis,
        **{name: getattr(line, name) for name in WORDED},
    }


def values_of(line: Line) -> dict[str, Any]:
    """Return the values of a line, as `Row.read` gives those of a row."""
    title = line.commitment.title if line.commitment else ""
    text = texts_of(line)["against"]
    return {
        "against": Choice(line.appropriation_id, line.commitment_id, text, title),
        **{name: getattr(line, name) for name in OWN},
    }


def in_words(name: str, value: Any) -> str:
    """Write a value of a column as people read it."""
    column = next(column for column in COLUMNS if column.name == name)
    if column.choices:
        return str(dict(column.choices).get(value, value))
    if name == "amount":
        return dollars(value)
    if name == "effective_date":
        return day_in_words(value)
    return str(value) or "–"


def texts_typed(rows: Iterable[Row], name: str) -> list[str]:
    """Return what was typed into a column, where it is text in one line."""
    return [text for row in rows if (text := row.texts.get(name, "")).isprintable()]


@remembered(256)
def _options(column: Column, chosen: str, _language: str | None) -> SafeString:
    empty = () if chosen else (("", "–"),)
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (value, SafeString(" selected") if value == chosen else "", label)
            for value, label in (*empty, *column.choices)
        ),
    )


def _reader(column: Column, choices: Choices) -> Callable[[str], Any]:
    readers: dict[str, Callable[[str], Any]] = {
        "against": lambda text: choices.against(read_text(text, LONGEST)),
        "document": lambda text: choices.document(read_text(text, LONGEST)),
        "amount": read_amount,
        "effective_date": read_day,
    }
    if column.choices:
        return lambda text: _one_of(column, text)
    if column.name in readers:
        return readers[column.name]
    longest = BY_NAME[column.name].longest
    return lambda text: read_text(text, longest)


def _one_of(column: Column, text: str) -> str:
    if text not in dict(column.choices):
        raise ValidationError(
            _("“%(text)s” is not one of %(accepted)s.")
            % {"text": text, "accepted": ", ".join(str(label) for _code, label in column.choices)},
            "unknown",
        )
    return text
