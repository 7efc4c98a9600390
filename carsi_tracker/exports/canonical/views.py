"""The canonical ledger of a version as a ZIP, and its SHA-256 beside it."""

from functools import partial

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from carsi_tracker.exports.archives import led_to_checksum, require_number, zip_answer
from carsi_tracker.exports.canonical.archive import archive_name, archive_of, write_archive
from carsi_tracker.reports.page.anywhere import from_any_server
from carsi_tracker.reports.page.public_page import PublicRequest, always, public_page


@require_safe
@from_any_server
def ledger_archive(request: HttpRequest, number: int, *, hashed: bool = False) -> HttpResponseBase:
    """Answer the archive of a version, or its SHA-256; without a checksum, lead to where it is."""
    if "version" not in request.GET:
        return led_to_checksum(request, number)
    return (_sum if hashed else _archive)(request, number)


@public_page(dear=always, file=True)
def _archive(request: HttpRequest, public: PublicRequest, number: int) -> HttpResponseBase:
    version = public.query.version
    require_number(version, number)
    return zip_answer(request, archive_name(number), partial(write_archive, version))


@public_page(dear=always, file=True)
def _sum(request: HttpRequest, public: PublicRequest, number: int) -> HttpResponseBase:  # noqa: ARG001 (as pages have)
    version = public.query.version
    require_number(version, number)
    told = archive_of(version, public.label_revision)
    line = f"{told.sha256}  {archive_name(number)}\n"
    return HttpResponse(line, content_type="text/plain; charset=utf-8")
