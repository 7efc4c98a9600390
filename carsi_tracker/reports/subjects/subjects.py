"""Areas, countries, goals and appropriations: the lists of them, and each one's own page."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.models import Stage
from carsi_tracker.ledger.money import split
from carsi_tracker.reports.charts.bar import bar, bar_marks
from carsi_tracker.reports.charts.countries import countries_chart
from carsi_tracker.reports.charts.files import chart_files
from carsi_tracker.reports.charts.marks import published_marks
from carsi_tracker.reports.charts.timeline import timeline_chart
from carsi_tracker.reports.overview.certainty import weak_spots
from carsi_tracker.reports.overview.matrix import matrix
from carsi_tracker.reports.page import explanations
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.how_well_known import how_well_known
from carsi_tracker.reports.page.links import Linked, linked_in, linked_sum
from carsi_tracker.reports.page.lists import render_list
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.page.render import lazily, render_page
from carsi_tracker.reports.page.shortened import HUNDRED_PERCENT, TENTH, percent
from carsi_tracker.reports.published.beside import line_of_each, lines_beside
from carsi_tracker.reports.subjects.breakdowns import breakdown, list_of
from carsi_tracker.reports.subjects.kinds import KINDS, UNSTATED_AREA, Subject, SubjectKind
from carsi_tracker.reports.subjects.sources import cited
from carsi_tracker.reports.tables import CommitmentsTable
from carsi_tracker.reports.versions.history import history_of

MOST_NOTES = 12


@dataclass(frozen=True)
class SubjectPart:
    """What a subject has of a whole: the whole, linked, and the share in percent.

    The shares of all subjects of a kind add up.
    """

    whole: Linked
    share: str


@public_page()
def subject_list(request: HttpRequest, public: PublicRequest, kind: str) -> HttpResponse:
    """Show all subjects of a kind with their sums by stage."""
    public = public.with_blank_day()
    query, its = public.query.everywhere(), KINDS[kind]
    return render_page(
        request,
        public,
        "reports/subjects.html",
        kind=its,
        table=lazily(list_of, public, its, query),
        matrix=lazily(matrix, query, public.words) if kind == "area" else None,
        matrix_files=lazily(chart_files, "matrix", query),
        countries=lazily(countries_chart, query, public.words.countries)
        if kind == "country"
        else None,
        published_lines=line_of_each(
            public, {each.name: each.query(query) for each in its.subjects(public)}
        ),
    )


@public_page(sorts=CommitmentsTable.sorts())
def subject_detail(
    request: HttpRequest, public: PublicRequest, kind: str, code: str
) -> HttpResponse:
    """Show a subject: its sums, what they are made of, where they come from, how they came."""
    its = KINDS[kind]
    subject = its.subject(public, code.lower())
    if subject is None:
        raise Http404
    if subject.code != code:
        plain = reverse(its.page, args=[subject.code])
        return HttpResponsePermanentRedirect(plain + public.address.query_string())
    query = subject.query(public.query)
    committed = query.where(stage=Stage.COMMITTED)
    sums, marks = aggregates.totals(query), published_marks(query)
    return render_list(
        request,
        public,
        "reports/subject.html",
        CommitmentsTable.about(query, request.path, public),
        rows=aggregates.number_of(query, "commitment"),
        kind=its,
        subject=subject,
        query_of_subject=as_query_string(query),
        totals=sums,
        committed=linked_sum(committed),
        unobligated_balance=linked_in(sums, "unobligated-balance", query),
        part=_part(its, subject, query),
        unstated=_unstated(its, subject, query),
        later=explanations.later(committed),
        published_lines=lines_beside(public, query),
        known=how_well_known(query),
        bar=bar(sums, query),
        bar_marks=bar_marks(sums, query, marks),
        bar_files=chart_files("bar", query),
        timeline=timeline_chart(query, marks, small=True),
        breakdowns=[breakdown(public, KINDS[by], query, KINDS[by].stages) for by in its.by],
        noted=weak_spots(query, MOST_NOTES),
        cited=cited(query),
        history=history_of(query),
    )


def _part(kind: SubjectKind, subject: Subject, query: Query) -> SubjectPart | None:
    stage = kind.stages[0]
    whole = linked_sum(query.everywhere().where(stage=stage))
    if whole.amount <= 0:
        return None
    shares = {
        key: sums.of(stage).amount / whole.amount * HUNDRED_PERCENT
        for key, sums in aggregates.breakdown(query.everywhere(), kind.page).items()
        if sums.of(stage).known
    }
    if subject.key not in shares:
        return None
    rounded = split(HUNDRED_PERCENT, list(shares.values()), TENTH)
    shown = dict(zip(shares, rounded, strict=True))[subject.key]
    return SubjectPart(whole, percent(shares[subject.key], shown, TENTH))


def _unstated(kind: SubjectKind, subject: Subject, query: Query) -> Linked | None:
    """Return what is committed with no area stated: in an area's whole, or of another subject."""
    if subject.key == UNSTATED_AREA:
        return None
    whole = query.everywhere() if kind.page == "area" else query
    found = linked_sum(whole.where(area=UNSTATED_AREA, stage=Stage.COMMITTED))
    return found if found.amount else None
