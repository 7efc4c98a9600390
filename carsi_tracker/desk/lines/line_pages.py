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
from carsi_tracker.desk.forms.stale import GuardedForm, fingerprint
from carsi_tracker.desk.lines.editing import draft_of, edit_draft, locked
from carsi_tracker.desk.lines.form import LineForm
from carsi_tracker.desk.site import desk
from carsi_tracker.ledger.models import Batch, Line
from carsi_tracker.ledger.refusals import Refused


@shows_again
@permission_required("ledger.add_line", raise_exception=True)
def add_line(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Add an amount to a draft; the same form sent again makes nothing more."""
    batch = get_object_or_404(Batch, pk=batch_id)
    form = LineForm(request.POST or None, request.FILES or None, instance=Line(batch=batch))
    if request.method == "POST" and form.is_valid():
        try:
            with draft_of(request, batch_id) as locked:
                sent_before = request.POST.get("revision") != str(locked.revision)
                if sent_before and form.same_line():
                    messages.info(request, _("This amount was added already."))
                    return redirect(BATCH, batch_id)
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
        return refusal(request, batch_id, Refused("line_deleted"))

    def page(form: GuardedForm) -> HttpResponse:
        return _page(request, batch, form, title=_("Edit an amount"), line=line)

    return edit_draft(request, batch_id, LineForm, line, page)


@require_POST
@permission_required("ledger.delete_line", raise_exception=True)
def delete_line(request: HttpRequest, batch_id: int, line_id: int) -> HttpResponse:
    """Delete a line of a draft, unless somebody changed it meanwhile."""
    batch = get_object_or_404(Batch, pk=batch_id)
    line = batch.lines.filter(pk=line_id).first()
    if line is None:
        return refusal(request, batch_id, Refused("line_deleted"))
    try:
        with draft_of(request, batch_id):
            line = locked(line)
            if fingerprint(line) != request.POST.get("seen"):
                messages.error(request, _("This line changed after you opened it. Look again."))
                return redirect("admin:line_edit", batch_id, line_id)
            line.delete()
    except Refused as refused:
        return refusal(request, batch_id, refused)
    messages.success(request, _("The amount was deleted."))
    return redirect(BATCH, batch_id)


def _page(
    request: HttpRequest, batch: Batch, form: GuardedForm, title: str, line: Line | None = None
) -> HttpResponse:
    context = {
        "title": title,
        "batch": batch,
        "form": form,
        "line": line,
        "stale": form.stale,
        "seen": form.initial.get("seen"),
        "revision": request.POST.get("revision", batch.revision),
    }
    return desk().page(request, "line.html", context)
