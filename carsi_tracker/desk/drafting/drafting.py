"""What the forms that draft a batch share: each makes its batch once, however often it is sent."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.batches import mails
from carsi_tracker.desk.batches.decisions import BATCH
from carsi_tracker.desk.forms.again import ShownAgain
from carsi_tracker.desk.forms.refused import add_refusal
from carsi_tracker.desk.lines.form import OF_LINE
from carsi_tracker.desk.site import person
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.dates import parse_day
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Basis, Batch, Commitment
from carsi_tracker.ledger.refusals import Refused

OF_AMOUNT = OF_LINE[1:]
"""What a line says, beside what it is entered against and at which stage."""
HINTS = {
    "locator": gettext_lazy("such as page 12, table 3"),
    "note": gettext_lazy("optional, published"),
    "quote": gettext_lazy("optional, published"),
    "title_es": gettext_lazy("optional"),
    "bound_note": gettext_lazy("with a limit; published"),
    "bound_note_es": gettext_lazy("optional, published"),
    "reference": gettext_lazy("made for you when left empty"),
    "reason": gettext_lazy("published; the document’s title when left empty"),
}


class DraftingForm(ShownAgain, forms.Form):
    """A form whose token its batch keeps."""

    token = forms.UUIDField(widget=forms.HiddenInput)

    def draft(self, user: User, *, submit: bool) -> Batch:
        """Make the batch that a valid form says, in one transaction; raises Refused."""
        with posting.acting(user):
            batch = self.make()
            if submit:
                posting.submit(batch.pk, user)
        return batch

    def make(self) -> Batch:
        """Make the batch with what belongs to it, in the caller's transaction."""
        raise NotImplementedError

    def explain(self, hints: Mapping[str, Promise]) -> None:
        """Say at each field what goes there: `hints`, or else what is common to all forms."""
        self.fields["basis"].initial = Basis.STATED
        texts: dict[str, Any] = {**HINTS, **hints}
        for name, hint in texts.items():
            if name in self.fields:
                self.fields[name].help_text = hint

    def clean_reference(self) -> str:
        """Refuse a typed reference that is in use."""
        reference = str(self.cleaned_data["reference"])
        if Commitment.objects.filter(reference=reference).exists():
            raise ValidationError(_("There is a commitment %s already.") % reference, "taken")
        return reference


def new_token() -> UUID:
    """Return the token of a form that is shown for the first time."""
    return uuid4()


def day_typed(typed: QueryDict) -> date:
    """Return the effective date that was typed, or today where it is none."""
    try:
        return parse_day(typed.get("effective_date", ""))
    except ValidationError:
        return today()


def made_by(token: str) -> Batch | None:
    """Return the batch that the form with this token made, if it was sent before."""
    try:
        return Batch.objects.filter(token=UUID(token)).first()
    except ValueError:
        return None


def sent_before(request: HttpRequest) -> HttpResponse | None:
    """Answer with the batch that a form made, where it was sent before."""
    batch = made_by(request.POST.get("token", ""))
    if batch is None:
        return None
    messages.info(request, _("This form was sent before: this is what it made."))
    return redirect(BATCH, batch.pk)


def to_the_batch(request: HttpRequest, batch: Batch) -> HttpResponse:
    """Go to the batch that a form made; approvers get a mail where it was submitted."""
    if "_submit" in request.POST:
        messages.success(request, _("The batch was submitted."))
        mails.submitted(request, batch)
    else:
        messages.success(request, _("The batch was drafted."))
    return redirect(BATCH, batch.pk)


def drafted(
    request: HttpRequest,
    form: DraftingForm,
    made: Callable[[HttpRequest, Batch], HttpResponse] = to_the_batch,
) -> HttpResponse | None:
    """Draft what a form says and answer by `made`; None where the form is to be shown again."""
    if answer := sent_before(request):
        return answer
    if not form.is_valid():
        return None
    try:
        batch = form.draft(person(request), submit="_submit" in request.POST)
    except Refused as refused:
        add_refusal(form, without_new_reference(refused))
        return sent_before(request)
    return made(request, batch)


def without_new_reference(refused: Refused) -> Refused:
    """Leave out the reference of a commitment that the refusal itself keeps from existing."""
    broken = [balance | {"new_references": []} for balance in refused.detail.get("broken", [])]
    return Refused(refused.rule, refused.detail | {"broken": broken}) if broken else refused
