"""What crawlers read: all public pages in both languages, and what is not for them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sites.requests import RequestSite
from django.core.paginator import Page, Paginator
from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property

from carsi_tracker.figures.published import published_figures
from carsi_tracker.figures.selection import entries
from carsi_tracker.figures.vocabulary import public_documents
from carsi_tracker.ledger.models import Commitment, Posting
from carsi_tracker.reports.page.address import site_of
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.subjects.kinds import KINDS

PAGES = (
    "overview", *(kind.list for kind in KINDS.values()), "commitments", "entries", "documents",
    "published", "status-of-funds", "gaps", "changes", "compare", "balance", "search", "data",
    "about",
)  # fmt: skip


class InEachLanguage(Paginator):  # type: ignore[type-arg]  # Django's takes none at run time
    """Files of so many rows, each of them once a language."""

    def page(self, number: int | str) -> "Page[Any]":
        page = super().page(number)
        languages = [code for code, _name in settings.LANGUAGES]
        page.object_list = [(row, code) for row in page.object_list for code in languages]
        return page


@dataclass
class SitemapSection(Sitemap):  # type: ignore[type-arg]  # the same
    """A kind of pages: one a row, whose last value may be when it last changed."""

    rows: Sequence[Any] | QuerySet[Any, Any]
    location: Callable[[Any], str]  # type: ignore[assignment]  # which Django calls with the row
    i18n = alternates = True
    limit = 5000
    """Each stands in both languages; the protocol allows 50,000 addresses a file."""

    def lastmod(self, row: tuple[Any, ...]) -> datetime | None:
        """Return when a page last changed, where that is known."""
        return row[-1] if isinstance(row[-1], datetime) else None

    @cached_property
    def paginator(self) -> "Paginator[Any]":
        """Its files; Django's own would read all rows, however many, to make one of them."""
        return InEachLanguage(self.rows, self.limit)


def sections(public: PublicRequest) -> dict[str, SitemapSection]:
    """Return the kinds of public pages of a version, by name."""
    query = public.query.everywhere()
    version = query.version.number
    subjects = [
        (kind.page, subject.code)
        for kind in KINDS.values()
        for subject in kind.subjects(public)
        if subject.code
    ]
    commitments = Commitment.objects.filter(first_version__lte=version).order_by("reference")
    documents = public_documents(version).order_by("key")
    postings = Posting.objects.filter(version__lte=version).order_by("version")
    return {
        "pages": SitemapSection([(name,) for name in PAGES], lambda row: reverse(row[0])),
        "subjects": SitemapSection(subjects, lambda row: reverse(row[0], args=row[1:])),
        "commitments": SitemapSection(
            commitments.annotate(changed_at=Max("entries__posting__posted_at")).values_list(
                "reference", "changed_at"
            ),
            lambda row: reverse("commitment", args=row[:1]),
        ),
        "documents": SitemapSection(
            documents.values_list("key"), lambda row: reverse("document", args=row)
        ),
        "published": SitemapSection(
            published_figures().order_by("key").values_list("key"),
            lambda row: reverse("published-figure", args=row),
        ),
        "changes": SitemapSection(
            postings.values_list("version", "posted_at"),
            lambda row: reverse("version", args=row[:1]),
        ),
        "entries": SitemapSection(
            entries(query).values_list("posting_id", "line", "posting__posted_at"),
            lambda row: reverse("entry", args=row[:2]),
        ),
    }


@public_page()
def index(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Name the files of the sitemap."""
    files = [
        reverse("sitemap-file", args=[name, number])
        for name, section in sections(public).items()
        for number in section.paginator.page_range
    ]
    context = {"files": files, "site": site_of(request)}
    return render(request, "reports/sitemap_index.xml", context, "application/xml")


@public_page()
def sitemap(request: HttpRequest, public: PublicRequest, section: str, number: int) -> HttpResponse:
    """Name the pages of one file, each in both languages."""
    listed = sections(public).get(section)
    if listed is None or number not in listed.paginator.page_range:
        raise Http404
    context = {"pages": listed.get_urls(number, RequestSite(request), request.scheme)}
    return render(request, "reports/sitemap.xml", context, "application/xml")


@public_page()
def robots(request: HttpRequest, _asked: PublicRequest) -> HttpResponse:
    """Name the sitemap, and keep crawlers away from the desk."""
    context = {"site": site_of(request)}
    return render(request, "reports/robots.txt", context, "text/plain; charset=utf-8")
