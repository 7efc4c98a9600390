"""Documents: the sources of all amounts, and each one's own page."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from django.views.decorators.http import require_safe

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.selection import entries
from carsi_tracker.figures.versions import newest
from carsi_tracker.figures.vocabulary import public_documents
from carsi_tracker.ledger.media_types import plain_name
from carsi_tracker.ledger.models import Commitment, DocumentFile
from carsi_tracker.reports.balances.sums import OF_COMMITMENTS, STAGES, balances
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.anywhere import from_any_server
from carsi_tracker.reports.page.links import Linked
from carsi_tracker.reports.page.lists import render_list
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.records import evidence
from carsi_tracker.reports.subjects.breakdowns import breakdown_by_basis, figures_of, heads
from carsi_tracker.reports.tables import DocumentsTable, EntriesTable

MOST_COMMITMENTS = 25


@public_page(sorts=DocumentsTable.sorts(), own=evidence.OWN)
def document_list(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Show the documents, with how many entries cite each and on what evidence."""
    query = public.query.everywhere()
    return render_list(
        request,
        public,
        "reports/documents.html",
        DocumentsTable.about(query, request.path, public),
        evidence=evidence.CHOICES[asked][0] if (asked := evidence.asked(public)) else "",
        counts=evidence.counts(request.path, public),
        everything=request.path + replace(public.address, own=(), page=1).query_string(),
    )


@public_page(sorts=EntriesTable.sorts())
def document_detail(request: HttpRequest, public: PublicRequest, key: str) -> HttpResponse:
    """Show a document with what it supports, by stage and basis."""
    query = public.query.everywhere().where(document=key)
    document = get_object_or_404(public_documents(query.version.number), key=key)
    sums = balances(query, STAGES) if aggregates.totals(query).entries else []
    table = EntriesTable(
        EntriesTable.rows_of(entries(query)), request.path, public, query, exclude=("source",)
    )
    return render_list(
        request,
        public,
        "reports/document.html",
        table,
        document=document,
        own_file=DocumentFile.objects.defer("content").filter(document=document).first(),
        stages=heads(OF_COMMITMENTS),
        balances=[(name, sum_) for name, sum_ in sums if sum_.amount >= 0],
        reductions=[
            (name, replace(sum_, amount=-sum_.amount, limits=-sum_.limits))
            for name, sum_ in sums
            if sum_.amount < 0
        ],
        by_basis=breakdown_by_basis(query),
        supported=_supported(query),
        all_supported=as_query_string(query),
        number_supported=len(aggregates.breakdown(query, "commitment").keys() - {None}),
    )


def _supported(query: Query) -> list[tuple[Commitment, tuple[Linked, ...]]]:
    """Return the commitments that the document says most of, with its sums for each."""
    found = {key: sums for key, sums in aggregates.breakdown(query, "commitment").items() if key}
    most = sorted(found, key=lambda key: (-found[key].committed, key))[:MOST_COMMITMENTS]
    commitments = Commitment.objects.in_bulk(most, field_name="reference")
    return [
        (commitments[key], figures_of(found[key], OF_COMMITMENTS, query.where(commitment=key)))
        for key in most
    ]


@require_safe
@from_any_server
def document_file(request: HttpRequest, key: str) -> HttpResponseBase:
    """Give the file of a document that the public may see."""
    head, _revision = newest()
    public = public_documents(head.number)
    files = DocumentFile.objects.defer("content").filter(document__in=public)
    return download(request, get_object_or_404(files, document__key=key))


def download(request: HttpRequest, file: DocumentFile) -> HttpResponseBase:
    """Give the file; whoever names its SHA-256 as ETag has it already."""
    etag = quote_etag(file.sha256)
    if (fresh := get_conditional_response(request, etag=etag)) is not None:
        return fresh
    disposition = content_disposition_header(as_attachment=True, filename=plain_name(file.name))
    return HttpResponse(
        bytes(file.content),
        content_type=file.media_type,
        headers={
            "Content-Disposition": disposition,
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-cache",
            "ETag": etag,
        },
    )
