"""The page of the allocation form, with what is left beside it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from carsi_tracker.desk.batches import mails
from carsi_tracker.desk.drafting.allocation import AllocationForm
from carsi_tracker.desk.drafting.drafting import day_typed, drafted, new_token
from carsi_tracker.desk.forms.again import shows_again
from carsi_tracker.desk.site import desk
from carsi_tracker.figures.remaining import remaining
from carsi_tracker.ledger.models import Batch

KEPT = ("effective_date", "appropriation", "area", "country", "agency", "document", "basis")


@shows_again
@permission_required("ledger.add_commitment", raise_exception=True)
def add_allocation(request: HttpRequest) -> HttpResponse:
    """Show the form, and make what it says once however often it is sent."""
    typed = request.POST if request.method == "POST" else request.GET
    context = _what_is_left(typed)
    if request.method != "POST":
        kept = {name: typed[name] for name in KEPT if name in typed}
        form = AllocationForm(initial={"token": new_token(), **kept}, left=context["left"])
    elif "_left" in typed:
        form = AllocationForm(initial=typed.dict(), left=context["left"])
    else:
        form = AllocationForm(typed, request.FILES, left=context["left"])
        if answer := drafted(request, form, _made):
            return answer
    context |= {"title": _("Add an allocation"), "form": form}
    return desk().page(request, "allocation.html", context)


@permission_required("ledger.add_commitment", raise_exception=True)
def what_is_left(request: HttpRequest) -> HttpResponse:
    """Show the table of what is left alone, for the day in the address."""
    return desk().page(request, "_left.html", _what_is_left(request.GET))


def _what_is_left(typed: QueryDict) -> dict[str, Any]:
    """Return what is left on the day that was typed, and which appropriation was chosen."""
    day = day_typed(typed)
    return {"left": remaining(day), "day": day, "chosen": typed.get("appropriation", "")}


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
