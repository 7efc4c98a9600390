"""The appropriations on the overview: what of each was committed, and what not, as far as found."""

from dataclasses import dataclass
from decimal import Decimal

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Sums
from carsi_tracker.figures.query import Query
from carsi_tracker.reports.page.headlines import place_of_largest
from carsi_tracker.reports.page.links import Linked, linked_in
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.page.shortened import HUNDRED_PERCENT, percent
from carsi_tracker.reports.subjects.kinds import KINDS, address

ONE_PERCENT = Decimal(1)


@dataclass(frozen=True)
class AppropriationRow:
    """An appropriation, or all of them, by stage; `href` is its page.

    `share` is what of it was committed, in percent; None where that is not known.
    """

    name: str
    href: str | None
    appropriated: Linked
    committed: Linked
    uncommitted: Linked
    obligated: Linked
    disbursed: Linked
    share: Decimal | None

    @property
    def share_in_words(self) -> str:
        """The share in whole percent: 100% only where it is all."""
        share = self.share or Decimal(0)
        most = HUNDRED_PERCENT if share >= HUNDRED_PERCENT else HUNDRED_PERCENT - ONE_PERCENT
        return percent(share, min(share.quantize(ONE_PERCENT), most), ONE_PERCENT)


@dataclass(frozen=True)
class AppropriationsTable:
    """The appropriations of a version, and all of them together."""

    rows: tuple[AppropriationRow, ...]
    total: AppropriationRow

    @property
    def largest(self) -> AppropriationRow | None:
        """The appropriation with the largest uncommitted balance; None where two have it."""
        place = place_of_largest([row.uncommitted for row in self.rows])
        return None if place is None else self.rows[place]


def funds(public: PublicRequest, query: Query) -> AppropriationsTable:
    """Return each appropriation by stage, and the whole."""
    kind = KINDS["appropriation"]
    found = aggregates.breakdown(query, kind.page)
    rows = [
        _row(
            each.short,
            address(kind, each, query),
            found.get(each.key, Sums()),
            query.where(**dict(each.filters)),
        )
        for each in kind.subjects(public)
    ]
    total = _row(str(kind.all), None, aggregates.totals(query), query)
    return AppropriationsTable(tuple(rows), total)


def _row(name: str, href: str | None, sums: Sums, asks: Query) -> AppropriationRow:
    committed, whole = sums.of("committed"), sums.appropriated
    return AppropriationRow(
        name,
        href,
        appropriated=linked_in(sums, "appropriated", asks),
        committed=linked_in(sums, "committed", asks),
        uncommitted=linked_in(sums, "available", asks),
        obligated=linked_in(sums, "obligated", asks),
        disbursed=linked_in(sums, "disbursed", asks),
        share=(committed.amount / whole * HUNDRED_PERCENT).quantize(Decimal("0.1"))
        if committed.known and whole > 0
        else None,
    )
