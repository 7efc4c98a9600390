"""The table of commitments."""

from decimal import Decimal

import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from carsi_tracker.ledger.models import Commitment
from carsi_tracker.reports.links import linked
from carsi_tracker.reports.tables.base import LedgerTable
from carsi_tracker.reports.tables.cells import (
    commitment_address,
    figure_cell,
    link,
    titled,
)


class CommitmentsTable(LedgerTable):
    """Commitments with their sums by stage, each a link to the entries it sums."""

    reference = tables.Column(gettext_lazy("Commitment"))
    area = tables.Column(gettext_lazy("Programming area"), order_by=("area__position", "reference"))
    country = tables.Column(gettext_lazy("Country"), order_by=("country__position", "reference"))
    appropriation = tables.Column(
        gettext_lazy("Appropriation"),
        order_by=("appropriation__fiscal_year", "appropriation__account__code", "reference"),
    )
    committed = tables.Column(gettext_lazy("Committed"), order_by=("committed", "reference"))
    obligated = tables.Column(gettext_lazy("Obligated"), order_by=("obligated", "reference"))
    disbursed = tables.Column(gettext_lazy("Disbursed"), order_by=("disbursed", "reference"))

    file = "commitments"
    numeric = frozenset({"committed", "obligated", "disbursed"})

    class Meta(LedgerTable.Meta):
        order_by = "reference"

    @staticmethod
    def rows_of(commitments: QuerySet[Commitment]) -> QuerySet[Commitment]:
        """Return commitments with all that a row shows, in one query."""
        return commitments.select_related("area", "country", "appropriation__account")

    def render_reference(self, record: Commitment) -> SafeString:
        query = self.asked.question.everywhere().query()
        return format_html(
            "{} {}", link(commitment_address(record) + query, record.reference), titled(record)
        )

    def render_committed(self, record: Commitment, value: Decimal) -> SafeString:
        return self._sum(record, "committed", value)

    def render_obligated(self, record: Commitment, value: Decimal) -> SafeString:
        return self._sum(record, "obligated", value)

    def render_disbursed(self, record: Commitment, value: Decimal) -> SafeString:
        return self._sum(record, "disbursed", value)

    def _sum(self, record: Commitment, stage: str, value: Decimal) -> SafeString:
        count = getattr(record, f"{stage}_entries")
        asks = self.asked.question.where(commitment=record.reference, stage=stage)
        return figure_cell(linked(value, count, asks))
