"""Versions of the ledger: all of them, each one's own page, and the files that are hashed."""

from collections.abc import Iterator
from dataclasses import replace

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Version
from carsi_tracker.figures.selection import entries
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger import checksum
from carsi_tracker.ledger.models import Posting
from carsi_tracker.reports.page.answering import ASK_AGAIN
from carsi_tracker.reports.page.anywhere import from_any_server
from carsi_tracker.reports.page.lists import render_list
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.published.beside import PublishedChange, changed_comparisons
from carsi_tracker.reports.tables import EntriesTable, VersionsTable
from carsi_tracker.reports.versions.before_and_after import (
    VersionSteps,
    steps_of,
    subjects_changed,
    totals_changed,
)
from carsi_tracker.reports.versions.effects import effect_linked


@public_page(sorts=VersionsTable.sorts())
def version_list(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Show the versions, newest first."""
    rows = Posting.objects.select_related("countersignature").filter(
        version__lte=public.query.version.number
    )
    return render_list(
        request,
        public,
        "reports/changes.html",
        VersionsTable(rows, request.path, public, public.query.everywhere()),
    )


@public_page(sorts=EntriesTable.sorts())
def version_detail(request: HttpRequest, public: PublicRequest, version: int) -> HttpResponse:
    """Show a version: why, by whom, its effect on the sums, its entries, its file."""
    query = public.query.everywhere()
    known = Posting.objects.filter(version__lte=query.version.number)
    posting = get_object_or_404(
        known.select_related("reverses__reverses", "countersignature"), version=version
    )
    query = query.where(posted_in=version)
    table = EntriesTable(
        EntriesTable.rows_of(entries(query)), request.path, public, query, exclude=("version",)
    )
    previous = known.filter(version=version - 1).first()
    steps = steps_of(query, posting, previous)
    return render_list(
        request,
        public,
        "reports/version.html",
        table,
        posting=posting,
        reversals=reversals(known, posting.version),
        then=steps.after,
        effect=effect_linked(aggregates.totals(query), query),
        totals=totals_changed(steps),
        subjects=subjects_changed(public, steps),
        verdicts=_verdicts(steps),
        previous=previous,
        following=known.filter(version=version + 1).first(),
    )


def reversals(known: QuerySet[Posting], version: int | None) -> list[Posting]:
    """Return what reversed a version, what reversed that, which reinstated it, and so on."""
    chain: list[Posting] = []
    while found := known.filter(reverses=chain[-1].version if chain else version).first():
        chain.append(found)
    return chain


def _verdicts(steps: VersionSteps) -> list[PublishedChange]:
    """Return the published totals that compare otherwise since a version."""
    nothing = Version(0, "", steps.after.version.label_revision)
    return changed_comparisons(steps.before or replace(steps.after, version=nothing), steps.after)


@require_safe
@from_any_server
def versions_file(request: HttpRequest) -> HttpResponseBase:
    """Answer `versions.csv`: a line a version, each with its checksum."""
    head, _ = newest()
    lines = checksum.versions_csv(head.number)
    return _file(request, lines, "versions.csv", head.checksum)


@require_safe
@from_any_server
def version_file(request: HttpRequest, version: int) -> HttpResponseBase:
    """Answer the file of one version, byte for byte as it is hashed.

    Its address does not name its checksum: where a back-up is restored that lacks a version,
    another one is posted under its number.
    """
    posting = Posting.objects.filter(version=version).first()
    if posting is None:
        raise Http404
    return _file(
        request,
        checksum.entries_csv(version),
        f"carsi-version-{version}.csv",
        posting.entries_sha256,
    )


def _file(request: HttpRequest, lines: Iterator[str], name: str, digest: str) -> HttpResponseBase:
    """Answer a file under its digest as ETag; 304 to whoever names that."""
    etag = quote_etag(digest)
    response = get_conditional_response(request, etag=etag) or StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    response["ETag"] = etag
    response["Cache-Control"] = ASK_AGAIN
    return response
