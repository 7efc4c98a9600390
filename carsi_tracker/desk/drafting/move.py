"""Move a posted commitment, or an amount of it, to a successor elsewhere: one draft batch."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.drafting.acts import offers_of
from carsi_tracker.desk.drafting.drafting import (
    OF_AMOUNT,
    DraftingForm,
    drafted,
    new_token,
    without_new_reference,
)
from carsi_tracker.desk.drafting.trying import TRY
from carsi_tracker.desk.forms.again import shows_again
from carsi_tracker.desk.forms.fields import AmountField, LineOfText, formfield
from carsi_tracker.desk.forms.refused import add_refusal
from carsi_tracker.desk.lines.new_commitments import suggested_title
from carsi_tracker.desk.posted.money import STAGES, is_zero, page_of
from carsi_tracker.desk.reference.documents import CitesADocument
from carsi_tracker.desk.site import desk, person
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Commitment, Country, Line
from carsi_tracker.ledger.refusals import Refused

WHOLE, PART = "whole", "part"
PLACE = ("appropriation", "area", "country", "goal")
DESCRIBED = ("title", "title_es", "bound", "bound_note", "bound_note_es")
OF_ENTRY = OF_AMOUNT[1:]
OF_A_PART = tuple(name for name in OF_ENTRY if name != "basis")
HINTS = {
    "committed": gettext_lazy("subtracted here and entered there"),
    "obligated": gettext_lazy("how much of it is obligated; optional"),
    "disbursed": gettext_lazy("how much of it is disbursed; optional"),
    "batch_title": pgettext_lazy("a title", "made for you when left empty"),
    "reason": gettext_lazy("published; says from where to where when left empty"),
}


class MoveForm(CitesADocument, DraftingForm):
    """Where a commitment goes, and whether all of it goes or an amount."""

    how = forms.ChoiceField(
        label=gettext_lazy("Amounts to reclassify"),
        widget=forms.RadioSelect,
        choices=[
            (WHOLE, gettext_lazy("The whole commitment, each entry at its own date")),
            (PART, gettext_lazy("An amount, at the date below")),
        ],
    )
    committed = AmountField(label=gettext_lazy("Amount, committed"), required=False)
    obligated = AmountField(label=gettext_lazy("Of this, obligated"), required=False)
    disbursed = AmountField(label=gettext_lazy("Of this, disbursed"), required=False)
    batch_title = LineOfText(
        label=gettext_lazy("Title of the batch"), max_length=200, required=False
    )
    reason = LineOfText(label=gettext_lazy("Reason"), max_length=1000, required=False)

    def __init__(self, *args: Any, commitment: Commitment, **kwargs: Any) -> None:
        self.commitment = commitment
        super().__init__(*args, **kwargs)
        self.fields |= forms.fields_for_model(
            Commitment, (*PLACE, *DESCRIBED, "reference"), formfield_callback=formfield
        ) | forms.fields_for_model(Line, OF_ENTRY, formfield_callback=formfield)
        for name in ("reference", *OF_ENTRY):
            self.fields[name].required = False
        for name in (*PLACE, *DESCRIBED):
            self.fields[name].initial = getattr(commitment, name)
        self.fields["how"].initial = WHOLE
        self.offer_new_document()
        self.explain(HINTS)

    def clean(self) -> dict[str, Any]:
        """Refuse a move to where the commitment is, and what is typed for an amount alone."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("how") == PART:
            self._clean_part(cleaned)
        elif cleaned.get("how") == WHOLE:
            self._clean_whole(cleaned)
        old, place = self.commitment, [cleaned.get(name) for name in PLACE]
        if place == [getattr(old, name) for name in PLACE]:
            self.add_error(
                None, _("It is there already: choose another appropriation, area, country or goal.")
            )
        elif cleaned.get("area") and cleaned.get("country"):
            self._suggest_titles(cleaned)
        return cleaned

    def _clean_whole(self, cleaned: dict[str, Any]) -> None:
        if is_zero(self.commitment):
            self.add_error(None, _("Nothing to reclassify: the balance is zero on every date."))
        for name in OF_A_PART:
            if cleaned.get(name) or (name == "document" and self.new_document.is_used):
                message = _("Used for an amount only. Type the amount, or leave this empty.")
                self.add_error(name, message)

    def _suggest_titles(self, cleaned: dict[str, Any]) -> None:
        """Make titles anew that were made of the place and are as they were."""
        old, typed = self.commitment, cast("QueryDict", self.data)
        before = {"area": old.area, "partner": old.partner, "country": old.country}
        for field, name in (("title", "name_en"), ("title_es", "name_es")):
            made = cleaned.get(field) == getattr(old, field) == suggested_title(before, name)
            if made and cleaned[field]:
                after = before | {place: cleaned[place] for place in ("area", "country")}
                typed[field] = cleaned[field] = suggested_title(after, name)

    def _clean_part(self, cleaned: dict[str, Any]) -> None:
        if self.new_document.is_used:
            self.require_one_document()
        chosen = () if self.new_document.is_used else ("document",)
        for name in ("committed", "effective_date", *chosen, "basis"):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Needed for an amount that is reclassified."))
        for stage in STAGES:
            if (cleaned.get(stage.value) or 0) < 0:
                self.add_error(stage.value, _("Enter an amount above zero."))

    def make(self) -> Batch:
        """Make the batch and the successor; raises Refused where it could not be posted now."""
        values, old = self.cleaned_data, self.commitment
        batch = Batch.objects.create(
            token=values["token"],
            title=values["batch_title"] or _suggested_title(old, values),
            reason=values["reason"] or _suggested_reason(old, values),
        )
        successor = Commitment.objects.create(
            introduced_by=batch,
            replaces=old,
            agency=old.agency,
            partner=old.partner,
            **{name: values[name] for name in (*PLACE, *DESCRIBED)},
            reference=values["reference"] or values["appropriation"].next_reference(),
        )
        if values["how"] == PART:
            values["document"] = self.document()
        amounts = _whole(old) if values["how"] == WHOLE else _part(values)
        Line.objects.bulk_create(_both_ways(batch, old, successor, amounts))
        posting.rehearse(batch.pk)
        return batch


