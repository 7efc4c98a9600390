"""Import of published totals: a file is uploaded, previewed with every fault, and confirmed."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from carsi_tracker.desk.drafting.import_page import FAULTS_SHOWN
from carsi_tracker.desk.drafting.uploads import FileForm, keep_upload
from carsi_tracker.desk.reference.admin import ReasonForm
from carsi_tracker.desk.site import desk, person
from carsi_tracker.imports.errors import Unreadable
from carsi_tracker.imports.published import FigureRows, keep_figures, read_figures
from carsi_tracker.imports.published_cells import COLUMNS, NEEDED, PUBLISHED
from carsi_tracker.imports.table import open_file
from carsi_tracker.ledger.media_types import plain_name
from carsi_tracker.ledger.models import Upload

MAY = "ledger.add_publishedfigure"
LIST = "admin:ledger_publishedfigure_changelist"
ROWS_SHOWN = 500


class KeepForm(ReasonForm):
    """Why the totals are added and changed, and what the preview showed."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)


@permission_required(MAY, raise_exception=True)
def import_figures(request: HttpRequest) -> HttpResponse:
    """Ask for a file, keep it for a day, and go to its preview."""
    sent = request.method == "POST"
    form = FileForm(request.POST, request.FILES) if sent else FileForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        upload = keep_upload(request, plain_name(file.name) or "file", file.read())
        return redirect("admin:published_preview", upload.token)
    context = {
        "title": _("Import published totals"),
        "form": form,
        "columns": [(name, name in NEEDED) for name in COLUMNS],
    }
    return desk().page(request, "published_import.html", context)


@permission_required(MAY, raise_exception=True)
def preview_figures(request: HttpRequest, token: UUID) -> HttpResponse:
    """Show what a file would add and change, and do so when that is confirmed with a reason."""
    upload = Upload.objects.filter(token=token, person=person(request)).first()
    if upload is None:
        messages.info(request, _("This file was already imported, or was deleted after a day."))
        return redirect(LIST)
    form = KeepForm(request.POST or None)
    try:
        table = open_file(upload.name, bytes(upload.content), PUBLISHED)
        if form.is_valid():
            given = form.cleaned_data
            read = keep_figures(table, upload.person, given["change_reason"], given["digest"])
            if read is None:
                upload.delete()
                messages.success(request, _("Saved the published totals of the file."))
                return redirect(LIST)
            if not read.faults:
                messages.warning(
                    request, _("A published total changed since the check. Read the results again.")
                )
        else:
            read = read_figures(table)
    except Unreadable as unreadable:
        read = FigureRows(unreadable.findings)
    return _preview(request, upload, read, form)


def _preview(
    request: HttpRequest, upload: Upload, read: FigureRows, form: KeepForm
) -> HttpResponse:
    context = {
        "title": _("Import published totals: %s") % upload.name,
        "name": upload.name,
        "read": read,
        "faults": read.faults[:FAULTS_SHOWN],
        "not_shown": max(len(read.faults) - FAULTS_SHOWN, 0),
        "rows": [*read.new, *read.changed][:ROWS_SHOWN],
        "more_rows": max(len(read.new) + len(read.changed) - ROWS_SHOWN, 0),
        "reason": form["change_reason"],
    }
    return desk().page(request, "published_preview.html", context)
