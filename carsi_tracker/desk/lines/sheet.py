"""What rows of the table have in common, whatever they are of: cells, signs, faults, conflicts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.forms.boundfield import BoundField
from django.forms.utils import flatatt
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.desk.forms.stale import (
    FieldDifference,
    Stale,
    fingerprint,
    in_words,
    last_change,
)
from carsi_tracker.imports.spelling import strip


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
        """The options of a list; one that may be left open says what it is of."""
        field: Any = self.bound.field
        offered = tuple((str(value), str(label)) for value, label in field.choices if value)
        empty = () if self.text and field.required else (("", getattr(field, "nothing", "–")),)
        return _options((*empty, *offered), self.text)

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

    row: "SheetRow"
    saved: "SheetRow | None"
    stale: Stale | None
    differences: list[FieldDifference]


class SheetRow(forms.ModelForm):  # type: ignore[type-arg]
    """A row: of what is saved (its prefix is "<kind>-<id>") or to be added ("<new kind>-<n>").

    `faults` are what is wrong with its cells, by their names, once it was read; `saved` is the row
    of the database that it is of, None where it is to be added or that was deleted.
    """

    begins = ""
    """How the keys of rows begin that are to be added."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"auto_id": "%s", "empty_permitted": True, "use_required_attribute": False}
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("This is needed.")
        self.key = str(self.prefix)
        self.number = 0
        self.faults: dict[str, str] = {}
        self.saved: Any = self.instance if self.instance.pk else None
        self.seen = self.data.get(f"{self.key}-seen", "")
        self.delete = f"{self.key}-delete" in self.data
        if self.saved:
            self.initial.update(self.named(self.saved))
            self._content, self._fingerprint = self.content(), fingerprint(self.saved)
            self.seen = self.seen if self.is_bound else self._fingerprint

    @staticmethod
    def named(saved: Any) -> dict[str, Any]:
        """Return what cells hold that are no fields of the model."""
        raise NotImplementedError

    def content(self) -> tuple[Any, ...]:
        """Return all that the row says."""
        raise NotImplementedError

    @property
    def cells(self) -> Iterator[Cell]:
        """The cells in the order of the columns."""
        for name in self.fields:
            yield Cell(self[name], self.hint(name), self.faults.get(name, ""))

    def hint(self, name: str) -> str:
        """Return what explains a cell."""
        return ""

    @property
    def is_new(self) -> bool:
        """Whether it is to be added."""
        return self.key.startswith(self.begins)

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
        """Whether it says something else than is saved; new ones do. Read it first."""
        return self.saved is None or self.content() != self._content

    @property
    def sign(self) -> Sign | None:
        """How it differs from what is saved."""
        if self.faults:
            return FAULTY
        if self.delete:
            return REMOVED
        if self.is_new:
            return None if self.is_blank else NEW
        return CHANGED if self.is_bound and self.changed_data else None

    @property
    def label(self) -> str:
        """What stands before the row."""
        if self.is_new:
            return str(self.called).replace("0", str(int(self.key.removeprefix(self.begins)) + 1))
        return str(self.number)

    called: Any = gettext_lazy("new 0")

    @property
    def name(self) -> str:
        """What the row is called in sentences."""
        raise NotImplementedError

    def has_changed(self) -> bool:
        """Say whether it is to be read."""
        return not self.is_left_out

    def read(self) -> None:
        """Read what was typed: the row holds it afterwards, or there are faults."""
        if not self.delete:
            self.faults = {name: " ".join(map(str, texts)) for name, texts in self.errors.items()}

    def conflict(self, rows: QuerySet[Any]) -> Conflict | None:
        """Say how the row was changed meanwhile, unless to just what is sent. Read it first."""
        if self.is_new:
            return None
        if self.saved is None:
            return None if self.delete else Conflict(self, None, None, self._differences(None))
        errors = bool(self.errors)
        if self.seen == self._fingerprint or not (self.delete or errors or self.is_changed):
            return None
        now = rows.get(pk=self.saved.pk)
        shown = self.shown(now)
        shown.number = self.number
        return Conflict(self, shown, Stale(*last_change(now)), self._differences(now))

    def shown(self, now: Any) -> "SheetRow":
        """Return the row as it is saved now."""
        return type(self)(instance=now, prefix=self.key)

    def _differences(self, now: Model | None) -> list[FieldDifference]:
        saved = self.named(now) if now else {}
        return [
            FieldDifference(
                str(field.label),
                in_words(field, saved.get(name, getattr(now, name, None))) if now else "–",
                in_words(field, self.cleaned_data.get(name, Cell(self[name]).text)),
            )
            for name, field in self.fields.items()
        ]


@remembered(256)
def _options(options: tuple[tuple[str, str], ...], chosen: str) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (value, SafeString(" selected") if value == chosen else "", label)
            for value, label in options
        ),
    )
