"""Entries: the page behind every figure, and each entry's own."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise

from carsi_tracker.figures import answers
from carsi_tracker.figures.question import MEASURES, Question
from carsi_tracker.figures.selection import entries
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Entry, Stage
from carsi_tracker.reports import filters
from carsi_tracker.reports.freshness import Asked, public_page
from carsi_tracker.reports.links import Linked, linked
from carsi_tracker.reports.pages import render_page
from carsi_tracker.reports.tables import EntriesTable
from carsi_tracker.reports.views.lists import render_list


@dataclass(frozen=True)
class StageSum:
    """What the entries of one stage add up to."""

    label: str | Promise
    amount: Decimal
    href: str | None


@public_page(sorts=EntriesTable.sorts())
def entry_list(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Show the entries that a question is about, and what they add up to."""
    question = asked.question
    rows = EntriesTable.rows_of(entries(question))
    return render_list(
        request,
        asked,
        "reports/entries.html",
        EntriesTable(rows, request.path, asked),
        total=answers.total(question),
        sums=stage_sums(question),
        one_sum=bool(question.scope.stage or question.scope.measure),
        stage=stage_in_words(question),
        measured=MEASURES.get(question.scope.measure or ""),
        scope=scope_in_words(asked),
        figure_today=figure_today(question),
        not_attributed=not_attributed(question),
        chips=filters.chips(request.path, asked),
        selects=filters.selects(asked),
        hidden=filters.hidden(asked),
    )


@public_page()
def entry_detail(request: HttpRequest, asked: Asked, version: int, line: int) -> HttpResponse:
    """Show one entry, with its commitment, document and version, whatever day is asked."""
    rows = entries(asked.question.everywhere().through(today())).select_related(
        "commitment__area", "commitment__country", "commitment__goal", "commitment__partner",
        "commitment__agency", "appropriation__account", "document", "posting",
    )  # fmt: skip
    entry: Entry = get_object_or_404(rows, posting_id=version, line=line)
    return render_page(request, asked, "reports/entry.html", entry=entry)


def stage_sums(question: Question) -> list[StageSum]:
    """Return what the entries add up to, by each stage that they have."""
    totals = answers.totals(question)
    return [
        StageSum(Stage(stage).label, amount, linked(amount, 1, question.where(stage=stage)).href)
        for stage in Stage.values
        if (amount := getattr(totals, stage))
    ]


def stage_in_words(question: Question) -> str:
    """Return the stage or measure that is summed; "" where several stages are shown."""
    if question.scope.measure:
        return str(filters.MEASURE_NAMES[question.scope.measure])
    return str(Stage(question.scope.stage).label).lower() if question.scope.stage else ""


def scope_in_words(asked: Asked) -> str:
    """Return the filters in words, without stage and measure."""
    return " · ".join(
        filters.value_in_words(asked.words, name, code)
        for name, code in asked.question.scope.chosen.items()
        if name not in ("stage", "measure")
    )


def figure_today(question: Question) -> Linked | None:
    """Return the same figure as of today, where the page shows an earlier day."""
    if not question.dated or question.day == today():
        return None
    now = Question(question.version, today(), question.scope, pinned=question.pinned)
    total = answers.total(now)
    return linked(total.amount, total.entries, now)


def not_attributed(question: Question) -> Linked | None:
    """Return what is committed to no stated area where a page shows one area's figures only."""
    if question.scope.area in (None, "not-attributed"):
        return None
    asks = question.where(area="not-attributed", stage="committed", measure=None)
    total = answers.total(asks)
    return linked(total.amount, total.entries, asks) if total.amount else None
