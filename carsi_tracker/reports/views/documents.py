"""Documents: the sources of all amounts, and each one's own page."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from carsi_tracker.figures import answers
from carsi_tracker.figures.reading import newest
from carsi_tracker.figures.selection import entries
from carsi_tracker.figures.vocabulary import public_documents
from carsi_tracker.ledger.models import Basis, DocumentFile
from carsi_tracker.reports.files import download
from carsi_tracker.reports.freshness import Asked, public_page
from carsi_tracker.reports.links import linked
from carsi_tracker.reports.tables import DocumentsTable, EntriesTable
from carsi_tracker.reports.views.commitments import balances
from carsi_tracker.reports.views.lists import render_list

STAGES = ("appropriated", "committed", "obligated", "disbursed")


@public_page(sorts=DocumentsTable.sorts())
def document_list(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Show the documents, with how many entries cite each."""
    question = asked.question.everywhere()
    rows = answers.documents(question)
    return render_list(
        request,
        asked,
        "reports/documents.html",
        DocumentsTable(rows, request.path, asked, question),
    )


@public_page(sorts=EntriesTable.sorts())
def document_detail(request: HttpRequest, asked: Asked, key: str) -> HttpResponse:
    """Show a document with what it supports, by stage and basis."""
    question = asked.question.everywhere().where(document=key)
    document = get_object_or_404(public_documents(question.version.number), key=key)
    by_basis = answers.breakdown(question, "basis")
    table = EntriesTable(
        EntriesTable.rows_of(entries(question)), request.path, asked, question, exclude=("source",)
    )
    return render_list(
        request,
        asked,
        "reports/document.html",
        table,
        document=document,
        file=DocumentFile.objects.defer("content").filter(document=document).first(),
        balances=balances(question, STAGES) if by_basis else [],
        bases=[
            (
                basis,
                linked(
                    by_basis[basis].committed, 1, question.where(basis=basis, stage="committed")
                ),
            )
            for basis in Basis
            if basis in by_basis and by_basis[basis].committed
        ],
    )


@require_safe
def document_file(request: HttpRequest, key: str) -> HttpResponseBase:
    """Give the file of a document that the public may see."""
    head, _revision = newest()
    public = public_documents(head.number)
    files = DocumentFile.objects.defer("content").filter(document__in=public)
    return download(request, get_object_or_404(files, document__key=key))
