"""A row of the table of lines: a form of a line, of which each cell is shown with what is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.boundfield import BoundField
from django.forms.utils import flatatt
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.desk.forms.fields import LineOfText
from carsi_tracker.desk.forms.stale import (
    FieldDifference,
    Stale,
    fingerprint,
    in_words,
    last_change,
)
from carsi_tracker.desk.lines.choosing import LONGEST, Choices
from carsi_tracker.desk.lines.form import OF_LINE, BaseLineForm, content
from carsi_tracker.imports.spelling import strip
from carsi_tracker.ledger.models import Basis, Batch, Document, Line, Stage


@dataclass(frozen=True)
class Cell:
    """A cell as it is shown: its field, what explains it, what is wrong."""

    bound: BoundField
    hint: str = ""
    fault: str = ""

    @property
    def name(self) -> str:
        """Its name in the form."""
        return self.bound.html_name

    @property
    def text(self) -> str:
        """What stands in it."""
        return str(self.bound.value() or "")

    @property
    def attributes(self) -> SafeString:
        """The attributes of its field: what completes it, what it is like, what describes it."""
        of_field = self.bound.field.widget.attrs
        shown = {name: of_field.get(name) for name in ("list", "inputmode", "placeholder")}
        invalid = "true" if self.fault else None
        return flatatt(shown | {"aria-invalid": invalid, "aria-describedby": self._description})

    @property
    def is_list(self) -> bool:
        """Whether one of a few is chosen in it."""
        return isinstance(self.bound.field, forms.ChoiceField)

    @property
    def options(self) -> SafeString:
        """The options of a list."""
        return _options(self.bound.name, self.text, get_language())

    @property
    def _description(self) -> str | None:
        if self.fault:
            return f"{self.name}-fault"
        return f"{self.name}-hint" if self.hint else None


@dataclass(frozen=True)
class Sign:
    """What stands before a row that is not as it is saved, and what that means."""

    name: str
    text: str
    meaning: Any


NEW = Sign("new", "+", gettext_lazy("new, not saved"))
CHANGED = Sign("changed", "•", gettext_lazy("changed, not saved"))
FAULTY = Sign("faulty", "!", gettext_lazy("problem"))
REMOVED = Sign("removed", "×", gettext_lazy("removed when you save"))  # noqa: RUF001 (a cross)
SIGNS = (NEW, CHANGED, FAULTY, REMOVED)


@dataclass(frozen=True)
class Conflict:
    """A row that was changed or deleted meanwhile; `saved` is None where it was deleted."""

    row: "RowForm"
    saved: "RowForm | None"
    stale: Stale | None
    differences: list[FieldDifference]


class RowForm(BaseLineForm):
    """A row: of a line (its prefix is "line-<id>") or of one that is to be added ("new-<n>").

    `faults` are what is wrong with its cells, by their names, once it was read.
    """

    document = LineOfText(
        label=gettext_lazy("Document"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"list": "document-options"}),
    )

    class Meta(BaseLineForm.Meta):
        fields = tuple(name for name in OF_LINE if name != "document")
        labels = {
            "stage": gettext_lazy("Stage"),
            "amount": gettext_lazy("Amount"),
            "effective_date": gettext_lazy("Effective"),
            "locator": gettext_lazy("Page or section"),
            "basis": gettext_lazy("Evidence"),
            "note": gettext_lazy("Note"),
            "quote": gettext_lazy("Words quoted"),
        }

    def __init__(self, *args: Any, choices: Choices | None = None, **kwargs: Any) -> None:
        kwargs |= {"auto_id": "%s", "empty_permitted": True, "use_required_attribute": False}
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("This is needed.")
        self._choices = choices
        self.key = str(self.prefix)
        self.number = 0
        self.faults: dict[str, str] = {}
        self.line: Line | None = self.instance if self.instance.pk else None
        self.seen = self.data.get(f"{self.key}-seen", "")
        self.delete = f"{self.key}-delete" in self.data
        if self.line:
            self.initial.update(_named(self.line))
            self._content, self._fingerprint = content(self.line), fingerprint(self.line)
            self.seen = self.seen if self.is_bound else self._fingerprint

    @property
    def cells(self) -> Iterator[Cell]:
        """The cells in the order of the columns."""
        for name in self.fields:
            yield Cell(self[name], self._hint(name), self.faults.get(name, ""))

    @property
    def is_new(self) -> bool:
        """Whether it is to be added."""
        return self.key.startswith("new-")

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed; lists have a choice from the start."""
        return not any(strip(cell.text) for cell in self.cells if not cell.is_list)

    @property
    def is_left_out(self) -> bool:
        """Whether it is one to be added of which nothing is wanted."""
        return self.is_new and (self.delete or self.is_blank)

    @property
    def is_changed(self) -> bool:
        """Whether it says something else than its line did; new ones do. Read it first."""
        return self.line is None or content(self.instance) != self._content

    @property
    def sign(self) -> Sign | None:
        """How it differs from what is saved."""
        if self.faults:
            return FAULTY
        if self.delete:
            return REMOVED
        if self.is_new:
            return None if self.is_blank else NEW
        return CHANGED if self.is_bound and self.has_been_typed_in else None

    @property
    def has_been_typed_in(self) -> bool:
        """Whether a cell says something else than is saved."""
        return bool(self.changed_data)

    @property
    def label(self) -> str:
        """What stands before the row."""
        if self.is_new:
            return _("new 0").replace("0", str(int(self.key.removeprefix("new-")) + 1))
        return str(self.number)

    @property
    def name(self) -> str:
        """What the row is called in sentences: what was typed for commitment, stage and amount."""
        texts = {name: Cell(self[name]).text for name in ("against", "stage", "amount")}
        texts["stage"] = str(dict(Stage.choices).get(texts["stage"], ""))
        return ", ".join(text for text in texts.values() if text) or _("an empty row")

    def choices(self) -> Choices:
        """Return what was looked up for all rows together."""
        return self._choices or super().choices()

    def has_changed(self) -> bool:
        """Say whether it is to be read."""
        return not self.is_left_out

    def clean_document(self) -> Document:
        """Find the document that is meant."""
        return self.choices().document(self.cleaned_data["document"])

    def clean(self) -> dict[str, Any]:
        """Give the line its document."""
        cleaned = super().clean()
        if "document" in cleaned:
            self.instance.document = cleaned["document"]
        return cleaned

    def read(self) -> None:
        """Read what was typed: the line holds it afterwards, or there are faults."""
        if not self.delete:
            self.faults = {name: " ".join(map(str, texts)) for name, texts in self.errors.items()}

    def conflict(self, lines: QuerySet[Line]) -> Conflict | None:
        """Say how the line was changed meanwhile, unless to just what is sent. Read it first."""
        if self.is_new:
            return None
        if self.line is None:
            return None if self.delete else Conflict(self, None, None, self._differences(None))
        errors = bool(self.errors)
        if self.seen == self._fingerprint or not (self.delete or errors or self.is_changed):
            return None
        line = lines.get(pk=self.line.pk)
        saved = RowForm(instance=line, prefix=self.key)
        saved.number = self.number
        return Conflict(self, saved, Stale(*last_change(line)), self._differences(line))

    def _differences(self, line: Line | None) -> list[FieldDifference]:
        return [
            FieldDifference(
                str(field.label),
                in_words(field, _value(line, name)) if line else "–",
                in_words(field, self.cleaned_data.get(name, Cell(self[name]).text)),
            )
            for name, field in self.fields.items()
        ]

    def _hint(self, name: str) -> str:
        line = self.line
        if line is None or name not in {"against", "document"}:
            return ""
        if self[name].value() != self.initial[name]:
            return ""
        if name == "document":
            return line.document.title
        return line.commitment.title if line.commitment else ""


def blank(batch: Batch, number: int, **texts: str) -> RowForm:
    """Return a row that is to be added to a batch, with what stands in it already."""
    return RowForm(
        instance=Line(batch=batch),
        prefix=f"new-{number}",
        initial={"basis": Basis.STATED.value, **texts},
    )


def _named(line: Line) -> dict[str, str]:
    """Return what of a line people name instead of choosing it."""
    of = line.commitment.reference if line.commitment else str(line.appropriation)
    return {"against": of, "document": line.document.key}


def _value(line: Line, name: str) -> Any:
    if name == "against":
        return line.commitment or line.appropriation
    return getattr(line, name)


@remembered(256)
def _options(name: str, chosen: str, _language: str | None) -> SafeString:
    field: Any = Line._meta.get_field(name)
    empty = [] if chosen else [("", "–")]
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (value, SafeString(" selected") if value == chosen else "", label)
            for value, label in (*empty, *field.flatchoices)
        ),
    )
