"""The table of documents."""

from typing import Self

import django_tables2 as tables
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.days import short_day
from carsi_tracker.ledger.models import Document
from carsi_tracker.reports.page.links import entries_address, linked
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.tables.base import LedgerTable
from carsi_tracker.reports.tables.cells import document_link, figure_cell, link


class DocumentsTable(LedgerTable):
    """Documents, with how many entries cite each and what they commit."""

    title = tables.Column(gettext_lazy("Document"), order_by=("title", "key"))
    publisher = tables.Column(gettext_lazy("Publisher"), order_by=("publisher", "key"))
    published_on = tables.Column(gettext_lazy("Published"), order_by=("published_on", "key"))
    entry_count = tables.Column(
        gettext_lazy("Entries"), empty_values=(), order_by=("entry_count", "key")
    )
    committed = tables.Column(
        gettext_lazy("Committed, USD"), empty_values=(), order_by=("committed", "key")
    )

    file = "documents"
    numeric = frozenset({"entry_count", "committed"})

    class Meta(LedgerTable.Meta):
        order_by = "published_on"

    @classmethod
    def about(cls, query: Query, path: str, public: PublicRequest) -> Self:
        """Show all documents; their sums come from the database to sort by only."""
        if cls.is_sorted_by_number(public):
            return cls(aggregates.summed_documents(query), path, public, query)
        documents = Document.objects.filter(key__in=public.words.codes["document"].values())
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

    def render_committed(self, record: Document) -> SafeString | str:
        asks = self.of.where(document=record.key, stage="committed")
        return figure_cell(linked(self._sums[record.key].of("committed"), asks))

    @cached_property
    def _sums(self) -> dict[str, aggregates.Sums]:
        return aggregates.breakdown_of(
            self.of, "document", [document.key for document in self.shown]
        )
