"""The data package of a version, as a ZIP."""

import tempfile
from pathlib import Path
from typing import IO

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from carsi_tracker.exports.archives import led_to_checksum, require_number, zip_answer
from carsi_tracker.exports.package.writing import write_package, zipped
from carsi_tracker.ledger.days import today
from carsi_tracker.reports.page.address import site_of
from carsi_tracker.reports.page.anywhere import from_any_server
from carsi_tracker.reports.page.public_page import PublicRequest, always, public_page


@require_safe
@from_any_server
def package(request: HttpRequest, number: int) -> HttpResponseBase:
    """Answer the package of a version; without a checksum, lead to where it is, as of today."""
    if "version" in request.GET:
        return _package(request, number)
    return led_to_checksum(request, number, as_of=today().isoformat())


@public_page(dear=always, file=True)
def _package(request: HttpRequest, public: PublicRequest, number: int) -> HttpResponseBase:
    version = public.query.version
    require_number(version, number)

    def write(into: IO[bytes]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            files = write_package(Path(folder), public, site_of(request))
            zipped(Path(folder), [file.name for file in files], version, into)

    return zip_answer(request, f"carsi-data-{public.query.day}-v{version}.zip", write)
