"""What a report says of the whole or of a subject, apart from how it is set."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from carsi_tracker import SOFTWARE
from carsi_tracker.figures import aggregates
from carsi_tracker.figures.bounds import Mark
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.vocabulary import Vocabulary
from carsi_tracker.ledger.days import day_in_words
from carsi_tracker.ledger.models import Commitment, Stage
from carsi_tracker.reports.balances.sums import OF_COMMITMENTS
from carsi_tracker.reports.charts.charts import day_and_version, drawn
from carsi_tracker.reports.charts.sheets import SHEETS, signs_in_words
from carsi_tracker.reports.overview.matrix import matrix
from carsi_tracker.reports.page.citation import NAME
from carsi_tracker.reports.page.explanations import sums_of_all
from carsi_tracker.reports.page.how_well_known import how_well_known
from carsi_tracker.reports.page.links import linked_in, linked_sum
from carsi_tracker.reports.page.marks import marked_plainly
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.page.shortened import in_prose
from carsi_tracker.reports.page.unknown import nothing_found
from carsi_tracker.reports.subjects.breakdowns import (
    Breakdown,
    breakdown,
    breakdown_by_basis,
    heads,
)
from carsi_tracker.reports.subjects.kinds import KINDS, Subject, SubjectKind
from carsi_tracker.reports.subjects.sources import cited

MOST_COMMITMENTS = 200
OF_OVERVIEW = ("appropriation", "area", "country", "goal")


@dataclass(frozen=True)
class ReportTable:
    """A table as text: its rows begin with a name; `total` is the last, where there is one."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()
    more: str = ""


def of_overview(public: PublicRequest, address: str) -> dict[str, Any]:
    """Return what the report on the whole says; `address` is that of the report, for good."""
    query = public.query
    totals = aggregates.totals(query)
    title = nothing_found(totals, query)
    if totals.of("committed").known:
        title = _(
            "Public documents account for %(committed)s of %(appropriated)s in U.S. security aid "
            "to Central America"
        ) % {
            "committed": marked_plainly(in_prose(totals.committed), totals.of("committed").limits),
            "appropriated": in_prose(totals.appropriated),
        }
    tables = [
        _of_breakdown(breakdown(public, KINDS[kind], query, _columns(KINDS[kind])))
        for kind in OF_OVERVIEW
    ]
    tables.insert(1, _matrix(query, public.words))
    return _said(public, title, address, ("bar", "timeline", "map"), tables)


def of_subject(
    public: PublicRequest, kind: SubjectKind, subject: Subject, address: str
) -> dict[str, Any]:
    """Return what the report on a subject says; `address` is that of the report, for good."""
    query = subject.query(public.query)
    public = replace(public, query=query)
    committed = linked_sum(query.where(stage=Stage.COMMITTED))
    named = {"name": subject.name, "day": query.day_in_words}
    title = _("%(name)s: no commitment found through %(day)s") % named
    if committed.known:
        amount = marked_plainly(in_prose(committed.amount), committed.limits)
        title = _("%(name)s: %(amount)s committed") % {**named, "amount": amount}
    tables = [
        _of_breakdown(breakdown(public, KINDS[by], query, KINDS[by].stages)) for by in kind.by
    ]
    charts = ("bar", "timeline") if kind.page == "country" else ("bar", "timeline", "map")
    return _said(public, title, address, charts, [*tables, _commitments(query)])


def _columns(kind: SubjectKind) -> tuple[str, ...]:
    return (*kind.stages, "available") if "appropriated" in kind.stages else kind.stages


