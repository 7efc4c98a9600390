"""The page of the allocation form, with what is left beside it."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from carsi_tracker.desk.batches import mails
from carsi_tracker.desk.drafting.allocation import AllocationForm, allocate
from carsi_tracker.desk.drafting.drafting import new_token, sent_before, without_new_reference
from carsi_tracker.desk.forms.again import shows_again
from carsi_tracker.desk.forms.refused import add_refusal
from carsi_tracker.desk.site import desk, person
from carsi_tracker.figures.remaining import remaining
from carsi_tracker.ledger.dates import parse_day
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Batch
from carsi_tracker.ledger.refusals import Refused

KEPT = ("effective_date", "appropriation", "area", "country", "agency", "document", "basis")


@shows_again
@permission_required("ledger.add_commitment", raise_exception=True)
def add_allocation(request: HttpRequest) -> HttpResponse:
    """Show the form, and make what it says once however often it is sent."""
    if request.method != "POST":
        kept = {name: request.GET[name] for name in KEPT if name in request.GET}
        return _page(request, initial={"token": new_token(), **kept})
    if "_left" in request.POST:
        return _page(request, initial=request.POST.dict())
    if answer := sent_before(request):
        return answer
    form = AllocationForm(request.POST, request.FILES, left=remaining(_day(request.POST)))
    if form.is_valid():
        try:
            batch = allocate(form, person(request), submit="_submit" in request.POST)
        except Refused as refused:
            if answer := sent_before(request):
                return answer
            add_refusal(form, without_new_reference(refused))
        else:
            return _made(request, batch)
    return _page(request, form=form)


@permission_required("ledger.add_commitment", raise_exception=True)
def what_is_left(request: HttpRequest) -> HttpResponse:
    """Show the table of what is left alone, for the day in the address."""
    day = _day(request.GET)
    context = {"left": remaining(day), "day": day, "chosen": request.GET.get("appropriation")}
    return desk().page(request, "_left.html", context)


def _page(
    request: HttpRequest,
    form: AllocationForm | None = None,
    initial: dict[str, Any] | None = None,
) -> HttpResponse:
    values = request.POST if form else (initial or {})
    day = _day(values)
    left = remaining(day)
    context = {
        "title": _("Add an allocation"),
        "form": form or AllocationForm(initial=initial, left=left),
        "left": left,
        "day": day,
        "chosen": str(values.get("appropriation", "")),
    }
    return desk().page(request, "allocation.html", context)


def _made(request: HttpRequest, batch: Batch) -> HttpResponse:
    link = format_html('<a href="{}">{}</a>', _address(batch), batch.title)
    submitted = "_submit" in request.POST
    text = _("{} was submitted.") if submitted else _("{} was saved as a draft.")
    messages.success(request, format_html(text, link))
    if submitted:
        mails.submitted(request, batch)
    if "_another" not in request.POST:
        return redirect(_address(batch))
    kept = QueryDict(mutable=True)
    kept.update({name: request.POST[name] for name in KEPT if request.POST.get(name)})
    return redirect(f"{reverse('admin:allocation_add')}?{kept.urlencode()}")


def _address(batch: Batch) -> str:
    return reverse("admin:ledger_batch_change", args=[batch.pk])


def _day(values: Any) -> date:
    try:
        return parse_day(values.get("effective_date") or "")
    except ValidationError:
        return today()
