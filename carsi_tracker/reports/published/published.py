"""What others published beside our figures: all of it, and each total's own page."""

from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from carsi_tracker.figures.published import (
    NAMED,
    PublishedComparison,
    Verdict,
    all_compared,
    compared,
    tally,
)
from carsi_tracker.ledger.models import PublishedFigure
from carsi_tracker.reports.page.lists import render_list
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.page.render import render_page
from carsi_tracker.reports.published.beside import counts_of
from carsi_tracker.reports.published.chosen import OWN, chosen, publishers
from carsi_tracker.reports.published.wording import (
    LEGENDS,
    period_in_words,
    published_in_words,
    question_in_words,
    sentence,
)
from carsi_tracker.reports.tables.published import PublishedTable, our_figure, verdict_mark


@dataclass(frozen=True)
class VerdictCount:
    """How many published totals have a verdict, and the page of them alone."""

    verdict: Verdict
    number: int
    legend: str
    href: str
    current: bool


@public_page(sorts=PublishedTable.sorts(), own=OWN)
def published_list(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Show the published totals, each with our figure and how they compare."""
    everything = all_compared(public.query)
    rows = chosen(public, everything)
    own = dict(public.address.own)
    return render_list(
        request,
        public,
        "reports/published.html",
        PublishedTable(rows, request.path, public, public.query.everywhere()),
        counts=_counts(request, public, everything),
        published=counts_of(everything),
        publishers=publishers(everything),
        publisher=own.get("publisher", ""),
        verdicts=Verdict.choices,
        verdict=own.get("verdict", ""),
        hidden=public.address.carried(*OWN),
        everything=request.path + replace(public.address, own=(), page=1).query_string(),
    )


@public_page()
def published_detail(request: HttpRequest, public: PublicRequest, key: str) -> HttpResponse:
    """Show a published total: the words, the document, our figure, and how they compare."""
    figure = get_object_or_404(PublishedFigure.objects.select_related(*NAMED), key=key)
    (comparison,) = compared([figure], public.query)
    return render_page(
        request,
        public,
        "reports/published_figure.html",
        figure=figure,
        comparison=comparison,
        question=question_in_words(figure),
        period=period_in_words(figure),
        published=published_in_words(figure),
        ours=our_figure(comparison),
        verdict=verdict_mark(comparison),
        sentence=sentence(comparison),
    )


def _counts(
    request: HttpRequest, public: PublicRequest, comparisons: list[PublishedComparison]
) -> list[VerdictCount]:
    """Count those of the chosen publisher by verdict, each with the page of them."""
    own = dict(public.address.own)
    asked = replace(public.address, own=tuple((n, v) for n, v in own.items() if n != "verdict"))
    counted = tally(chosen(replace(public, address=asked), comparisons))
    return [
        VerdictCount(
            verdict,
            number,
            str(LEGENDS[verdict]),
            request.path
            + replace(asked, own=(*asked.own, ("verdict", str(verdict))), page=1).query_string(),
            own.get("verdict") == verdict,
        )
        for verdict, number in counted.items()
    ]
