"""A download that comes back edited: compared with its version, and made a draft of differences."""

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.desk.drafting.import_page import (
    FAULTS_SHOWN,
    ConfirmForm,
    confirmed,
    made_before,
    marked,
    nothing_to_mark,
    order_of,
)
from carsi_tracker.desk.drafting.returned_differences import Shown
from carsi_tracker.desk.drafting.uploads import FileForm, keep_upload
from carsi_tracker.desk.forms.again import AGAIN, shows_again
from carsi_tracker.desk.forms.fields import formfield
from carsi_tracker.desk.site import desk, person
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.versions import newest
from carsi_tracker.imports.errors import Unreadable
from carsi_tracker.imports.importing import ImportOptions, Outcome
from carsi_tracker.imports.returned.differences import Keeping
from carsi_tracker.imports.returned.held import Key
from carsi_tracker.imports.returned.origin import Origin, by_address, origin_of, table_of
from carsi_tracker.imports.returned.reading import Compared, Decided, compare, draft
from carsi_tracker.imports.returned.rows import RETURNED
from carsi_tracker.imports.returned.sums import RETURNED_SUMS, Source, compare_sums
from carsi_tracker.imports.table import open_file
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.media_types import plain_name
from carsi_tracker.ledger.models import Line, Upload
from carsi_tracker.reports.page.parameters import BadAddress, read

_CHOICES = {choice.code: choice for choice in Keeping}


class OriginForm(forms.Form):
    """Where a file came from that does not say it."""

    version = forms.IntegerField(
        label=gettext_lazy("Version"),
        min_value=1,
        required=False,
        help_text=gettext_lazy("the number after “v” in the name of the download"),
    )
    address = forms.CharField(
        label=gettext_lazy("Address of the download"),
        max_length=2_000,
        required=False,
        help_text=gettext_lazy(
            "from the second sheet of the workbook; without it, rows that are missing from the "
            "file are not reversed"
        ),
    )

    def origin(self, upload: Upload) -> Origin | None:
        """Return the download that was told of a file; None where nothing was, or what is none."""
        if not self.is_valid():
            return None
        address, version = self.cleaned_data["address"], self.cleaned_data["version"]
        if address:
            found = by_address(address)
            if found is None:
                message = _(
                    "This is not the address of a download of entries or commitments with its "
                    "version. Copy it from the second sheet of the workbook."
                )
                self.add_error("address", message)
            return found
        if not version:
            return None
        table = table_of(upload.name, bytes(upload.content))
        return Origin(table, {"version": str(version)}, whole=False)


