"""The form of one amount of a batch."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.desk.fields import formfield
from carsi_tracker.desk.stale import GuardedForm
from carsi_tracker.ledger.models import Appropriation, Batch, Commitment, Line, Stage

APPROPRIATION = "appropriation"
COMMITMENT = "commitment"


class LineForm(GuardedForm):
    """One amount: of an appropriation, or at a later stage of a commitment."""

    against = forms.ChoiceField(label=gettext_lazy("Commitment or appropriation"))

    field_order = ("against", "stage", "amount", "effective_date")

    class Meta:
        model = Line
        fields = ("stage", "amount", "effective_date", "document", "locator", "basis", "note")
        formfield_callback = formfield

    def __init__(self, *args: Any, batch: Batch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch
        self.fields["against"].choices = _choices(batch)  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["against"] = _key(self.instance)

    def clean(self) -> dict[str, Any]:
        """Refuse a stage that does not go with what the amount is entered against."""
        cleaned = super().clean()
        if "against" not in cleaned or "stage" not in cleaned:
            return cleaned
        kind, _separator, key = cleaned["against"].partition("-")
        if (kind == APPROPRIATION) != (cleaned["stage"] == Stage.APPROPRIATED):
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
        elif kind == APPROPRIATION:
            self.instance.commitment = None
            self.instance.appropriation_id = int(key)
        else:
            commitment = Commitment.objects.get(pk=key)
            self.instance.commitment = commitment
            self.instance.appropriation_id = commitment.appropriation_id
        return cleaned

    def again(self) -> "LineForm":
        """Return the form anew, filled with what is saved now."""
        return LineForm(instance=Line.objects.get(pk=self.instance.pk), batch=self.batch)

    def same_line(self) -> Line | None:
        """Return the line of the batch that holds exactly what was typed, if there is one."""
        line = self.instance
        return Line.objects.filter(
            batch=self.batch,
            appropriation_id=line.appropriation_id,
            commitment_id=line.commitment_id,
            amount=line.amount or Decimal(0),
            stage=line.stage,
            effective_date=line.effective_date,
            document_id=line.document_id,
            locator=line.locator,
            basis=line.basis,
            note=line.note,
        ).last()


def _choices(batch: Batch) -> list[Any]:
    usable = Commitment.objects.filter(Q(first_version__isnull=False) | Q(introduced_by=batch))
    appropriations = Appropriation.objects.select_related("account")
    return [
        ("", "---------"),
        (_("Commitments"), [(f"{COMMITMENT}-{row.pk}", str(row)) for row in usable]),
        (_("Appropriations"), [(f"{APPROPRIATION}-{row.pk}", str(row)) for row in appropriations]),
    ]


def _key(line: Line) -> str:
    if line.commitment_id is None:
        return f"{APPROPRIATION}-{line.appropriation_id}"
    return f"{COMMITMENT}-{line.commitment_id}"
