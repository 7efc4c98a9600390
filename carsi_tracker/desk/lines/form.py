"""The form of one amount of a batch."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.desk.forms.fields import LineOfText, formfield
from carsi_tracker.desk.forms.stale import GuardedForm
from carsi_tracker.desk.lines.choosing import LONGEST, Choice, Choices
from carsi_tracker.desk.reference.documents import CitesADocument
from carsi_tracker.ledger import columns
from carsi_tracker.ledger.models import Line, Stage

OF_LINE = tuple(name.removesuffix("_usd") for name in columns.OF_LINE)
"""What a line says, beside what it is entered against."""
FIELDS = ("appropriation", "commitment", *OF_LINE)
CONTENT = tuple(
    f"{name}_id" if name in {"appropriation", "commitment", "document"} else name for name in FIELDS
)


class BaseLineForm(forms.ModelForm):  # type: ignore[type-arg]
    """An amount: of an appropriation, or at a later stage of a commitment."""

    against = LineOfText(
        label=gettext_lazy("Commitment or appropriation"),
        help_text=gettext_lazy("its reference, or a part of its reference or title"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"list": "against-options", "autocomplete": "off"}),
    )
    field_order: tuple[str, ...] = (
        "against", "stage", "amount", "effective_date", "basis", "document", "locator", "quote",
        "note",
    )  # fmt: skip

    class Meta:
        model = Line
        fields: tuple[str, ...] = OF_LINE
        formfield_callback = formfield

    def choices(self) -> Choices:
        """Return what the line may be entered against."""
        return Choices(self.instance.batch, [self.cleaned_data["against"]])

    def clean_against(self) -> Choice:
        """Find the commitment or appropriation that is meant."""
        return self.choices().against(self.cleaned_data["against"])

    def clean(self) -> dict[str, Any]:
        """Refuse a stage that does not go with what the amount is entered against."""
        choice, stage = (self.cleaned_data.get(name) for name in ("against", "stage"))
        if choice and stage and (choice.commitment_id is None) != (stage == Stage.APPROPRIATED):
            message = _(
                "An appropriation takes appropriated amounts, a commitment the other stages."
            )
            self.add_error("stage", ValidationError(message, "stage"))
        cleaned = super().clean() or self.cleaned_data
        if choice:
            self.instance.appropriation_id = choice.appropriation_id
            self.instance.commitment_id = choice.commitment_id
        return cleaned


class LineForm(CitesADocument, BaseLineForm, GuardedForm):
    """One amount, on a page of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_new_document()
        if self.instance.pk:
            self.initial["against"] = str(self.instance.commitment or self.instance.appropriation)

    def clean(self) -> dict[str, Any]:
        """Refuse an amount without a source, and with two."""
        self.require_one_document()
        return super().clean()

    def save(self, commit: bool = True) -> Line:  # noqa: FBT002 (as Django has it)
        """Save the line, and its source first where that is new."""
        self.instance.document = self.document()
        line: Line = super().save(commit)
        return line

    def same_line(self) -> Line | None:
        """Return the line of the batch that holds exactly what was typed, if there is one."""
        line: Line = self.instance
        same = dict(zip(CONTENT, content(line), strict=True))
        return Line.objects.filter(batch=line.batch, **same).last()


def content(line: Line) -> tuple[Any, ...]:
    """Return all that a line says, and of what."""
    return tuple(getattr(line, name) for name in CONTENT)
