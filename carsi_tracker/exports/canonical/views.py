"""The canonical ledger of a version as a ZIP, and its SHA-256 beside it."""

import tempfile

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.views.decorators.http import require_safe

from carsi_tracker.exports.archives import ZIP, posted_version, zip_answer
from carsi_tracker.exports.canonical.archive import archive_name, archive_of, write_archive
from carsi_tracker.reports.page.anywhere import from_any_server
from carsi_tracker.reports.page.public_page import PublicRequest, always, public_page


@require_safe
@from_any_server
def ledger_archive(request: HttpRequest, number: int, *, hashed: bool = False) -> HttpResponseBase:
    """Answer the archive of a version, or its SHA-256; without a checksum, lead to where it is."""
    if "version" not in request.GET:
        return HttpResponseRedirect(f"{request.path}?version={posted_version(number)}")
    return (_sum if hashed else _archive)(request, number)


@public_page(dear=always, file=True)
def _archive(request: HttpRequest, public: PublicRequest, number: int) -> HttpResponseBase:
    version = public.query.version
    if version.number != number:
        raise Http404
    if request.method == "HEAD":
        return FileResponse(content_type=ZIP)
    written = tempfile.TemporaryFile()  # noqa: SIM115 (whoever sends it closes it)
    write_archive(version, written)
    return zip_answer(written, archive_name(number))


@public_page(dear=always, file=True)
def _sum(request: HttpRequest, public: PublicRequest, number: int) -> HttpResponseBase:  # noqa: ARG001 (as pages have)
    version = public.query.version
    if version.number != number:
        raise Http404
    told = archive_of(version, public.label_revision)
    line = f"{told.sha256}  {archive_name(number)}\n"
    return HttpResponse(line, content_type="text/plain; charset=utf-8")