def _said(
    public: PublicRequest,
    title: str,
    address: str,
    charts: Iterable[str],
    tables: list[ReportTable],
) -> dict[str, Any]:
    query = public.query
    known = how_well_known(query)
    sums = sums_of_all(query)
    tables = [
        ReportTable(
            _("Sums and balances"),
            (_("U.S. dollars"),),
            tuple((label, sum_.text) for label, sum_ in sums),
        ),
        *tables,
        _of_breakdown(breakdown_by_basis(query)),
    ]
    tables = [table for table in tables if table.rows]
    texts = {text for table in tables for row in (*table.rows, table.total) for text in row[1:]}
    return {
        "lang": get_language(),
        "title": title,
        "author": NAME,
        "software": SOFTWARE,
        "about": _("Sums in U.S. dollars through %(day)s") % {"day": query.day_in_words},
        "known": [measure.in_words for measure in known.measures] if known else [],
        "charts": list(_charts(public, charts, address)),
        "tables": [vars(table) for table in tables],
        "signs": " ".join(_signs(texts)),
        "documents_title": _("Documents"),
        "documents": [
            {
                "title": each.document.shown_title,
                "lang": each.document.shown_in or get_language(),
                "about": f"{each.document.publisher}, {day_in_words(each.document.published_on)}",
                "key": each.document.key,
            }
            for each in cited(query)
        ],
        "footer": [
            _("CARSI Tracker, figures as of %(day)s, version %(version)d of the ledger, checksum")
            % {"day": query.day_in_words, "version": query.version.number},
            query.version.checksum,
        ],
        "address": address,
        "page": _("page %(page)s of %(pages)s"),
    }


def _signs(texts: set[str]) -> Iterator[str]:
    why = _("a source gives a limit")
    for mark in (Mark.AT_MOST, Mark.AT_LEAST):
        if any(mark.sign in text for text in texts):
            yield f"{mark.sign} {mark.label}: {why}."
    yield signs_in_words(texts)


def _charts(public: PublicRequest, names: Iterable[str], address: str) -> Iterator[dict[str, str]]:
    """Yield the drawings that are not empty, each with what it shows in words."""
    for name in names:
        sheet = SHEETS[name](public)
        if sheet.empty:
            continue
        svg = drawn(name, sheet, day_and_version(public.query), address)
        yield {"svg": svg, "words": f"{sheet.title}: {_in_words(name, sheet.drawn)}"}


def _in_words(name: str, shown: Any) -> str:
    if name == "timeline":
        return str(shown["timeline"].description)
    if name == "map":
        return "; ".join(f"{bar.country}: {bar.words}" for bar in shown["countries"].bars)
    return "; ".join(f"{part.label}: {part.words}" for part in shown["bar"])


def _of_breakdown(found: Breakdown) -> ReportTable:
    return ReportTable(
        str(found.title),
        found.heads,
        tuple((row.name, *(each.text for each in row.figures)) for row in found.rows),
        (found.total.name, *(each.text for each in found.total.figures)) if found.rows else (),
    )


def _matrix(query: Query, words: Vocabulary) -> ReportTable:
    found = matrix(query, words)
    if not found.total.known:
        return ReportTable("", (), ())
    everywhere = pgettext("a total", "All")
    return ReportTable(
        _("Committed by purpose and country"),
        (*(str(country) for country, _href in found.heads), everywhere),
        tuple(
            (str(row.area), *(cell.figure.text for cell in row.cells), row.total.text)
            for row in found.rows
        ),
        (_("All areas"), *(figure.text for figure in found.totals), found.total.text),
    )


def _commitments(query: Query) -> ReportTable:
    """Return the commitments with the largest committed sums, each on a row."""
    found = aggregates.breakdown(query, "commitment")
    largest = sorted(found, key=lambda key: (-found[key].committed, str(key)))[:MOST_COMMITMENTS]
    titled = {each.reference: each for each in Commitment.objects.filter(reference__in=largest)}
    left = len(found) - len(largest)
    more = _("and %(number)d more, on the page") % {"number": left} if left else ""
    rows = (
        (
            f"{key}: {titled[str(key)].shown_title}",
            *(
                linked_in(found[key], name, query.where(commitment=key)).text
                for name in OF_COMMITMENTS
            ),
        )
        for key in largest
        if key is not None
    )
    return ReportTable(_("Commitments"), heads(OF_COMMITMENTS), tuple(rows), more=more)
