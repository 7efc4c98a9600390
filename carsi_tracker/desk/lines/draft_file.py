"""A draft's lines as a file, by the columns of the import, so that it can be imported again."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import F
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from carsi_tracker.desk.batches import batch_page
from carsi_tracker.ledger.columns import COLUMNS, SOURCES
from carsi_tracker.ledger.media_types import CSV, XLSX
from carsi_tracker.ledger.models import Batch
from carsi_tracker.reports.downloads import writers
from carsi_tracker.reports.downloads.fields import OF_KIND, Field

FIELDS = tuple(Field(column.name, OF_KIND[column.kind], column.meaning) for column in COLUMNS)


@permission_required("ledger.view_batch", raise_exception=True)
def draft_file(request: HttpRequest, batch_id: int, kind: str) -> HttpResponseBase:
    """Answer with the lines of a batch that is not posted, as CSV or XLSX; raises Http404."""
    batch = batch_page.batch_of(batch_id)
    if kind not in {"csv", "xlsx"} or batch.state == Batch.State.POSTED:
        raise Http404
    response: HttpResponseBase
    if kind == "csv":
        response = StreamingHttpResponse(writers.csv_of_rows(_rows(batch), FIELDS), CSV)
    else:
        about = (_("About"), _notes(request, batch))
        name = " ".join((_("Batch"), str(batch.pk)))
        book = writers.workbook(name, _rows(batch), FIELDS, about, batch.created_at)
        response = FileResponse(book, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"carsi-batch-{batch.pk}.{kind}"
    )
    return response


def _rows(batch: Batch) -> Iterator[tuple[Any, ...]]:
    """Yield the lines in the order of the columns, in their order."""
    columns = {f"their_{name}": F(SOURCES[name]) for name in SOURCES}
    names = [f"their_{field.name}" for field in FIELDS]
    lines = batch.lines.annotate(**columns).order_by("pk").values_list(*names)
    yield from lines.iterator(writers.ROWS_A_FETCH)


def _notes(request: HttpRequest, batch: Batch) -> list[tuple[str, str]]:
    page = request.build_absolute_uri(reverse("admin:ledger_batch_change", args=[batch.pk]))
    return [
        (_("Title"), batch.title),
        (_("Status"), str(batch.get_state_display())),
        (_("Address"), page),
    ]
