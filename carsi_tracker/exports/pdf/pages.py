"""The overview and the page of every subject as a report to print or file: a tagged PDF."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, cast

import typst
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from carsi_tracker.exports.pdf import report
from carsi_tracker.ledger.text import well_formed
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.public_page import PublicRequest, always, public_page
from carsi_tracker.reports.subjects.kinds import KINDS

TEMPLATE = Path(settings.BASE_DIR) / "templates" / "exports" / "report.typ"
ACCESSIBLE: Literal["ua-1"] = "ua-1"
"""PDF/UA: the library refuses to write a report that is not tagged well."""


@public_page(filtered=False, dear=always, file=True)
def overview_report(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Give the report on the whole."""
    return _pdf(public, "overview", report.of_overview(public, _address(request, public)))


@public_page(filtered=False, dear=always, file=True)
def subject_report(
    request: HttpRequest, public: PublicRequest, kind: str, code: str
) -> HttpResponse:
    """Give the report on an area, a country, a goal or an appropriation."""
    its = KINDS[kind]
    subject = its.subject(public, code)
    if subject is None:
        raise Http404
    said = report.of_subject(public, its, subject, _address(request, public))
    return _pdf(public, f"{kind}-{code}", said)


def _address(request: HttpRequest, public: PublicRequest) -> str:
    permanent = as_query_string(public.query.permanent())
    return request.build_absolute_uri(request.path + permanent)


def _pdf(public: PublicRequest, what: str, said: Mapping[str, Any]) -> HttpResponse:
    """Set a report: the same bytes of the same query, language and release."""
    written = typst.Compiler(ignore_system_fonts=True).compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        pdf_standards=ACCESSIBLE,
        sys_inputs={"report": well_formed(json.dumps(said, ensure_ascii=False, sort_keys=True))},
    )
    query = public.query
    name = f"carsi-{what}-{query.day}-v{query.version.number}.pdf"
    return HttpResponse(
        cast("bytes", written),
        content_type="application/pdf",
        headers={
            "Content-Disposition": content_disposition_header(as_attachment=False, filename=name)
        },
    )
