"""Add an allocation: one form that makes commitment and line, in a new batch or in a draft."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.batches import mails
from carsi_tracker.desk.drafting.alike import last_allocation, like
from carsi_tracker.desk.drafting.drafting import (
    OF_AMOUNT,
    AddingForm,
    day_typed,
    drafted,
    into,
    new_token,
)
from carsi_tracker.desk.drafting.trying import COUNTS, TRY, asks_for_strip, strip, tried
from carsi_tracker.desk.forms.again import shows_again
from carsi_tracker.desk.forms.fields import AmountField, LineOfText, formfield
from carsi_tracker.desk.lines.new_commitments import suggest_titles
from carsi_tracker.desk.site import desk, person
from carsi_tracker.figures.remaining import Remaining, remaining
from carsi_tracker.ledger.models import Batch, Commitment, Line, Stage
from carsi_tracker.ledger.money import dollars, whole_dollars

OF_COMMITMENT = (
    "appropriation",
    "area",
    "country",
    "goal",
    "agency",
    "partner",
    "title",
    "title_es",
    "bound",
    "bound_note",
    "bound_note_es",
    "reference",
)
HINTS = {
    "obligated": gettext_lazy("optional; by the same source, on the same day"),
    "obligated_locator": gettext_lazy("the same page when left empty"),
    "goal": gettext_lazy("if the source says"),
    "partner": gettext_lazy("optional"),
    "title": gettext_lazy("made of area, partner and country when left empty"),
}


class AllocationForm(AddingForm):
    """A new commitment with its first committed amount."""

    obligated = AmountField(label=gettext_lazy("Also obligated"), required=False)
    obligated_locator = LineOfText(
        label=gettext_lazy("Page of the obligation"), max_length=200, required=False
    )
    reason = LineOfText(label=gettext_lazy("Reason"), max_length=1000, required=False)
    order = (
        "batch", "amount", "effective_date", "obligated", "obligated_locator", "appropriation",
        "area", "country", "goal", "agency", "partner", "title", "title_es", "bound", "bound_note",
        "bound_note_es", "document", "locator", "basis", "quote", "note", "reason", "reference",
    )  # fmt: skip
    kept = ("effective_date", "appropriation", "area", "country", "agency", "basis", "reason")

    def __init__(self, *args: Any, user: User, left: list[Remaining], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= forms.fields_for_model(
            Commitment, OF_COMMITMENT, formfield_callback=formfield
        ) | forms.fields_for_model(Line, OF_AMOUNT, formfield_callback=formfield)
        for name in ("reference", "title"):
            self.fields[name].required = False
        fields: Any = self.fields
        self.offer_drafts(user)
        self.offer_new_document()
        fields["goal"].empty_label = _("not specified")
        fields["partner"].empty_label = _("none")
        labels = _labels(left)
        fields["appropriation"].label_from_instance = lambda row: labels.get(row.pk) or str(row)
        self.explain(HINTS)

    def clean_amount(self) -> Any:
        """Refuse to start a commitment with an amount that takes back."""
        amount = self.cleaned_data["amount"]
        if amount is not None and amount < 0:
            raise ValidationError(_("Enter an allocation above zero."), "negative")
        return amount

    def clean_obligated(self) -> Any:
        """Refuse to obligate less than nothing, or more than is committed."""
        obligated, committed = (self.cleaned_data.get(name) for name in ("obligated", "amount"))
        if obligated is not None and obligated < 0:
            raise ValidationError(_("Enter an amount above zero."), "negative")
        if obligated and committed and obligated > committed:
            message = _("That is more than is committed, %s. Lower it, or raise the commitment.")
            raise ValidationError(message % dollars(committed), "more_than_committed")
        return obligated

    def clean(self) -> dict[str, Any]:
        """Suggest the titles, in both languages, where none was typed."""
        cleaned = super().clean() or self.cleaned_data
        suggest_titles(cleaned, cleaned)
        return cleaned

    def make(self) -> Batch:
        """Make the batch, the commitment and its line."""
        values = self.cleaned_data | {"document": self.document()}
        self.source = values["document"]
        batch = self.batch_for("", values["reason"] or self.source.shown_title)
        described = {name: values[name] for name in OF_COMMITMENT}
        described["reference"] = values["reference"] or values["appropriation"].next_reference()
        commitment = Commitment.objects.create(introduced_by=batch, **described)
        committed = Line(
            batch=batch,
            appropriation=commitment.appropriation,
            commitment=commitment,
            stage=Stage.COMMITTED,
            **{name: values[name] for name in OF_AMOUNT},
        )
        self.add(batch, [committed, *self._obligated(committed)])
        return batch

    def _obligated(self, committed: Line) -> Iterator[Line]:
        if amount := self.cleaned_data["obligated"]:
            same = ("batch", "appropriation", "commitment", "effective_date", "document", "basis")
            yield Line(
                stage=Stage.OBLIGATED,
                amount=amount,
                locator=self.cleaned_data["obligated_locator"] or committed.locator,
                **{name: getattr(committed, name) for name in same},
            )


def _labels(left: list[Remaining]) -> dict[int, str]:
    """Return how each appropriation is offered, by its id: with what is left and pending of it."""
    return {row.appropriation.pk: _label(row) for row in left}


def _label(row: Remaining) -> str:
    if row.on_day is None:
        text = _("%(appropriation)s, not yet law")
    elif row.pending:
        text = _("%(appropriation)s, %(amount)s left, %(pending)s pending")
    else:
        text = _("%(appropriation)s, %(amount)s left")
    return text % {
        "appropriation": row.appropriation,
        "amount": whole_dollars(row.lowest),
        "pending": whole_dollars(row.pending),
    }


@shows_again
@permission_required("ledger.add_commitment", raise_exception=True)
def add_allocation(request: HttpRequest) -> HttpResponse:
    """Show the form, and make what it says once however often it is sent."""
    sent = request.method == "POST"
    typed = request.POST if sent else request.GET
    context = _what_is_left(typed)
    common = {"user": person(request), "left": context["left"]}
    if sent:
        context |= _tried(request, AllocationForm(typed, **common))
    if asks_for_strip(request):
        return strip(request, context)
    if not sent:
        kept = like(typed.get("like", ""))
        of_letter = (*AllocationForm.kept, "batch", "document")
        kept |= {name: typed[name] for name in of_letter if name in typed}
        context["last"] = None if typed else last_allocation(person(request))
        form = AllocationForm(initial={"token": new_token(), **kept}, **common)
        context |= tried(request, form, [], form.draft_chosen())
    elif TRY in typed:
        form = AllocationForm(initial=typed.dict(), **common)
    else:
        form = AllocationForm(typed, request.FILES, **common)
        if answer := drafted(request, form, partial(_made, form=form)):
            return answer
    context |= {"title": _("Add an allocation"), "form": form, **into(form)}
    return desk().page(request, "allocation.html", context)


def _tried(request: HttpRequest, form: AllocationForm) -> dict[str, Any]:
    """Return what the strip of balances says of what is typed."""
    form.full_clean()
    typed = form.cleaned_data
    counts = {name: typed.get(name) for name in ("appropriation", *COUNTS)}
    lines = [Line(stage=Stage.COMMITTED, **counts)] if all(counts.values()) else []
    if lines and typed.get("obligated"):
        lines.append(Line(stage=Stage.OBLIGATED, **counts | {"amount": typed["obligated"]}))
    return tried(request, form, lines, typed.get("batch"))


def _what_is_left(typed: QueryDict) -> dict[str, Any]:
    """Return what is left on the day that was typed, and which appropriation was chosen."""
    day = day_typed(typed)
    left = remaining(day)
    return {
        "left": left,
        "choices": _labels(left).items(),
        "day": day,
        "chosen": typed.get("appropriation", ""),
    }


def _made(request: HttpRequest, batch: Batch, form: AllocationForm) -> HttpResponse:
    link = format_html('<a href="{}">{}</a>', _address(batch), batch.title)
    submitted = "_submit" in request.POST
    text = _("{} was submitted.") if submitted else _("{} was saved as a draft.")
    messages.success(request, format_html(text, link))
    if submitted:
        mails.submitted(request, batch)
    if "_another" not in request.POST:
        return redirect(_address(batch))
    return redirect(reverse("admin:allocation_add", query=form.for_another(batch)))


def _address(batch: Batch) -> str:
    return reverse("admin:ledger_batch_change", args=[batch.pk])
