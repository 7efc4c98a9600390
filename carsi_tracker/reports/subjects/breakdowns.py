"""Sums of subjects, one a row: as lists, and as what something is made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Sums
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.models import Basis, Document
from carsi_tracker.reports.balances.sums import STAGES
from carsi_tracker.reports.page.filters import name_of_balance
from carsi_tracker.reports.page.links import Linked, empty_cell, entries_address, linked_in
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.subjects.kinds import SubjectKind, address

COLUMN_NAMES = {"available": _("Uncommitted balance")}
"""What columns are called otherwise than the figures in them."""


@dataclass(frozen=True)
class EntryCount:
    """How many entries a row sums, and where they are; `apart` if others are there, too."""

    number: int
    href: str
    apart: bool = False

    @property
    def html(self) -> SafeString:
        """The number, with its link if it leads to just these."""
        if not self.number:
            return empty_cell(self.href)
        shown = f"{self.number:,}"
        return (
            SafeString(shown)
            if self.apart
            else format_html('<a href="{}">{}</a>', self.href, shown)
        )


@dataclass(frozen=True)
class BreakdownRow:
    """A subject's sums by stage, each linked to its entries; `href` is the subject's page.

    `law` is the document of the law that an appropriation is of.
    """

    name: str
    href: str | None
    figures: tuple[Linked, ...]
    entries: EntryCount | None = None
    law: Document | None = None


@dataclass(frozen=True)
class Breakdown:
    """Sums by stage of the parts of something, and of the whole; `name` tells breakdowns apart.

    `key` is the place of the column to read first, which is tinted; a `whole` list shows entries
    and laws, too.
    """

    name: str
    title: str | Promise
    heads: tuple[str, ...]
    rows: tuple[BreakdownRow, ...]
    total: BreakdownRow
    key: int = 0
    whole: bool = False


def list_of(public: PublicRequest, kind: SubjectKind, query: Query) -> Breakdown:
    """Return the list of all subjects of a kind, with the columns of its file."""
    table = breakdown(public, kind, query, kind.columns)
    return replace(table, key=kind.columns.index(kind.first), whole=True)


def breakdown(
    public: PublicRequest, kind: SubjectKind, query: Query, names: Sequence[str]
) -> Breakdown:
    """Break sums of a query, by name, down by the subjects of a kind that have entries.

    Where everything is asked, subjects without entries are in it, too.
    """
    found = aggregates.breakdown(query, kind.page)
    everything = query == query.everywhere()
    rows = []
    for subject in kind.subjects(public):
        if everything or subject.key in found:
            sums = found.get(subject.key, Sums())
            asks = query.where(**dict(subject.filters))
            rows.append(
                BreakdownRow(
                    subject.name,
                    address(kind, subject, query),
                    figures_of(sums, names, asks),
                    EntryCount(_entries(sums, kind), entries_address(asks)),
                    subject.law,
                )
            )
    totals = aggregates.totals(query)
    figures, entries = figures_of(totals, names, query), _all_entries(totals, kind, query)
    return Breakdown(
        kind.page,
        kind.title,
        heads(names),
        tuple(rows),
        BreakdownRow(str(kind.all), None, figures, entries),
    )


def breakdown_by_basis(query: Query) -> Breakdown:
    """Break a query down by how directly documents state its amounts."""
    found = aggregates.breakdown(query, "basis")
    rows = (
        BreakdownRow(
            str(basis.label), None, figures_of(found[basis], STAGES, query.where(basis=basis))
        )
        for basis in Basis
        if basis in found
    )
    total = figures_of(aggregates.totals(query), STAGES, query)
    return Breakdown(
        "basis",
        _("Evidence"),
        heads(STAGES),
        tuple(rows),
        BreakdownRow(pgettext("a total", "All"), None, total),
    )


def heads(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of sums as columns are headed."""
    return tuple(str(COLUMN_NAMES.get(name) or name_of_balance(name)) for name in names)


def figures_of(sums: Sums, names: Iterable[str], query: Query) -> tuple[Linked, ...]:
    """Return sums by name, each linked to its entries."""
    return tuple(linked_in(sums, name, query) for name in names)


def _entries(sums: Sums, kind: SubjectKind) -> int:
    """Count the entries of the stages that a kind can have."""
    return sum(sums.of(stage).entries for stage in kind.stages)


def _all_entries(sums: Sums, kind: SubjectKind, query: Query) -> EntryCount:
    entries = _entries(sums, kind)
    return EntryCount(entries, entries_address(query), apart=entries < sums.entries)
