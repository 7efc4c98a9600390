"""What is typed into a form, tried out: what it would do to the balances. Nothing of it is kept."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from carsi_tracker.desk.batches.batch_page import effect
from carsi_tracker.desk.drafting.drafting import without_new_reference
from carsi_tracker.desk.forms.fields import AmountField, DayField
from carsi_tracker.desk.site import desk, person
from carsi_tracker.figures.effects import Effects
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import (
    Appropriation,
    Basis,
    Batch,
    Commitment,
    Country,
    Document,
    Line,
    Organization,
    ProgrammingArea,
    Stage,
)
from carsi_tracker.ledger.refusals import Refused

TRY = "_try"
"""Sent along with what is typed: it is to be tried out, and shown as it stands."""
BY_SCRIPT = "strip"
COUNTS = ("amount", "effective_date")
"""What has to be given before anything is counted."""


def asks_for_strip(request: HttpRequest) -> bool:
    """Say whether a script asks for the strip of balances alone."""
    return request.POST.get(TRY) == BY_SCRIPT


def strip(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Answer with the strip of balances alone."""
    return desk().part(request, "_strip_inner.html", context)


def unreadable(form: forms.BaseForm) -> list[str]:
    """Return a sentence for each amount and day that was typed and cannot be read."""
    return [
        f"{form[name].label}: {' '.join(map(str, form.errors[name]))}"
        for name, field in form.fields.items()
        if isinstance(field, AmountField | DayField)
        and name in form.errors
        and str(form[name].data or "").strip()
    ]


def tried(
    request: HttpRequest, form: forms.BaseForm, lines: Iterable[Line], batch: Batch | None = None
) -> dict[str, Any]:
    """Return what lines would do, in a batch of their own or in one that is there.

    A line is given by its stage, amount, day and its commitment, or its appropriation for one new
    commitment of all; what else a line needs does not count, and anything stands in for it.
    """
    said = {"effects": Effects([]), "refused": [], "unreadable": unreadable(form)}
    wanted = list(lines)
    if not wanted and batch is None:
        return said
    try:
        with posting.acting(person(request)):
            batch = batch or Batch.objects.create(title="–", reason="–", token=uuid4())
            _add(batch, wanted)
            said |= effect(batch)
            transaction.set_rollback(True)
    except Refused as refused:
        said["refused"] = without_new_reference(refused).lines
    except ObjectDoesNotExist:
        said["refused"] = []
    return said


def _add(batch: Batch, lines: list[Line]) -> None:
    """Save lines of a batch with whatever they lack; raises ObjectDoesNotExist, Refused."""
    new = None
    for line in lines:
        if line.commitment_id is None and line.stage != Stage.APPROPRIATED:
            new = new or _stand_in(batch, line.appropriation)
            line.commitment = new
        line.batch, line.basis = batch, Basis.STATED
        line.document = Document.objects.filter(retired=False).earliest("pk")
        line.save()


def _stand_in(batch: Batch, appropriation: Appropriation) -> Commitment:
    return Commitment.objects.create(
        introduced_by=batch,
        appropriation=appropriation,
        reference=appropriation.next_reference(),
        title="–",
        area=ProgrammingArea.objects.filter(retired=False).earliest("pk"),
        country=Country.objects.filter(retired=False).earliest("pk"),
        agency=Organization.objects.filter(retired=False, is_agency=True).earliest("pk"),
    )
