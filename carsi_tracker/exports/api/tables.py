"""The lists of the API: tables of the site with their keys, and what their sums are of."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import override

from carsi_tracker.exports.api.answers import path_of
from carsi_tracker.exports.api.fields import SPOKEN, ApiField, api_fields
from carsi_tracker.exports.api.rows import (
    Key,
    PartOfList,
    Row,
    computed,
    found_in,
    one_in,
    one_of,
)
from carsi_tracker.exports.tables import EXPORTED, LANGUAGES
from carsi_tracker.figures import aggregates, selection
from carsi_tracker.figures.query import NONE, Query
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Stage
from carsi_tracker.reports.downloads.listings import COMMITMENTS, DOCUMENTS, VERSIONS, Listing
from carsi_tracker.reports.downloads.listings import ENTRIES as LISTED_ENTRIES
from carsi_tracker.reports.downloads.status_of_funds import STATUS_OF_FUNDS
from carsi_tracker.reports.downloads.summaries import (
    Summary,
)
from carsi_tracker.reports.page.address import Address
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.records import evidence
from carsi_tracker.reports.subjects.kinds import KINDS
from carsi_tracker.reports.tables import EntriesTable


@dataclass(frozen=True)
class ApiTable:
    """A list of the API.

    `page` is the name of the page that shows it, `item` that of one of its rows. `stage` is what
    the total sums where neither a stage nor a balance is asked; without one there is no total.
    """

    table: Listing | Summary
    key: Key
    page: str
    item: str = ""
    stage: str | None = Stage.COMMITTED

    @property
    def name(self) -> str:
        """Its name in addresses, which is that of its file."""
        return self.table.name

    @property
    def takes_filters(self) -> bool:
        """Whether filters choose among its rows."""
        return self.table.filtered and self.name not in ("documents", "versions")

    @cached_property
    def fields(self) -> tuple[ApiField, ...]:
        """The fields of its rows."""
        return tuple(api_fields(self.table.fields))

    def html(self, row: Row, address: Address) -> str | None:
        """Return the path of the page about a row."""
        key = self.key.of(row)
        if self.name == "entries":
            return path_of("entry", address, row["version"], row["line"])
        if not self.item or key == NONE:
            return path_of(self.page, address) if self.page else None
        return path_of(self.item, address, key.lower() if self.item in KINDS else key)

    def summed(self, public: PublicRequest) -> Query | None:
        """Return what its totals are of; None where its rows have no amounts that add up."""
        return public.query

    def part(self, public: PublicRequest, after: str | None) -> PartOfList:
        """Return its rows after that of a key. Raises NoSuchKey."""
        raise NotImplementedError

    def one(self, public: PublicRequest, text: str) -> Row:
        """Return its row of a key, whatever is filtered. Raises NoSuchKey."""
        raise NotImplementedError


@dataclass(frozen=True)
class ListedTable(ApiTable):
    """A list of what the ledger holds: one query."""

    table: Listing
    counted: Callable[[PublicRequest, QuerySet[Any]], int] = lambda _public, found: found.count()
    whole: Callable[[PublicRequest], QuerySet[Any]] | None = None

    def summed(self, public: PublicRequest) -> Query | None:
        if self.name == "documents":
            return None if evidence.asked(public) else public.query.everywhere()
        return public.query

    def part(self, public: PublicRequest, after: str | None) -> PartOfList:
        count = self.counted(public, self.table.rows(public))
        return found_in(self.table.query(public), count, self.key, self.fields, after)

    def one(self, public: PublicRequest, text: str) -> Row:
        found = (self.whole or self.table.query)(public.everywhere())
        return one_in(found, self.key, self.fields, text)


@dataclass(frozen=True)
class ComputedTable(ApiTable):
    """A list of sums, computed at once."""

    table: Summary

    def summed(self, public: PublicRequest) -> Query | None:
        return public.query if self.stage else None

    def part(self, public: PublicRequest, after: str | None) -> PartOfList:
        return computed(self._cells(public), self.key, self.fields, after)

    def one(self, public: PublicRequest, text: str) -> Row:
        return one_of(self._cells(public.everywhere()), self.key, self.fields, text)

    def _cells(self, public: PublicRequest) -> Iterator[Sequence[Any]]:
        """Yield the cells of each row, with names in both languages."""
        spoken = [column.name in SPOKEN for column in self.table.fields]
        said = []
        for language in LANGUAGES if any(spoken) else LANGUAGES[:1]:
            with override(language):
                said.append(list(self.table.rows(public)))
        for rows in zip(*said, strict=True):
            yield [
                cell
                for place, in_each in enumerate(spoken)
                for cell in ([row[place] for row in rows] if in_each else [rows[0][place]])
            ]


def _every_entry(public: PublicRequest) -> QuerySet[Any]:
    """Return the entries of later days too, as their own pages do."""
    return EntriesTable.rows_of(selection.entries(public.query.through(today())))


def _computed(name: str, stage: str | None = Stage.COMMITTED, item: str = "") -> ComputedTable:
    """Return a list of sums that has a page of its name."""
    table = EXPORTED[name].download
    if not isinstance(table, Summary):
        raise TypeError(name)
    return ComputedTable(table, Key(EXPORTED[name].key), name if item else "", item, stage)


API_TABLES: dict[str, ApiTable] = {
    each.name: each
    for each in (
        _computed("appropriations", Stage.APPROPRIATED, "appropriation"),
        ListedTable(
            COMMITMENTS,
            Key(EXPORTED["commitments"].key, (("reference", str),)),
            "commitments",
            "commitment",
            counted=lambda public, _found: aggregates.number_of(public.query, "commitment"),
        ),
        ListedTable(
            LISTED_ENTRIES,
            Key(EXPORTED["entries"].key, (("posting_id", int), ("line", int))),
            "entries",
            "entry",
            None,
            counted=lambda public, _found: aggregates.total(public.query).entries,
            whole=_every_entry,
        ),
        ListedTable(
            DOCUMENTS, Key(EXPORTED["documents"].key, (("key", str),)), "documents", "document"
        ),
        ListedTable(
            VERSIONS, Key(EXPORTED["versions"].key, (("version", int),)), "changes", "version", None
        ),
        _computed("areas", item="area"),
        _computed("countries", item="country"),
        _computed("goals", item="goal"),
        _computed("accounts", Stage.APPROPRIATED),
        _computed("organizations", None),
        _computed("published", None, "published-figure"),
        ComputedTable(
            STATUS_OF_FUNDS,
            Key(("account", "place", "fiscal_year", "line")),
            "status-of-funds",
        ),
    )
}
"""The lists, in the order in which they are told of."""
