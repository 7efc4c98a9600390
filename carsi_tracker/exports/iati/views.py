"""The two files of the IATI standard."""

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from carsi_tracker import SOFTWARE
from carsi_tracker.exports.iati.activities import Activities, reporting_org
from carsi_tracker.exports.iati.reporting import NEEDED, ReportingOrganization
from carsi_tracker.exports.iati.writer import MAIN, Writer
from carsi_tracker.figures import aggregates
from carsi_tracker.reports.downloads.provenance import LICENCE
from carsi_tracker.reports.page.address import as_query_string, site_of
from carsi_tracker.reports.page.citation import posted_at
from carsi_tracker.reports.page.public_page import PublicRequest, always, public_page

STANDARD = "2.03"
XML = "application/xml; charset=utf-8"
CONFIGURED_BY = ("IATI_REPORTING_ORGANIZATION",)
NOT_SET = (
    "There is no IATI file here: this installation does not say who publishes it. "
    f"Who runs it sets {', '.join(NEEDED)}.\n"
)
NOTHING = (
    "There is no IATI file of this day and version: it holds no commitment, and a file needs one. "
    "Ask for a later day or another version.\n"
)


@public_page(dear=always, file=True, configured_by=CONFIGURED_BY)
def activities(request: HttpRequest, public: PublicRequest) -> HttpResponseBase:
    """Answer all commitments as activities, whatever filters say."""
    public = public.everywhere()
    if (reporting := settings.IATI_REPORTING_ORGANIZATION) is None:
        return _missing(NOT_SET)
    if not aggregates.commitments(public.query).exists():
        return _missing(NOTHING)
    written = Activities(
        public.query, site_of(request), reporting, _posted(public), public.label_revision
    )

    def pieces() -> Iterator[bytes]:
        writer = Writer()
        with writer.within("iati-activities", **_of_root(request, public)):
            writer.end_line()
            yield from written.written(writer)
        yield writer.taken()

    lines = iter(()) if request.method == "HEAD" else pieces()
    return _named(StreamingHttpResponse(lines, content_type=XML), "activities", public)


@public_page(dear=always, file=True, configured_by=CONFIGURED_BY)
def organisation(request: HttpRequest, public: PublicRequest) -> HttpResponseBase:
    """Answer who publishes the activities; it has no budgets of its own."""
    public = public.everywhere()
    reporting: ReportingOrganization | None = settings.IATI_REPORTING_ORGANIZATION
    if reporting is None:
        return _missing(NOT_SET)
    if not posted_at(public.query.version):
        return _missing(NOTHING)
    writer = Writer()
    attributes = {"default_currency": "USD", "last_updated_datetime": _posted(public)}
    with writer.within("iati-organisations", **_of_root(request, public)):
        writer.end_line()
        with writer.within("iati-organisation", **{"xml:lang": MAIN}, **attributes):
            writer.add("organisation-identifier", reporting.ref)
            writer.narrate("name", {MAIN: reporting.name})
            reporting_org(writer, reporting)
        writer.end_line()
    return _named(HttpResponse(writer.taken(), content_type=XML), "organisation", public)


def _of_root(request: HttpRequest, public: PublicRequest) -> dict[str, str]:
    """Return what a file says of itself: the standard lets attributes of other namespaces stand."""
    version = public.query.version
    address = site_of(request) + request.path + as_query_string(public.query.permanent())
    return {
        "version": STANDARD,
        "generated_datetime": _posted(public),
        "xmlns:carsi": "urn:carsi-tracker:provenance",
        "carsi:as-of": public.query.day_as_written,
        "carsi:version": str(version.number),
        "carsi:checksum": version.checksum,
        "carsi:address": address,
        "carsi:license": LICENCE,
        "carsi:software": SOFTWARE,
    }


def _posted(public: PublicRequest) -> str:
    posted = posted_at(public.query.version)
    return posted.isoformat() if posted else ""


def _missing(sentence: str) -> HttpResponse:
    return HttpResponse(sentence, status=404, content_type="text/plain; charset=utf-8")


def _named(response: HttpResponseBase, what: str, public: PublicRequest) -> HttpResponseBase:
    query = public.query
    name = f"carsi-iati-{what}-{query.day}-v{query.version.number}.xml"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response
