"""The form of one amount of a batch."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.desk.forms.fields import LineOfText, formfield
from carsi_tracker.desk.forms.stale import GuardedForm
from carsi_tracker.desk.lines.choosing import LONGEST, Choice, Choices
from carsi_tracker.desk.reference.documents import CitesADocument
from carsi_tracker.ledger.models import Line, Stage


class LineForm(CitesADocument, GuardedForm):
    """One amount: of an appropriation, or at a later stage of a commitment."""

    against = LineOfText(
        label=gettext_lazy("Commitment or appropriation"),
        help_text=gettext_lazy("its reference, or a part of its reference or title"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"list": "against-options", "autocomplete": "off"}),
    )

    field_order = ("against", "stage", "amount", "effective_date")

    class Meta:
        model = Line
        fields = (
            "stage",
            "amount",
            "effective_date",
            "document",
            "locator",
            "basis",
            "note",
            "quote",
        )
        formfield_callback = formfield

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_new_document()
        if self.instance.pk:
            self.initial["against"] = str(self.instance.commitment or self.instance.appropriation)

    def clean_against(self) -> Choice:
        """Find the commitment or appropriation that is meant."""
        text = self.cleaned_data["against"]
        return Choices(self.instance.batch, [text]).against(text)

    def clean(self) -> dict[str, Any]:
        """Refuse a stage that does not go with what the amount is entered against."""
        cleaned = super().clean()
        self.require_one_document()
        if "against" not in cleaned or "stage" not in cleaned:
            return cleaned
        choice: Choice = cleaned["against"]
        if (choice.commitment_id is None) != (cleaned["stage"] == Stage.APPROPRIATED):
            self.add_error(
                "stage",
                ValidationError(
                    _(
                        "An appropriation takes appropriated amounts, "
                        "a commitment the other stages."
                    ),
                    "stage",
                ),
            )
        else:
            self.instance.commitment_id = choice.commitment_id
            self.instance.appropriation_id = choice.appropriation_id
        return cleaned

    def save(self, commit: bool = True) -> Line:  # noqa: FBT002 (as Django has it)
        """Save the line, and its source first where that is new."""
        self.instance.document = self.document()
        line: Line = super().save(commit)
        return line

    def same_line(self) -> Line | None:
        """Return the line of the batch that holds exactly what was typed, if there is one."""
        line = self.instance
        return Line.objects.filter(
            batch=line.batch,
            appropriation_id=line.appropriation_id,
            commitment_id=line.commitment_id,
            amount=line.amount or Decimal(0),
            stage=line.stage,
            effective_date=line.effective_date,
            document_id=line.document_id,
            locator=line.locator,
            basis=line.basis,
            note=line.note,
            quote=line.quote,
        ).last()
