"""Data gaps as they are shown: a row and a bar of each appropriation, a row of each country."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import ZERO, Sums
from carsi_tracker.figures.gaps import KINDS, WHOLE, Gap, largest_first
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.models import Stage
from carsi_tracker.reports.charts.bar import BarPart, bar
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.links import Linked, linked_in, page_path
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.subjects.kinds import KINDS as SUBJECTS
from carsi_tracker.reports.subjects.kinds import UNSTATED_AREA, Subject

HUNDRED = 100
EVERYTHING = Subject(None, "", "", ())


@dataclass(frozen=True)
class GapRow:
    """What is not known of an appropriation: all of it, then by kind.

    `width` is its bar in percent of the longest, `parts` are those of the bar.
    """

    gap: Gap
    code: str
    name: str
    href: str
    whole: Linked
    kinds: tuple[Linked, ...]
    parts: list[BarPart]
    width: Decimal


@dataclass(frozen=True)
class PlaceRow:
    """A country: what is committed, of it without an area, and what of it is not known."""

    subject: Subject
    sums: Sums
    href: str
    committed: Linked
    unstated: Linked
    unobligated: Linked
    unliquidated: Linked

    @property
    def figures(self) -> tuple[Linked, ...]:
        """Its amounts, in the order of the columns."""
        return (self.committed, self.unstated, self.unobligated, self.unliquidated)


@dataclass(frozen=True)
class GapTables:
    """The rows of both tables, each with the row of all."""

    appropriations: tuple[GapRow, ...]
    all: GapRow
    places: tuple[PlaceRow, ...]
    all_places: PlaceRow


def gap_tables(public: PublicRequest) -> GapTables:
    """Return what is not known, by appropriation and by country; filters are left aside."""
    query = public.query.everywhere()
    subjects = {each.key: each for each in SUBJECTS["appropriation"].subjects(public)}
    sums = aggregates.breakdown(query, "appropriation")
    gaps = largest_first({key: sums[key] for key in subjects if key in sums})
    longest = max((gap.sums.appropriated for gap in gaps), default=ZERO)
    of_all = Gap(None, aggregates.totals(query))
    return GapTables(
        tuple(_row(gap, subjects[gap.key], query, longest) for gap in gaps),
        _row(of_all, EVERYTHING, query, of_all.sums.appropriated),
        tuple(_places(public, query)),
        _place(EVERYTHING, query, of_all.sums, aggregates.totals(_unstated(query))),
    )


def _row(gap: Gap, subject: Subject, query: Query, longest: Decimal) -> GapRow:
    asks = subject.query(query)
    return GapRow(
        gap,
        subject.code,
        subject.name.partition(":")[0],
        page_path("appropriation", subject.code) + as_query_string(query) if subject.code else "",
        linked_in(gap.sums, WHOLE, asks),
        tuple(linked_in(gap.sums, kind, asks) for kind in KINDS),
        bar(gap.sums, asks),
        _percent(gap.sums.appropriated, longest),
    )


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return (part / whole * HUNDRED).quantize(Decimal("0.01")) if whole else ZERO


def _places(public: PublicRequest, query: Query) -> Iterable[PlaceRow]:
    found = aggregates.breakdown(query, "country")
    unstated = aggregates.breakdown(_unstated(query), "country")
    for subject in SUBJECTS["country"].subjects(public):
        if subject.key in found:
            yield _place(subject, query, found[subject.key], unstated.get(subject.key, Sums()))


def _place(subject: Subject, query: Query, sums: Sums, unstated: Sums) -> PlaceRow:
    asks = subject.query(query)
    return PlaceRow(
        subject,
        sums,
        page_path("country", subject.code) + as_query_string(query) if subject.code else "",
        linked_in(sums, Stage.COMMITTED, asks),
        linked_in(unstated, Stage.COMMITTED, _unstated(asks)),
        linked_in(sums, "unobligated", asks),
        linked_in(sums, "unliquidated", asks),
    )


def _unstated(query: Query) -> Query:
    return query.where(area=UNSTATED_AREA)
