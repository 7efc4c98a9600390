"""Take back what will not be used of a posted commitment: one draft with a negative line."""

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.drafting.drafting import DraftingForm, made, new_token, sent_before
from carsi_tracker.desk.drafting.move_page import posted_commitment
from carsi_tracker.desk.forms.again import shows_again
from carsi_tracker.desk.forms.fields import LineOfText, formfield
from carsi_tracker.desk.forms.refused import add_refusal
from carsi_tracker.desk.posted.standing import Standing, standing
from carsi_tracker.desk.site import desk, person
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.dates import parse_day
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Batch, Commitment, Line, Stage
from carsi_tracker.ledger.refusals import Refused

OF_LINE = ("amount", "effective_date", "document", "locator", "basis", "note", "quote")
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= forms.fields_for_model(Line, OF_LINE, formfield_callback=formfield)
        self.explain(HINTS)

    def clean_amount(self) -> Any:
        """Refuse an amount with a minus, which would give instead of take."""
        amount = self.cleaned_data["amount"]
        if amount is not None and amount < 0:
            raise ValidationError(_("Write what is taken back without a minus."), "negative")
        return amount


def take_back(form: TakeBackForm, commitment: Commitment, user: User, *, submit: bool) -> Batch:
    """Make the batch that a valid form says; raises Refused where it could not be posted now."""
    values = form.cleaned_data
    title = _("Taken back from %(commitment)s") % {"commitment": commitment}
    with posting.acting(user):
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
            **{name: values[name] for name in OF_LINE} | {"amount": -values["amount"]},
        )
        posting.rehearse(batch.pk)
        if submit:
            posting.submit(batch.pk, user)
    return batch


@shows_again
@permission_required("ledger.add_batch", raise_exception=True)
def take_back_page(request: HttpRequest, commitment_id: int) -> HttpResponse:
    """Ask what is taken back, and draft it once however often it is asked for."""
    commitment = posted_commitment(commitment_id)
    if request.method != "POST":
        return _page(request, commitment, _suggested(request.GET, commitment))
    if "_left" in request.POST:
        return _page(request, commitment, _suggested(request.POST, commitment))
    if answer := sent_before(request):
        return answer
    form = TakeBackForm(request.POST)
    if form.is_valid():
        try:
            batch = take_back(form, commitment, person(request), submit="_submit" in request.POST)
        except Refused as refused:
            if answer := sent_before(request):
                return answer
            add_refusal(form, refused)
        else:
            return made(request, batch)
    return _page(request, commitment, form)


def _suggested(values: Any, commitment: Commitment) -> TakeBackForm:
    """Return the form with what is left at the chosen stage on the chosen day."""
    on_day = _standing(commitment, values)
    typed = {name: values[name] for name in TakeBackForm().fields if name in values}
    if typed.get("stage") not in Stage.values or typed["stage"] == Stage.APPROPRIATED:
        typed["stage"] = Stage.COMMITTED.value
    left = on_day.left(typed["stage"])
    initial = {"token": new_token(), "effective_date": on_day.day} | typed
    return TakeBackForm(initial=initial | {"amount": left if left > 0 else None})


def _page(request: HttpRequest, commitment: Commitment, form: TakeBackForm) -> HttpResponse:
    context: dict[str, Any] = {
        "title": _("Take back from %s") % commitment.reference,
        "commitment": commitment,
        "form": form,
        "standing": _standing(commitment, request.POST or request.GET),
    }
    return desk().page(request, "take_back.html", context)


def _standing(commitment: Commitment, values: Any) -> Standing:
    return standing(commitment, min(_day(values), today()))


def _day(values: Any) -> date:
    try:
        return parse_day(values.get("effective_date") or "")
    except ValidationError:
        return today()