def _whole(old: Commitment) -> Iterator[tuple[str, Decimal, dict[str, Any]]]:
    for entry in old.entries.select_related("document").order_by("posting", "line"):
        yield entry.stage, entry.amount, {name: getattr(entry, name) for name in OF_ENTRY}


def _part(values: dict[str, Any]) -> Iterator[tuple[str, Decimal, dict[str, Any]]]:
    for stage in STAGES:
        if values[stage.value]:
            yield stage.value, values[stage.value], {name: values[name] for name in OF_ENTRY}


def _both_ways(
    batch: Batch,
    old: Commitment,
    successor: Commitment,
    amounts: Iterable[tuple[str, Decimal, dict[str, Any]]],
) -> Iterator[Line]:
    """Take each amount from the old commitment and enter it under its successor."""
    for stage, amount, described in amounts:
        for commitment, signed in ((old, -amount), (successor, amount)):
            yield Line(
                batch=batch,
                appropriation=commitment.appropriation,
                commitment=commitment,
                stage=stage,
                amount=signed,
                **described,
            )


def _suggested_title(old: Commitment, values: dict[str, Any]) -> str:
    _before, after = _differences(old, values)
    title = _("Reclassification of %(reference)s to %(place)s") % {
        "reference": old.reference,
        "place": after,
    }
    return Truncator(title).chars(200)


def _suggested_reason(old: Commitment, values: dict[str, Any]) -> str:
    before, after = _differences(old, values)
    reason = _("From %(before)s to %(after)s.") % {"before": before, "after": after}
    return Truncator(reason).chars(1000)


def _differences(old: Commitment, values: dict[str, Any]) -> tuple[str, str]:
    """Return in words what of the place differs, before and after."""
    pairs = [(getattr(old, name), values[name]) for name in PLACE]
    differing = [pair for pair in pairs if pair[0] != pair[1]]
    before, after = zip(*differing, strict=True)
    return _in_words(before), _in_words(after)


def _in_words(parts: Iterable[Any]) -> str:
    return ", ".join(str(part) if part else _("goal not specified") for part in parts)


@dataclass(frozen=True)
class MovePreview:
    """What a move would draft: its batch, its successor, and what is entered there."""

    batch: Batch
    successor: Commitment
    lines: list[Line]

    @property
    def country_left(self) -> Country | None:
        """The country that it leaves, where a title still names that."""
        old = self.successor.replaces
        if old is None or old.country == self.successor.country:
            return None
        named = self.successor.title, self.successor.title_es
        left = zip((old.country.name_en, old.country.name_es), named, strict=True)
        return old.country if any(name in title for name, title in left) else None


def preview(user: User, form: MoveForm) -> MovePreview | None:
    """Return what a form would draft, and make nothing; None where it is refused, which it says."""
    if not form.is_valid():
        return None
    try:
        with posting.acting(user):
            batch = form.make()
            successor = batch.introduces.select_related("replaces__country").get()
            entered = batch.lines.filter(commitment=successor).select_related("document")
            found = MovePreview(batch, successor, list(entered))
            transaction.set_rollback(True)
    except Refused as refused:
        add_refusal(form, without_new_reference(refused))
        return None
    return found


@shows_again
@permission_required("ledger.add_commitment", raise_exception=True)
def move_commitment(request: HttpRequest, commitment_id: int) -> HttpResponse:
    """Ask where a commitment goes, and draft the move once however often it is asked for."""
    page = page_of(commitment_id)
    commitment: Commitment = page["commitment"]
    sent = _an_amount_chooses_a_part(request.POST) if request.method == "POST" else None
    files = request.FILES if sent else None
    form = MoveForm(sent, files, commitment=commitment, initial={"token": new_token()})
    shown = None
    if TRY in request.POST:
        shown = preview(person(request), form)
    elif answer := drafted(request, form):
        return answer
    context: dict[str, Any] = {
        "title": _("Reclassify %s") % commitment.reference,
        "form": form,
        "place": [form[name] for name in PLACE],
        "amounts": [form[stage.value] for stage in STAGES],
        "preview": shown,
        "offers": offers_of(person(request), page["money"]),
    }
    return desk().page(request, "move.html", page | context)


def _an_amount_chooses_a_part(typed: QueryDict) -> QueryDict:
    """Return what was typed, with the part chosen where an amount stands beside the whole."""
    found = typed.copy()
    if found.get("how") == WHOLE and any(found.get(stage.value, "").strip() for stage in STAGES):
        found["how"] = PART
    return found
