"""The data package of a version, as a ZIP."""

import tempfile
from pathlib import Path

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from carsi_tracker.exports.package.writing import write_package, zipped
from carsi_tracker.figures.query import Query, Version
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Posting
from carsi_tracker.reports.page.address import as_query_string, site_of
from carsi_tracker.reports.page.anywhere import from_any_server
from carsi_tracker.reports.page.public_page import PublicRequest, always, public_page

ZIP = "application/zip"
MOST_KEPT = 8 * 2**20
"""Bytes of a package that is kept among the finished pages; a larger one is made anew."""


@require_safe
@from_any_server
def package(request: HttpRequest, number: int) -> HttpResponseBase:
    """Answer the package of a version; without a version and its checksum, lead to today's."""
    if "version" in request.GET:
        return _package(request, number)
    checksum = Posting.objects.filter(version=number).values_list("checksum", flat=True).first()
    if checksum is None:
        raise Http404
    asked = Query(Version(number, checksum), today()).permanent()
    return HttpResponseRedirect(request.path + as_query_string(asked))


@public_page(dear=always, file=True)
def _package(request: HttpRequest, public: PublicRequest, number: int) -> HttpResponseBase:
    version = public.query.version
    if version.number != number:
        raise Http404
    response: HttpResponseBase
    if request.method == "HEAD":
        response = FileResponse(content_type=ZIP)
    else:
        written = tempfile.TemporaryFile()  # noqa: SIM115 (whoever sends it closes it)
        with tempfile.TemporaryDirectory() as folder:
            files = write_package(Path(folder), public, site_of(request))
            zipped(Path(folder), [file.name for file in files], public, written)
        small = written.tell() <= MOST_KEPT
        written.seek(0)
        if small:
            response = HttpResponse(written.read(), content_type=ZIP)
            written.close()
        else:
            response = FileResponse(written, content_type=ZIP)
    name = f"carsi-data-{public.query.day}-v{version}.zip"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response
