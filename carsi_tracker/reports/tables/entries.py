"""The table of entries."""

from decimal import Decimal

import django_tables2 as tables
from django.db.models import Case, F, IntegerField, QuerySet, When
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from carsi_tracker.figures.aggregates import amount_of
from carsi_tracker.ledger.days import short_day
from carsi_tracker.ledger.models import Entry, Stage
from carsi_tracker.ledger.money import figure
from carsi_tracker.reports.page.links import path
from carsi_tracker.reports.page.marks import marked
from carsi_tracker.reports.page.written import WrittenText, written
from carsi_tracker.reports.tables.base import LedgerTable
from carsi_tracker.reports.tables.cells import (
    basis_mark,
    commitment_address,
    document_link,
    link,
    titled,
)


class EntriesTable(LedgerTable):
    """Entries, each with its commitment, document, basis and version."""

    effective = tables.Column(
        gettext_lazy("Effective"),
        accessor="effective_date",
        order_by=("effective_date", "posting_id", "line"),
    )
    commitment = tables.Column(
        gettext_lazy("Commitment"),
        empty_values=(),
        order_by=("commitment__reference", "appropriation_id", "posting_id", "line"),
    )
    stage = tables.Column(gettext_lazy("Stage"), order_by=("stage_order", "posting_id", "line"))
    source = tables.Column(
        gettext_lazy("Source"),
        accessor="document",
        order_by=("document__key", "posting_id", "line"),
    )
    basis = tables.Column(gettext_lazy("Evidence"), order_by=("basis", "posting_id", "line"))
    version = tables.Column(
        gettext_lazy("Version"), accessor="posting_id", order_by=("posting_id", "line")
    )
    amount = tables.Column(
        gettext_lazy("Amount, USD"),
        accessor="counted",
        order_by=("counted", "posting_id", "line"),
    )

    file = "entries"
    numeric = frozenset({"version", "amount"})
    key = "amount"

    class Meta(LedgerTable.Meta):
        order_by = "effective"

    @staticmethod
    def rows_of(entries: QuerySet[Entry]) -> QuerySet[Entry]:
        """Return entries with all that a row shows, in one query; `language` is of their words."""
        return in_stage_order(
            entries.select_related("commitment__agency", "appropriation__account", "document")
        ).annotate(language=F("posting__language"))

    def render_effective(self, record: Entry) -> SafeString:
        href = path("entry", record.posting_id, record.line) + self.query_string
        return link(href, short_day(record.effective_date))

    def render_commitment(self, record: Entry) -> SafeString | str:
        commitment = record.commitment
        if commitment is None:
            return str(record.appropriation)
        return format_html(
            "{} {}<br><small>{} · {}</small>",
            link(commitment_address(commitment) + self.query_string, commitment.reference),
            titled(commitment),
            record.appropriation,
            commitment.agency.code,
        )

    def render_stage(self, record: Entry) -> str:
        return str(Stage(record.stage).label)

    def render_source(self, record: Entry) -> SafeString:
        link = document_link(record.document, self.query_string)
        if not record.locator:
            return link
        return format_html("{}, {}", link, self._written(record, record.locator))

    def render_basis(self, record: Entry) -> SafeString:
        shown = basis_mark(record)
        if record.quote:
            quote = format_html('<q lang="{}">{}</q>', record.document.language, record.quote)
            shown = format_html("{}<br><small>{}</small>", shown, quote)
        if record.note:
            note = self._written(record, record.note)
            shown = format_html("{}<br><small>{}</small>", shown, note)
        return shown

    def _written(self, record: Entry, text: str) -> WrittenText:
        return written(text, record.language, self.public)  # type: ignore[attr-defined]

    def render_version(self, record: Entry) -> SafeString:
        version = record.posting_id
        return link(path("version", version) + self.query_string, str(version))

    def render_amount(self, record: Entry) -> str:
        counted: Decimal = record.counted  # type: ignore[attr-defined]  # an annotation
        return marked(figure(counted), amount_of(record, counted).limits)


def in_stage_order(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Add `stage_order`, so that entries can be sorted as money goes, not by the alphabet."""
    cases = [When(stage=stage, then=position) for position, stage in enumerate(Stage.values)]
    return entries.annotate(stage_order=Case(*cases, output_field=IntegerField()))
