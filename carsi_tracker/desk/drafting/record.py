"""Record an obligation, a payment or a reduction of a posted commitment: one form, one line."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.batches.decisions import BATCH
from carsi_tracker.desk.drafting.acts import ACTS, REDUCTION, Act, offers_of
from carsi_tracker.desk.drafting.drafting import (
    OF_AMOUNT,
    AddingForm,
    day_typed,
    drafted,
    into,
    new_token,
    to_the_batch,
    unreadable_day,
)
from carsi_tracker.desk.drafting.trying import TRY
from carsi_tracker.desk.forms.again import shows_again
from carsi_tracker.desk.forms.fields import LineOfText, formfield
from carsi_tracker.desk.posted.money import NAMES, page_of, posted_commitment
from carsi_tracker.desk.site import desk, person
from carsi_tracker.figures.remaining import Balance, courses
from carsi_tracker.imports.cells import read_amount
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Batch, Commitment, Line

TABLE_ALONE = "table"
HINTS = {"batch_title": pgettext_lazy("a title", "made for you when left empty")}


class RecordForm(AddingForm):
    """An amount of a posted commitment at one stage, in a new batch or in a draft."""

    batch_title = LineOfText(
        label=gettext_lazy("Title of the batch"), max_length=200, required=False
    )
    reason = LineOfText(label=gettext_lazy("Reason"), max_length=1000, required=False)
    order = (
        "stage", "amount", "effective_date", "document", "locator", "basis", "note", "quote",
        "batch", "batch_title", "reason",
    )  # fmt: skip
    kept = ("effective_date", "basis", "locator")
    texts: Mapping[str, str] = {"batch_title": "title", "reason": "reason"}

    def __init__(
        self, *args: Any, commitment: Commitment, act: Act, user: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.commitment, self.act = commitment, act
        self.fields["stage"] = forms.ChoiceField(
            label=_("Stage"), choices=[(stage.value, stage.label) for stage in act.takes]
        )
        if len(act.takes) == 1:
            self.fields["stage"].widget = forms.HiddenInput()
            self.fields["stage"].initial = next(iter(act.takes)).value
        self.fields |= forms.fields_for_model(Line, OF_AMOUNT, formfield_callback=formfield)
        self.offer_drafts(user)
        self.offer_new_document()
        self.explain(HINTS)

    def as_typed(self) -> None:
        """Leave out what is wrong with what was typed: it is only looked at."""
        forms_of_page: list[Any] = [self, self.new_document]
        for form in forms_of_page:
            form._errors = ErrorDict()

    def clean_amount(self) -> Any:
        """Refuse an amount with a minus: each act has its own sign."""
        amount = self.cleaned_data["amount"]
        if amount is not None and amount < 0:
            if self.act is REDUCTION:
                message = _("Enter a reduction without a minus sign.")
            else:
                message = _("Enter an amount above zero. To lower an earlier one, choose “Reduce”.")
            raise ValidationError(message, "negative")
        return amount

    def make(self) -> Batch:
        """Make the line, and its batch where that is new."""
        values, commitment = self.cleaned_data, self.commitment
        self.source = values["document"] = self.document()
        reason = values["reason"] or self.source.shown_title
        batch = self.batch_for(values["batch_title"], reason)
        line = Line(
            batch=batch,
            appropriation=commitment.appropriation,
            commitment=commitment,
            stage=values["stage"],
            **{name: values[name] for name in OF_AMOUNT},
        )
        line.amount *= self.act.sign
        self.add(batch, [line])
        return batch


@dataclass(frozen=True)
class Left:
    """The balance that an act takes from, on the day typed and on the tightest day after it.

    `this` is the amount typed, None where none can be read; all in U.S. dollars. `unread_day` says
    that the day that was typed cannot be read.
    """

    name: str
    act: Act
    on_day: Balance
    lowest: Balance
    this: Decimal | None
    unread_day: str = ""

    @property
    def columns(self) -> list[Balance]:
        """The days that are shown: one where the day typed is the tightest."""
        return [self.on_day] if self.on_day.day == self.lowest.day else [self.on_day, self.lowest]

    @property
    def taken(self) -> Decimal:
        """The amount typed, as it changes the balance."""
        return -(self.this or Decimal(0))

    @property
    def rests(self) -> list[Decimal]:
        """What is left on each of them after this amount."""
        return [column.together + self.taken for column in self.columns]

    @property
    def most(self) -> Decimal:
        """The most that can be taken on the day typed."""
        return max(self.lowest.together, Decimal(0))

    @property
    def is_too_much(self) -> bool:
        """Whether the amount is more than that."""
        return self.this is not None and self.this > self.most


def left_of(commitment: Commitment, act: Act, typed: QueryDict) -> Left:
    """Return what is left for an act, for the day, stage and amount that were typed."""
    stage = next((stage for stage in act.takes if stage == typed.get("stage")), None)
    balance = act.takes[stage or next(iter(act.takes))]
    found = courses(commitment, min(day_typed(typed), today()))[balance]
    try:
        this = read_amount(typed.get("amount", "").strip())
    except ValidationError:
        this = None
    name, unread = str(NAMES[balance]), unreadable_day(typed)
    return Left(name, act, found.on_day, found.lowest, this, unread)


def pane(request: HttpRequest, page: dict[str, Any], act: Act | None = None) -> dict[str, Any]:
    """Return what the page of a commitment shows beside its money: the form of an act, if any.

    Without an act it is the first that may be done.
    """
    offered = offers_of(person(request), page["money"])
    names = [offer.name for offer in offered if offer.name in ACTS]
    act = act or next((ACTS[name] for name in names), None)
    if act is None:
        return page | {"offers": offered}
    commitment = page["commitment"]
    typed = QueryDict() if request.method == "POST" else request.GET
    left = left_of(commitment, act, typed)
    initial: dict[str, Any] = {"token": new_token()}
    if act is REDUCTION:
        left = replace(left, this=left.this or left.most or None)
        initial |= {"amount": left.this, "effective_date": left.on_day.day}
    form = RecordForm(
        initial=initial | typed.dict(), commitment=commitment, act=act, user=person(request)
    )
    return page | _of_form(form, left) | {"offers": offered}


@shows_again
@permission_required("ledger.add_line", raise_exception=True)
def record(request: HttpRequest, commitment_id: int, act: str) -> HttpResponse:
    """Ask for an amount, and draft it once however often it is sent."""
    asked = ACTS[act]
    if request.POST.get(TRY) == TABLE_ALONE:
        left = left_of(posted_commitment(commitment_id), asked, request.POST)
        return desk().part(request, "_record_left.html", {"left": left})
    page = page_of(commitment_id)
    commitment: Commitment = page["commitment"]
    if request.method != "POST":
        context = pane(request, page, asked)
    else:
        left = left_of(commitment, asked, request.POST)
        form = RecordForm(
            request.POST, request.FILES, commitment=commitment, act=asked, user=person(request)
        )
        if TRY in request.POST:
            form.as_typed()
        elif answer := drafted(request, form, partial(_made, form=form)):
            return answer
        context = (
            page | _of_form(form, left) | {"offers": offers_of(person(request), page["money"])}
        )
    context["title"] = f"{asked.label}, {commitment.reference}"
    return desk().page(request, "record.html", context)


def _of_form(form: RecordForm, left: Left) -> dict[str, Any]:
    address = reverse(form.act.address, args=[form.commitment.pk])
    return {"form": form, "act": form.act, "left": left, "form_address": address, **into(form)}


def _made(request: HttpRequest, batch: Batch, form: RecordForm) -> HttpResponse:
    if "_another" not in request.POST:
        return to_the_batch(request, batch)
    link = format_html('<a href="{}">{}</a>', reverse(BATCH, args=[batch.pk]), batch.title)
    messages.success(request, format_html(_("The amount was added to the draft {}."), link))
    address = reverse(form.act.address, args=[form.commitment.pk], query=form.for_another(batch))
    return redirect(address)
