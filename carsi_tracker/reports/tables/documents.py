"""The table of documents."""

from decimal import Decimal

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from carsi_tracker.ledger.days import short_day
from carsi_tracker.ledger.models import Document
from carsi_tracker.reports.links import entries_address, linked
from carsi_tracker.reports.tables.base import LedgerTable
from carsi_tracker.reports.tables.cells import (
    document_link,
    figure_cell,
    link,
)


class DocumentsTable(LedgerTable):
    """Documents, with how many entries cite each and what they commit."""

    title = tables.Column(gettext_lazy("Document"), order_by=("title", "key"))
    publisher = tables.Column(gettext_lazy("Publisher"), order_by=("publisher", "key"))
    published_on = tables.Column(gettext_lazy("Published"), order_by=("published_on", "key"))
    entry_count = tables.Column(gettext_lazy("Entries"), order_by=("entry_count", "key"))
    committed = tables.Column(gettext_lazy("Committed, USD"), order_by=("committed", "key"))

    file = "documents"
    numeric = frozenset({"entry_count", "committed"})

    class Meta(LedgerTable.Meta):
        order_by = "published_on"

    def render_title(self, record: Document) -> SafeString:
        return document_link(record, self.asked.question.everywhere().query())

    def render_published_on(self, record: Document) -> str:
        return short_day(record.published_on)

    def render_entry_count(self, record: Document, value: int) -> SafeString | str:
        if not value:
            return "0"
        asks = self.asked.question.where(document=record.key)
        return link(entries_address(asks), f"{value:,}")

    def render_committed(self, record: Document, value: Decimal) -> SafeString:
        asks = self.asked.question.where(document=record.key, stage="committed")
        return figure_cell(linked(value, record.committed_entries, asks))  # type: ignore[attr-defined]
