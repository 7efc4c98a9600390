"""The tables as files, whole."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from carsi_tracker.ledger.media_types import CSV, XLSX
from carsi_tracker.reports.downloads import writers
from carsi_tracker.reports.downloads.fields import in_spanish_order
from carsi_tracker.reports.downloads.gaps import GAPS
from carsi_tracker.reports.downloads.listings import LISTINGS, Listing
from carsi_tracker.reports.downloads.provenance import Provenance, Table
from carsi_tracker.reports.downloads.published import PUBLISHED
from carsi_tracker.reports.downloads.reference import REFERENCE
from carsi_tracker.reports.downloads.status_of_funds import STATUS_OF_FUNDS
from carsi_tracker.reports.downloads.summaries import SUMMARIES
from carsi_tracker.reports.page.citation import posted_at
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.page.render import render_page

METADATA = "csv-metadata.json"
TABLES: dict[str, Table] = {
    table.name: table
    for table in (*LISTINGS, *SUMMARIES, *REFERENCE, STATUS_OF_FUNDS, *GAPS, PUBLISHED)
}


def table_file(request: HttpRequest, name: str, kind: str) -> HttpResponseBase:
    """Answer a table as CSV or XLSX, or the metadata of its CSV."""
    if name not in TABLES or kind not in ANSWERS:
        raise Http404
    return _PAGES[name](request, kind)


def _csv(request: HttpRequest, public: PublicRequest, table: Table) -> HttpResponseBase:
    lines = iter(()) if request.method == "HEAD" else csv_lines(public, table)
    response = StreamingHttpResponse(lines, content_type=CSV)
    described = reverse("table-file", args=[table.name, METADATA]) + public.address.query_string()
    response["Link"] = f'<{described}>; rel="describedby"; type="application/csvm+json"'
    return _attached(response, Provenance.of(table, public, request).file_name("csv"))


def csv_lines(public: PublicRequest, table: Table) -> Iterator[bytes]:
    """Yield a table as CSV in the language that is spoken, in constant memory."""
    if isinstance(table, Listing):
        return writers.csv_of_query(table.query(public), table.fields, _language())
    return writers.csv_of_rows(table.rows(public), table.fields)


def _xlsx(request: HttpRequest, public: PublicRequest, table: Table) -> HttpResponseBase:
    fields = table.fields
    if isinstance(table, Listing):
        found = table.query(public)
        fields = in_spanish_order(fields) if _language() == "es" else fields
        if found.count() > writers.MOST_ROWS:
            return _too_many(request, public, table)
        rows: Iterable[Any] = writers.rows_of_query(found, fields, _language())
    else:
        rows = table.rows(public)
    provenance = Provenance.of(table, public, request)
    if request.method == "HEAD":
        nothing = StreamingHttpResponse(content_type=XLSX)
        return _attached(nothing, provenance.file_name("xlsx"))
    about = (_("About"), provenance.notes())
    posted = posted_at(public.query.version)
    if draw := table.draw:
        book = writers.drawn_workbook(
            str(table.title), lambda book, name: draw(book, name, public), about, posted
        )
    else:
        book = writers.workbook(str(table.title), rows, fields, about, posted)
    return _attached(FileResponse(book, content_type=XLSX), provenance.file_name("xlsx"))


def _too_many(request: HttpRequest, public: PublicRequest, table: Table) -> HttpResponse:
    return render_page(
        request,
        public,
        "reports/too_many_rows.html",
        status=400,
        most=f"{writers.MOST_ROWS:,}",
        csv=reverse("table-file", args=[table.name, "csv"]) + public.address.query_string(),
    )


def _metadata(request: HttpRequest, public: PublicRequest, table: Table) -> HttpResponseBase:
    path = reverse("table-file", args=[table.name, "csv"])
    provenance = Provenance.of(table, public, request)
    return JsonResponse(
        provenance.metadata(path + public.address.query_string()),
        content_type="application/csvm+json",
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )


def _attached(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


def _language() -> str:
    return get_language() or "en"


ANSWERS: dict[str, Callable[[HttpRequest, PublicRequest, Table], HttpResponseBase]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    METADATA: _metadata,
}


def is_whole(request: HttpRequest, _asked: PublicRequest) -> bool:
    """Say whether a whole table is asked for, not what its columns mean."""
    return not request.path.endswith(METADATA)


def _page(table: Table) -> Callable[[HttpRequest, str], HttpResponseBase]:
    @public_page(sorts=table.sorts, own=table.own, dear=is_whole, file=True)
    def page(request: HttpRequest, public: PublicRequest, kind: str) -> HttpResponseBase:
        return ANSWERS[kind](request, public if table.filtered else public.everywhere(), table)

    return page


_PAGES = {name: _page(table) for name, table in TABLES.items()}
