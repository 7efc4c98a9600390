"""Import of a file or of pasted rows: uploaded, read, previewed with every check, confirmed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from carsi_tracker.desk.batches.decisions import BATCH
from carsi_tracker.desk.drafting.drafting import made_by
from carsi_tracker.desk.drafting.uploads import TableFile, keep_upload
from carsi_tracker.desk.forms.fields import LineOfText
from carsi_tracker.desk.site import desk, person
from carsi_tracker.imports.annotated import with_remarks
from carsi_tracker.imports.codes import AcceptedCodes
from carsi_tracker.imports.errors import Finding, Unreadable
from carsi_tracker.imports.importing import ImportOptions, Outcome, import_table
from carsi_tracker.imports.labels import label
from carsi_tracker.imports.table import LARGEST_FILE, MOST_ROWS, open_file, open_pasted
from carsi_tracker.imports.template import template_csv, template_xlsx
from carsi_tracker.ledger.columns import COLUMNS, Column
from carsi_tracker.ledger.dates import Order
from carsi_tracker.ledger.media_types import CSV, XLSX, plain_name
from carsi_tracker.ledger.models import (
    Basis,
    Country,
    Language,
    ProgrammingArea,
    Stage,
    Upload,
)
from carsi_tracker.ledger.models.languages import language_spoken

FAULTS_SHOWN = 500
ROWS_SHOWN = 100


class UploadForm(forms.Form):
    """A file, or rows pasted from a spreadsheet."""

    file = TableFile(required=False)
    pasted = forms.CharField(
        label=gettext_lazy("Or paste rows"),
        required=False,
        strip=False,
        help_text=gettext_lazy("from a spreadsheet, with or without the headings"),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pasted"].validators = []  # what may not stand in a cell is named at its cell

    def clean(self) -> dict[str, Any]:
        """Refuse nothing at all, and both at once."""
        cleaned = super().clean() or self.cleaned_data
        file, pasted = cleaned.get("file"), (cleaned.get("pasted") or "").strip()
        if bool(file) == bool(pasted) and not self.errors:
            raise ValidationError(_("Choose a file, or paste rows: one of the two."), "one_of_two")
        return cleaned


class ConfirmForm(forms.Form):
    """What the draft is called, in which language, and that rows which a batch has are new."""

    title = LineOfText(label=gettext_lazy("Title"), max_length=200)
    reason = LineOfText(
        label=gettext_lazy("Reason"), max_length=1000, help_text=gettext_lazy("published")
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=Language,
        initial=language_spoken,
        help_text=gettext_lazy(
            "Of title, reason, notes, places in documents and titles of new commitments."
        ),
    )
    new = forms.BooleanField(
        label=gettext_lazy("They are new amounts, although they look the same"),
        error_messages={"required": gettext_lazy("Confirm that they are new, or leave them out.")},
    )

    def __init__(self, *args: Any, ask_whether_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ask_whether_new:
            del self.fields["new"]


@permission_required("ledger.add_batch", raise_exception=True)
def import_file(request: HttpRequest) -> HttpResponse:
    """Ask for a file or rows, keep them for a day, and go to their preview."""
    sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if sent else UploadForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        upload = keep_upload(
            request,
            plain_name(file.name) if file else "",
            file.read() if file else _encoded(form.cleaned_data["pasted"]),
        )
        return redirect("admin:import_preview", upload.token)
    context = {
        "title": _("Import amounts"),
        "form": form,
        "columns": _columns(),
        "most_rows": f"{MOST_ROWS:,}",
        "largest_file": LARGEST_FILE // 1_000_000,
    }
    return desk().page(request, "import.html", context, status=200)


@permission_required("ledger.add_batch", raise_exception=True)
def preview(request: HttpRequest, token: UUID) -> HttpResponse:
    """Show what a file would make, and make it once however often that is confirmed.

    The upload is asked for before its batch: it goes when that is there.
    """
    upload = Upload.objects.filter(token=token, person=person(request)).first()
    if answer := made_before(request, token):
        return answer
    if upload is None:
        raise Http404
    order = order_of(request)

    def make(options: ImportOptions) -> Outcome:
        return _read(upload, replace(options, order=order))

    done = _("A draft was created from the file.")
    if request.method == "POST" and (answer := confirmed(request, upload, make, done)):
        return answer
    outcome = make(ImportOptions(new_despite_duplicates=True, listed=ROWS_SHOWN))
    draft = outcome.draft
    form = ConfirmForm(
        request.POST or None,
        initial={"title": draft.title, "reason": draft.reason} if draft else {},
        ask_whether_new=bool(outcome.present),
    )
    context = _context(upload, outcome, form) | {"order": order}
    return desk().page(request, "import_preview.html", context)


@permission_required("ledger.add_batch", raise_exception=True)
def remarks(request: HttpRequest, token: UUID) -> HttpResponse:
    """Give the file again, with a column of remarks."""
    upload = get_object_or_404(Upload, token=token, person=person(request))
    options = ImportOptions(new_despite_duplicates=True, listed=0, order=order_of(request))
    outcome = _read(upload, options)
    try:
        return marked(upload, [*outcome.faults, *outcome.warnings])
    except Unreadable:
        return nothing_to_mark(request, "admin:import_preview", token)


@permission_required("ledger.view_batch", raise_exception=True)
def template(_request: HttpRequest, kind: str) -> HttpResponse:
    """Give the empty file to fill in."""
    if kind == "xlsx":
        return _download(template_xlsx(), "carsi-import", XLSX)
    return _download(template_csv(), "carsi-import", CSV)


def marked(upload: Upload, findings: list[Finding]) -> HttpResponse:
    """Answer with a file in which findings stand at their rows; raises Unreadable."""
    content, media_type = with_remarks(upload.name, bytes(upload.content), findings)
    stem = "-".join([PurePath(upload.name or _("pasted")).stem, _("errors")])
    return _download(content, stem, media_type)


def nothing_to_mark(request: HttpRequest, page: str, token: UUID) -> HttpResponse:
    """Go back to the page of a file in which nothing can be marked, and say so."""
    messages.error(request, _("The file has no rows in which errors could be marked."))
    return redirect(page, token)


def order_of(request: HttpRequest) -> Order | None:
    """Return what was chosen to come first in dates of numbers, if anything was."""
    chosen = request.POST.get("dates") or request.GET.get("dates")
    return Order(chosen) if chosen in list(Order) else None


def _read(upload: Upload, options: ImportOptions) -> Outcome:
    content = bytes(upload.content)
    try:
        if upload.name:
            table = open_file(upload.name, content)
        else:
            table = open_pasted(content.decode("utf-8", "surrogateescape"))
    except Unreadable as unreadable:
        return Outcome(faults=unreadable.findings)
    return import_table(table, upload.person, options)


def _encoded(pasted: str) -> bytes:
    return pasted.encode("utf-8", "surrogatepass")


def made_before(request: HttpRequest, token: UUID) -> HttpResponse | None:
    """Answer with the batch that an upload made, if it made one."""
    batch = made_by(str(token))
    if batch is None:
        return None
    messages.info(request, _("These rows were imported already: this is the batch."))
    return redirect(BATCH, batch.pk)


def confirmed(
    request: HttpRequest, upload: Upload, make: Callable[[ImportOptions], Outcome], done: str
) -> HttpResponse | None:
    """Make the batch that a sound form confirms; None where something stands against it."""
    form = ConfirmForm(request.POST, ask_whether_new=False)
    if not form.is_valid():
        return None
    options = ImportOptions(
        keep=True,
        title=form.cleaned_data["title"],
        reason=form.cleaned_data["reason"],
        language=form.cleaned_data["language"],
        token=upload.token,
        new_despite_duplicates="new" in request.POST,
        listed=0,
    )
    outcome = make(options)
    if outcome.batch_id is None:
        return made_before(request, upload.token)
    messages.success(request, done)
    upload.delete()
    return redirect(BATCH, outcome.batch_id)


def _context(upload: Upload, outcome: Outcome, form: ConfirmForm) -> dict[str, Any]:
    name, draft, wrong = upload.name or _("pasted rows"), outcome.draft, len(outcome.faults)
    refused = ngettext("%d error: nothing was imported", "%d errors: nothing was imported", wrong)
    return {
        "title": refused % wrong if wrong else _("Import of %s") % name,
        "name": name,
        "upload": upload,
        "outcome": outcome,
        "rows": _named(draft.rows) if draft else [],
        "faults": outcome.faults[:FAULTS_SHOWN],
        "more_faults": max(len(outcome.faults) - FAULTS_SHOWN, 0),
        "draft": draft,
        "more_rows": max(outcome.row_count - len(draft.rows), 0) if draft else 0,
        "effects": draft.effects if draft else None,
        "form": form,
    }


def _columns() -> list[tuple[Column, str, list[str]]]:
    """Return the columns of a file, what pages call them, and the codes that they take."""
    codes = AcceptedCodes().columns
    listed = codes.keys() - {"stage", "basis", "partner"}
    return [
        (
            column,
            label(column.name),
            codes[column.name].offered() if column.name in listed else [],
        )
        for column in COLUMNS
    ]


def _download(content: bytes, stem: str, media_type: str) -> HttpResponse:
    """Answer with a file to keep, named by its stem."""
    suffix = "xlsx" if media_type == XLSX else "csv"
    disposition = content_disposition_header(as_attachment=True, filename=f"{stem}.{suffix}")
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=media_type, headers=headers)


def _named(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with names in the language of the page in the place of codes."""
    names: dict[str, dict[Any, Any]] = {
        "area": {area.code: area.name for area in ProgrammingArea.objects.all()},
        "country": {country.code: country.name for country in Country.objects.all()},
        "stage": dict(Stage.choices),
        "basis": dict(Basis.choices),
    }
    return [
        row | {column: known.get(row[column], row[column]) for column, known in names.items()}
        for row in rows
    ]
