"""What ZIP files of a version share: the moment that their entries bear, how they are answered."""

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import IO
from zipfile import ZIP_DEFLATED, ZipInfo

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.utils.http import content_disposition_header

from carsi_tracker.figures.query import Version
from carsi_tracker.ledger.models import Posting
from carsi_tracker.reports.page.citation import posted_at

ZIP = "application/zip"
MOST_KEPT = 8 * 2**20
"""Bytes of a ZIP that is kept among the finished pages; a larger one is made anew."""
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""What a ZIP can say that a file was made on."""
UNIX = 3


def moment_of(version: Version) -> datetime:
    """Return when a version was posted, as a ZIP can say it."""
    return max(posted_at(version) or EARLIEST, EARLIEST).astimezone(UTC)


def entry(name: str, made: datetime, packed: int = ZIP_DEFLATED) -> ZipInfo:
    """Return an entry that was made at a moment, and says nothing of who writes it."""
    info = ZipInfo(name, made.timetuple()[:6])
    info.compress_type, info.create_system, info.external_attr = packed, UNIX, 0o644 << 16
    return info


def zip_answer(
    request: HttpRequest, name: str, write: Callable[[IO[bytes]], None]
) -> HttpResponseBase:
    """Answer what is written as a ZIP under a name, or its head alone. A small one can be kept."""
    response: HttpResponseBase
    if request.method == "HEAD":
        return FileResponse(content_type=ZIP)
    written = tempfile.TemporaryFile()  # noqa: SIM115 (whoever sends it closes it)
    write(written)
    small = written.tell() <= MOST_KEPT
    written.seek(0)
    if small:
        response = HttpResponse(written.read(), content_type=ZIP)
        written.close()
    else:
        response = FileResponse(written, content_type=ZIP)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


def require_number(version: Version, number: int) -> None:
    """Raise Http404 where an address names one version by its number and another as asked."""
    if version.number != number:
        raise Http404


def led_to_checksum(request: HttpRequest, number: int, **more: str) -> HttpResponseRedirect:
    """Lead to where a version is named by its checksum too, with all that is asked, and `more`."""
    asked = request.GET.copy()
    for name, value in more.items():
        if not asked.get(name):
            asked[name] = value
    asked["version"] = str(_posted_version(number))
    return HttpResponseRedirect(f"{request.path}?{asked.urlencode()}")


def _posted_version(number: int) -> Version:
    """Return a version by its number alone; raises Http404 where there is none."""
    checksum = Posting.objects.filter(version=number).values_list("checksum", flat=True).first()
    if checksum is None:
        raise Http404
    return Version(number, checksum)