class SourceForm(forms.Form):
    """On which day, and where it stands, that the sums of a file are others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of_line = ("effective_date", "document", "locator", "basis")
        self.fields |= forms.fields_for_model(Line, of_line, formfield_callback=formfield)

    def source(self) -> Source:
        """Return what was told; today and no document where nothing was."""
        if not self.is_valid():
            return Source(today())
        values = self.cleaned_data
        return Source(
            values["effective_date"], values["document"].key, values["locator"], values["basis"]
        )


@permission_required("ledger.add_batch", raise_exception=True)
def returned_file(request: HttpRequest) -> HttpResponse:
    """Ask for an edited download, keep it for a day, and go to what it changes."""
    sent = request.method == "POST"
    form = FileForm(request.POST, request.FILES) if sent else FileForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        upload = keep_upload(request, plain_name(file.name), file.read())
        return redirect("admin:returned_preview", upload.token)
    context = {"title": _("Upload an edited download"), "form": form}
    return desk().page(request, "returned.html", context, status=200)


@shows_again
@permission_required("ledger.add_batch", raise_exception=True)
def returned_preview(request: HttpRequest, token: UUID) -> HttpResponse:
    """Show what a file changes against its version, and make the draft of it once."""
    upload = Upload.objects.filter(token=token, person=person(request)).first()
    if answer := made_before(request, token):
        return answer
    if upload is None:
        raise Http404
    told = OriginForm(request.POST or request.GET or None)
    origin = told.origin(upload) or origin_of(upload.name, bytes(upload.content))
    context: dict[str, Any] = {"upload": upload, "origin_form": told}
    if origin is None:
        return _ask(request, context, "")
    head, label_revision = newest()
    try:
        query = read(origin.parameters, head, label_revision)
    except BadAddress as bad:
        because = bad.because or _("Accepted: %s.") % bad.accepted
        message = _("“%(value)s” is not a version, day or filter of the ledger. %(because)s")
        return _ask(request, context, message % {"value": bad.value, "because": because})
    context |= {"origin": origin, "query": query, "head": head, "decided": _decided(request)}
    return _compared(request, upload, context)


def _compared(request: HttpRequest, upload: Upload, context: dict[str, Any]) -> HttpResponse:
    query: Query = context["query"]
    source_form = _source_form(request, context["origin"])
    try:
        compared = _compare(upload, context, source_form)
    except Unreadable as unreadable:
        return _refused(request, context, unreadable.findings)
    if compared.faults:
        return _refused(request, context, compared.faults)
    told = source_form is None or source_form.is_valid()
    since = _posted_since_shown(request, context["head"].number)
    make = partial(draft, compared, upload.person)
    done = _("A draft was created of the differences.")
    wanted = told and "_create" in request.POST and AGAIN not in request.POST and not since
    if wanted and (answer := confirmed(request, upload, make, done)):
        return answer
    if since:
        messages.warning(request, since)
    options = ImportOptions(new_despite_duplicates=True, listed=0)
    outcome = make(options) if told else Outcome()
    shown = Shown(compared, outcome)
    title = _("Corrections of version %d") % query.version.number
    form = ConfirmForm(
        request.POST if "_create" in request.POST else None,
        initial={"title": title} | request.POST.dict(),
        ask_whether_new=bool(outcome.present),
    )
    context |= {
        "title": shown.title,
        "shown": shown,
        "outcome": outcome,
        "form": form,
        "source_form": source_form if shown.groups else None,
    }
    return desk().page(request, "returned_preview.html", context, status=200)


def _posted_since_shown(request: HttpRequest, head: int) -> str:
    """Say that a version was posted after the page was shown whose form this is, if one was."""
    if "_create" not in request.POST or request.POST.get("head") == str(head):
        return ""
    message = _("Version %d was posted since this page was shown. Check what the file changes now.")
    return message % head


def _compare(upload: Upload, context: dict[str, Any], source_form: SourceForm | None) -> Compared:
    content, query, decided = bytes(upload.content), context["query"], context["decided"]
    if source_form is None:
        table = open_file(upload.name, content, RETURNED)
        return compare(table, query, decided, whole=context["origin"].whole and not decided.part)
    table = open_file(upload.name, content, RETURNED_SUMS)
    return compare_sums(table, query, source_form.source(), decided)


def _source_form(request: HttpRequest, origin: Origin) -> SourceForm | None:
    """Return the form that asks for what sums don't tell; None where entries are compared."""
    if origin.table == "entries":
        return None
    return SourceForm(request.POST if "effective_date" in request.POST else None)


@permission_required("ledger.add_batch", raise_exception=True)
def returned_remarks(request: HttpRequest, token: UUID) -> HttpResponse:
    """Give the file again, with a column of what keeps it from being compared."""
    upload = get_object_or_404(Upload, token=token, person=person(request))
    told = OriginForm(request.GET or None)
    origin = told.origin(upload) or origin_of(upload.name, bytes(upload.content))
    if origin is None:
        return redirect("admin:returned_preview", token)
    try:
        query = read(origin.parameters, *newest())
        context = {"origin": origin, "query": query, "decided": _decided(request)}
        source_form = _source_form(request, origin)
        return marked(upload, _compare(upload, context, source_form).faults)
    except (BadAddress, Unreadable):
        return nothing_to_mark(request, "admin:returned_preview", token)


def _decided(request: HttpRequest) -> Decided:
    """Return what the page's choices say; what is none of them is as if nothing was chosen."""
    choices = {
        name.removeprefix("choice-"): _CHOICES[value]
        for name, value in request.POST.items()
        if name.startswith("choice-") and value in _CHOICES
    }
    kept = {key for text in request.POST.getlist("keep") if (key := _key(text))}
    return Decided(choices, kept, order_of(request), part="part" in request.POST)


def _key(text: str) -> Key | None:
    version, _hyphen, line = text.partition("-")
    if not (version.isdecimal() and line.isdecimal() and len(text) < 20):
        return None
    return int(version), int(line)


def _ask(request: HttpRequest, context: dict[str, Any], message: str) -> HttpResponse:
    context |= {"title": _("Which download is this file?"), "message": message}
    return desk().page(request, "returned_origin.html", context, status=200)


def _refused(request: HttpRequest, context: dict[str, Any], faults: list[Any]) -> HttpResponse:
    more = max(len(faults) - FAULTS_SHOWN, 0)
    context |= {
        "title": _("The file can’t be compared yet"),
        "name": context["upload"].name,
        "faults": faults[:FAULTS_SHOWN],
        "more_faults": more,
        "asks_order": Outcome(faults).asks_order,
        "order": context["decided"].order,
        "asked": request.GET.urlencode(),
        "marks": any(fault.row for fault in faults),
    }
    return desk().page(request, "returned_refused.html", context, status=200)
