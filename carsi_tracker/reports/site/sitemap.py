"""What crawlers read: all public pages in both languages, and what is not for them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from carsi_tracker.figures.query import Question
from carsi_tracker.figures.selection import entries
from carsi_tracker.figures.vocabulary import public_documents
from carsi_tracker.ledger.models import Commitment, Posting
from carsi_tracker.reports.page.address import site_of
from carsi_tracker.reports.page.public_page import Asked, public_page
from carsi_tracker.reports.subjects.kinds import KINDS

THINGS_A_FILE = 5000
"""Each stands in both languages; the protocol allows 50,000 addresses a file."""
PAGES = (
    "overview", *(kind.list for kind in KINDS.values()), "commitments", "entries", "documents",
    "changes", "compare", "balance", "search", "data", "about",
)  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """A page: its English address without the site, and when it last changed, where known."""

    path: str
    changed_at: datetime | None = None

    @property
    def spanish(self) -> str:
        """Its Spanish address."""
        return f"/es{self.path}"


@dataclass(frozen=True)
class Section:
    """A kind of pages: how many there are, and those from one position to another."""

    number: int
    between: Callable[[int, int], Iterable[Listed]]

    @property
    def files(self) -> int:
        """How many files it fills; one at least."""
        return max(1, ceil(self.number / THINGS_A_FILE))


def sections(asked: Asked) -> dict[str, Callable[[], Section]]:
    """Return how each kind of public pages of a version is listed, by name."""
    question = asked.question.everywhere()
    version = question.version.number
    postings = Posting.objects.filter(version__lte=version).order_by("version")
    return {
        "pages": lambda: _of_list([Listed(reverse(name)) for name in PAGES]),
        "subjects": lambda: _of_list(list(_subjects(asked))),
        "commitments": lambda: _of_rows(
            _commitments(question), lambda row: reverse("commitment", args=[row[0]])
        ),
        "documents": lambda: _of_rows(
            public_documents(version).order_by("key").values_list("key"),
            lambda row: reverse("document", args=[row[0]]),
        ),
        "changes": lambda: _of_rows(
            postings.values_list("version", "posted_at"),
            lambda row: reverse("version", args=[row[0]]),
        ),
        "entries": lambda: _of_rows(
            entries(question).values_list("posting_id", "line", "posting__posted_at"),
            lambda row: reverse("entry", args=[row[0], row[1]]),
        ),
    }


@public_page()
def index(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Name the files of the sitemap."""
    files = [
        reverse("sitemap-file", args=[name, number])
        for name, section in sections(asked).items()
        for number in range(1, section().files + 1)
    ]
    context = {"files": files, "site": site_of(request)}
    return render(request, "reports/sitemap_index.xml", context, "application/xml")


@public_page()
def sitemap(request: HttpRequest, asked: Asked, section: str, number: int) -> HttpResponse:
    """Name the pages of one file, each in both languages."""
    listed = sections(asked).get(section)
    if listed is None or number > (found := listed()).files:
        raise Http404
    start = (number - 1) * THINGS_A_FILE
    context = {"pages": found.between(start, start + THINGS_A_FILE), "site": site_of(request)}
    return render(request, "reports/sitemap.xml", context, "application/xml")


@public_page()
def robots(request: HttpRequest, _asked: Asked) -> HttpResponse:
    """Name the sitemap, and keep crawlers away from the desk."""
    context = {"site": site_of(request)}
    return render(request, "reports/robots.txt", context, "text/plain; charset=utf-8")


def _subjects(asked: Asked) -> Iterable[Listed]:
    for kind in KINDS.values():
        for subject in kind.subjects(asked):
            if subject.code:
                yield Listed(reverse(kind.page, args=[subject.code]))


def _commitments(question: Question) -> QuerySet[Commitment, tuple[str, datetime]]:
    posted = Commitment.objects.filter(first_version__lte=question.version.number)
    return (
        posted.annotate(changed_at=Max("entries__posting__posted_at"))
        .order_by("reference")
        .values_list("reference", "changed_at")
    )


def _of_list(pages: list[Listed]) -> Section:
    return Section(len(pages), lambda start, end: pages[start:end])


def _of_rows(rows: QuerySet[Any, Any], path: Callable[[tuple[Any, ...]], str]) -> Section:
    """Return a section of rows, each of whose last value may be when it last changed."""

    def between(start: int, end: int) -> Iterable[Listed]:
        for row in rows[start:end]:
            yield Listed(path(row), row[-1] if isinstance(row[-1], datetime) else None)

    return Section(rows.count(), between)
