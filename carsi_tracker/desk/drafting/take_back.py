"""Take back what will not be used of a posted commitment: one draft with a negative line."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.desk.drafting.drafting import (
    OF_AMOUNT,
    DraftingForm,
    day_typed,
    drafted,
    new_token,
)
from carsi_tracker.desk.drafting.move import posted_commitment
from carsi_tracker.desk.forms.again import shows_again
from carsi_tracker.desk.forms.fields import LineOfText, formfield
from carsi_tracker.desk.posted.standing import Standing, standing
from carsi_tracker.desk.site import desk
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Batch, Commitment, Line, Stage

HINTS = {"amount": gettext_lazy("without a minus; suggested is what is left")}


class TakeBackForm(DraftingForm):
    """What is taken back of a commitment, at which stage, when, and who says so."""

    stage = forms.ChoiceField(
        label=gettext_lazy("Stage"),
        choices=[
            (stage.value, stage.label)
            for stage in (Stage.COMMITTED, Stage.OBLIGATED, Stage.DISBURSED)
        ],
    )
    reason = LineOfText(label=gettext_lazy("Reason"), max_length=1000, required=False)

    def __init__(self, *args: Any, commitment: Commitment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commitment = commitment
        self.fields |= forms.fields_for_model(Line, OF_AMOUNT, formfield_callback=formfield)
        self.explain(HINTS)

    def clean_amount(self) -> Any:
        """Refuse an amount with a minus, which would give instead of take."""
        amount = self.cleaned_data["amount"]
        if amount is not None and amount < 0:
            raise ValidationError(_("Enter a reduction without a minus sign."), "negative")
        return amount

    def make(self) -> Batch:
        """Make the batch and its line; raises Refused where it could not be posted now."""
        values, commitment = self.cleaned_data, self.commitment
        title = _("Reduction of %(commitment)s") % {"commitment": commitment}
        batch = Batch.objects.create(
            token=values["token"],
            title=Truncator(title).chars(200),
            reason=values["reason"] or values["document"].title,
        )
        Line.objects.create(
            batch=batch,
            appropriation=commitment.appropriation,
            commitment=commitment,
            stage=values["stage"],
            **{name: values[name] for name in OF_AMOUNT} | {"amount": -values["amount"]},
        )
        posting.rehearse(batch.pk)
        return batch


@shows_again
@permission_required("ledger.add_batch", raise_exception=True)
def take_back(request: HttpRequest, commitment_id: int) -> HttpResponse:
    """Ask what is taken back, and draft it once however often it is asked for."""
    commitment = posted_commitment(commitment_id)
    sent = request.method == "POST"
    typed = request.POST if sent else request.GET
    on_day = standing(commitment, min(day_typed(typed), today()))
    if sent and "_left" not in typed:
        form = TakeBackForm(typed, commitment=commitment)
        if answer := drafted(request, form):
            return answer
    else:
        form = TakeBackForm(initial=_suggested(typed, on_day), commitment=commitment)
    context: dict[str, Any] = {
        "title": _("Reduce %s") % commitment.reference,
        "commitment": commitment,
        "form": form,
        "standing": on_day,
    }
    return desk().page(request, "take_back.html", context)


def _suggested(typed: QueryDict, on_day: Standing) -> dict[str, Any]:
    """Return what was typed, with what is left at the chosen stage on the chosen day."""
    stage = typed.get("stage", "")
    if stage not in Stage.values or stage == Stage.APPROPRIATED:
        stage = Stage.COMMITTED.value
    left = on_day.left(stage)
    suggested = {"stage": stage, "amount": left if left > 0 else None}
    return {"token": new_token(), "effective_date": on_day.day} | typed.dict() | suggested
