"""Adding, editing and deleting the lines of a draft."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from carsi_tracker.desk.batches.decisions import BATCH, refusal
from carsi_tracker.desk.forms.again import shows_again
from carsi_tracker.desk.forms.refused import add_refusal
from carsi_tracker.desk.forms.stale import Stale, fingerprint
from carsi_tracker.desk.lines.editing import draft_of
from carsi_tracker.desk.lines.form import LineForm
from carsi_tracker.desk.site import desk
from carsi_tracker.ledger.models import Batch, Line
from carsi_tracker.ledger.refusals import Refused


@shows_again
@permission_required("ledger.add_line", raise_exception=True)
def add_line(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Add an amount to a draft; the same form sent again makes nothing more."""
    batch = get_object_or_404(Batch, pk=batch_id)
    form = LineForm(request.POST or None, request.FILES or None, batch=batch)
    if request.method == "POST" and form.is_valid():
        try:
            with draft_of(request, batch_id) as locked:
                sent_before = request.POST.get("revision") != str(locked.revision)
                if sent_before and form.same_line():
                    messages.info(request, _("This amount was added already."))
                    return redirect(BATCH, batch_id)
                form.instance.batch = locked
                form.save()
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("The amount was added."))
            return redirect(BATCH, batch_id)
    return _page(request, batch, form, title=_("Add an amount"))


@shows_again
@permission_required("ledger.change_line", raise_exception=True)
def edit_line(request: HttpRequest, batch_id: int, line_id: int) -> HttpResponse:
    """Edit a line of a draft, unless somebody did meanwhile."""
    batch = get_object_or_404(Batch, pk=batch_id)
    line = batch.lines.filter(pk=line_id).first()
    if line is None:
        return _gone(request, batch)
    form = LineForm(instance=line, batch=batch)
    stale = None
    if request.method == "POST":
        try:
            with draft_of(request, batch_id) as locked:
                line = locked.lines.select_for_update(no_key=True).filter(pk=line_id).first()
                if line is None:
                    return _gone(request, batch)
                form = LineForm(request.POST, request.FILES, instance=line, batch=locked)
                if form.is_valid():
                    form.save()
                    messages.success(request, _("Saved."))
                    return redirect(BATCH, batch_id)
                stale, form = form.stale, form.again() if form.stale else form
        except Refused as refused:
            if not form.is_bound:
                return refusal(request, batch_id, refused)
            add_refusal(form, refused)
    return _page(request, batch, form, title=_("Edit an amount"), line=line, stale=stale)


@require_POST
@permission_required("ledger.delete_line", raise_exception=True)
def delete_line(request: HttpRequest, batch_id: int, line_id: int) -> HttpResponse:
    """Delete a line of a draft, unless somebody changed it meanwhile."""
    try:
        with draft_of(request, batch_id) as batch:
            line = batch.lines.select_for_update(no_key=True).filter(pk=line_id).first()
            if line is None:
                return _gone(request, batch)
            if fingerprint(line) != request.POST.get("seen"):
                messages.error(request, _("This line was changed since you opened it; look again."))
                return redirect("admin:line_edit", batch_id, line_id)
            line.delete()
    except Refused as refused:
        return refusal(request, batch_id, refused)
    messages.success(request, _("The amount was deleted."))
    return redirect(BATCH, batch_id)


def _gone(request: HttpRequest, batch: Batch) -> HttpResponse:
    messages.error(request, _("Somebody deleted this line meanwhile; nothing was saved."))
    return redirect(BATCH, batch.pk)


def _page(
    request: HttpRequest,
    batch: Batch,
    form: LineForm,
    *,
    title: str,
    line: Line | None = None,
    stale: Stale | None = None,
) -> HttpResponse:
    seen = form.initial.get("seen") if line else None
    revision = request.POST.get("revision", batch.revision)
    context = {"title": title, "batch": batch, "form": form, "line": line, "stale": stale}
    return desk().page(request, "line.html", context | {"seen": seen, "revision": revision})
