"""Areas, countries, goals and appropriations: the lists of them, and each one's own page."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Totals
from carsi_tracker.figures.query import Question
from carsi_tracker.ledger.models import Stage
from carsi_tracker.reports.charts.bar import bar
from carsi_tracker.reports.charts.countries import countries_chart
from carsi_tracker.reports.charts.files import chart_files
from carsi_tracker.reports.charts.timeline import timeline_chart
from carsi_tracker.reports.overview.bases import basis_shares
from carsi_tracker.reports.overview.matrix import matrix
from carsi_tracker.reports.overview.notes import weak_spots
from carsi_tracker.reports.page import explanations
from carsi_tracker.reports.page.links import Linked, linked_sum
from carsi_tracker.reports.page.lists import render_list
from carsi_tracker.reports.page.public_page import Asked, public_page
from carsi_tracker.reports.page.render import render_page
from carsi_tracker.reports.subjects.kinds import KINDS, UNSTATED_AREA, Kind, Subject, breakdown
from carsi_tracker.reports.subjects.sources import cited, touched
from carsi_tracker.reports.tables import CommitmentsTable

MOST_NOTES = 12
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Part:
    """What a subject has of a whole: both linked, and the share in percent."""

    whole: Linked
    percent: Decimal


@public_page()
def subject_list(request: HttpRequest, asked: Asked, kind: str) -> HttpResponse:
    """Show all subjects of a kind with their sums by stage."""
    question, its = asked.question.everywhere(), KINDS[kind]
    return render_page(
        request,
        asked,
        "reports/subjects.html",
        kind=its,
        table=breakdown(asked, its, question),
        matrix=matrix(question, asked.words) if kind == "area" else None,
        matrix_files=chart_files("matrix", question),
        countries=countries_chart(question, asked.words.countries) if kind == "country" else None,
    )


@public_page(sorts=CommitmentsTable.sorts())
def subject_detail(request: HttpRequest, asked: Asked, kind: str, code: str) -> HttpResponse:
    """Show a subject: its sums, what they are made of, where they come from, how they came."""
    its = KINDS[kind]
    subject = next((each for each in its.subjects(asked) if each.code == code.lower() != ""), None)
    if subject is None:
        raise Http404
    if subject.code != code:
        plain = reverse(its.page, args=[subject.code])
        return HttpResponsePermanentRedirect(plain + asked.address.query())
    question = subject.question(asked.question)
    committed = question.where(stage=Stage.COMMITTED)
    sums = aggregates.totals(question)
    return render_list(
        request,
        asked,
        "reports/subject.html",
        CommitmentsTable.about(question, request.path, asked),
        rows=aggregates.number_of(question, "commitment"),
        kind=its,
        subject=subject,
        query_of_subject=question.query(),
        totals=sums,
        committed=linked_sum(committed),
        part=_part(its, question, sums),
        unstated=_unstated(its, subject, question),
        later=explanations.later(committed),
        bases=[share for share in basis_shares(question) if share.amount],
        bar=bar(sums, question),
        bar_files=chart_files("bar", question),
        timeline=timeline_chart(question, small=True),
        breakdowns=[breakdown(asked, KINDS[name], question) for name in its.by],
        noted=weak_spots(question, MOST_NOTES),
        cited=cited(question),
        touched=touched(question),
    )


def _part(kind: Kind, question: Question, sums: Totals) -> Part | None:
    stage = kind.stages[0]
    whole = linked_sum(question.everywhere().where(stage=stage))
    if whole.amount <= 0:
        return None
    return Part(whole, (getattr(sums, stage) / whole.amount * 100).quantize(TENTH))


def _unstated(kind: Kind, subject: Subject, question: Question) -> Linked | None:
    """Return what is committed with no area stated: in an area's whole, or of another subject."""
    if subject.key == UNSTATED_AREA:
        return None
    whole = question.everywhere() if kind.page == "area" else question
    found = linked_sum(whole.where(area=UNSTATED_AREA, stage=Stage.COMMITTED))
    return found if found.amount else None
