"""The table of documents."""

from dataclasses import replace
from typing import Self

import django_tables2 as tables
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import BASES
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.days import short_day
from carsi_tracker.ledger.models import Document
from carsi_tracker.reports.page.links import entries_address, linked_in
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.records import evidence
from carsi_tracker.reports.tables.base import LedgerTable
from carsi_tracker.reports.tables.cells import document_link, link, reduction_cell


class DocumentsTable(LedgerTable):
    """Documents, with how many entries cite each, on what evidence, and what they commit."""

    title = tables.Column(gettext_lazy("Document"), order_by=("title", "key"))
    publisher = tables.Column(gettext_lazy("Publisher"), order_by=("publisher", "key"))
    published_on = tables.Column(gettext_lazy("Published"), order_by=("published_on", "key"))
    entry_count = tables.Column(
        gettext_lazy("Entries"), empty_values=(), order_by=("entry_count", "key")
    )
    stated = tables.Column(gettext_lazy("Stated"), empty_values=(), order_by=("stated", "key"))
    press = tables.Column(gettext_lazy("Press report"), empty_values=(), order_by=("press", "key"))
    inferred = tables.Column(
        gettext_lazy("Inferred"), empty_values=(), order_by=("inferred", "key")
    )
    committed = tables.Column(
        gettext_lazy("Committed, USD"), empty_values=(), order_by=("committed", "key")
    )

    file = "documents"
    numeric = frozenset({"entry_count", *BASES, "committed"})
    key = "committed"

    class Meta(LedgerTable.Meta):
        order_by = "published_on"

    @classmethod
    def about(cls, query: Query, path: str, public: PublicRequest) -> Self:
        """Show documents; their sums come from the database to sort and to choose by only."""
        if cls.is_sorted_by_number(public) or evidence.asked(public):
            return cls(evidence.chosen(public), path, public, query)
        documents = Document.objects.filter(key__any_of=public.words.codes["document"].values())
        return cls(documents, path, public, query)

    def render_title(self, record: Document) -> SafeString:
        return document_link(record, self.query_string)

    def render_publisher(self, record: Document) -> str:
        return record.publisher

    def render_published_on(self, record: Document) -> str:
        return short_day(record.published_on)

    def render_entry_count(self, record: Document) -> SafeString | str:
        count = self._sums[record.key].entries
        asks = self.of.where(document=record.key)
        return link(entries_address(asks), f"{count:,}") if count else "0"

    def render_stated(self, record: Document) -> SafeString | str:
        return self._count(record, "stated")

    def render_press(self, record: Document) -> SafeString | str:
        return self._count(record, "press")

    def render_inferred(self, record: Document) -> SafeString | str:
        return self._count(record, "inferred")

    def _count(self, record: Document, basis: str) -> SafeString | str:
        count = self._sums_by_basis[basis][record.key].entries
        asks = self.of.where(document=record.key, basis=basis)
        return link(entries_address(asks), f"{count:,}") if count else "0"

    def render_committed(self, record: Document) -> SafeString:
        asks = self.of.where(document=record.key)
        sum_ = linked_in(self._sums[record.key], "committed", asks)
        return reduction_cell(sum_) if sum_.amount < 0 else sum_.html

    @property
    def file_query(self) -> str:
        """The query of the table as a file: the same documents in the same order."""
        return replace(self.public.address, query=self.of, page=1).query_string()

    @cached_property
    def _sums(self) -> dict[str, aggregates.Sums]:
        return self._summed(self.of)

    @cached_property
    def _sums_by_basis(self) -> dict[str, dict[str, aggregates.Sums]]:
        return {basis: self._summed(self.of.where(basis=basis)) for basis in BASES}

    def _summed(self, query: Query) -> dict[str, aggregates.Sums]:
        return aggregates.breakdown_of(query, "document", [each.key for each in self.shown])
