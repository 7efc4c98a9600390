"""A row of the table that is a line: its form, of which each cell is shown with what is wrong."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.desk.forms.fields import LineOfText
from carsi_tracker.desk.lines.choosing import LONGEST, Choice, Choices
from carsi_tracker.desk.lines.form import OF_LINE, BaseLineForm, content
from carsi_tracker.desk.lines.introduced import CommitmentRow
from carsi_tracker.desk.lines.sheet import Cell, SheetRow
from carsi_tracker.imports.spelling import strip
from carsi_tracker.ledger.models import Basis, Batch, Document, Line, Stage

WAITS = "waits"


class RowForm(SheetRow, BaseLineForm):
    """A row of a line ("line-<id>") or of one that is to be added ("new-<n>").

    `owner` is the commitment whose row it stands under, where it names none itself.
    """

    begins = "new-"
    field_order = ("against", *OF_LINE)
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices: Choices | None = None
        self._waiting: frozenset[str] = frozenset()
        self.owner: CommitmentRow | None = None

    @staticmethod
    def named(saved: Line) -> dict[str, str]:
        """Return what of a line people name instead of choosing it."""
        of = saved.commitment.reference if saved.commitment else str(saved.appropriation)
        return {"against": of, "document": saved.document.key}

    def content(self) -> tuple[Any, ...]:
        """Return all that the line says."""
        return content(self.instance)

    @property
    def name(self) -> str:
        """What the row is called in sentences: what was typed for commitment, stage and amount."""
        texts = {name: Cell(self[name]).text for name in ("against", "stage", "amount")}
        texts["stage"] = str(dict(Stage.choices).get(texts["stage"], ""))
        return ", ".join(text for text in texts.values() if text) or _("an empty row")

    @property
    def names_none(self) -> bool:
        """Whether nothing is typed for what it is entered against."""
        return not strip(Cell(self["against"]).text)

    def belong_to(self, owner: CommitmentRow) -> None:
        """Enter it against the commitment whose row it stands under."""
        self.owner = owner
        self.fields["against"].required = False

    def use(self, choices: Choices, waiting: frozenset[str]) -> None:
        """Find by `choices`; `waiting` are references of commitments that could not be read."""
        self._choices, self._waiting = choices, waiting

    def choices(self) -> Choices:
        """Return what was looked up for all rows together."""
        return self._choices or super().choices()

    def clean_against(self) -> Choice:
        """Find what is meant; raises ValidationError, also where that could not be read itself."""
        typed = self.cleaned_data["against"]
        if not typed and self.owner:
            if not self.owner.is_entered:
                raise ValidationError("", WAITS)
            of = self.owner.instance
            return Choice(of.appropriation_id, of.pk, of.reference, of.title)
        if typed in self._waiting:
            raise ValidationError("", WAITS)
        return super().clean_against()

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
        """Read what was typed; what waits for another row is no fault of this one."""
        super().read()
        if self.has_error("against", WAITS):
            self.faults.pop("against", None)

    def hint(self, name: str) -> str:
        """Return the title of what a cell names."""
        line: Line | None = self.saved
        if line is None or name not in {"against", "document"}:
            return ""
        if self[name].value() != self.initial[name]:
            return ""
        if name == "document":
            return line.document.shown_title
        return line.commitment.title if line.commitment else ""


def blank(batch: Batch, number: int, **texts: str) -> RowForm:
    """Return a row that is to be added to a batch, with what stands in it already."""
    return RowForm(
        instance=Line(batch=batch),
        prefix=f"new-{number}",
        initial={"basis": Basis.STATED.value, **texts},
    )
