"""The table of commitments."""

from typing import Self

import django_tables2 as tables
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.notes import Note, notes_of
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.models import Commitment
from carsi_tracker.reports.balances.sums import OF_COMMITMENTS, asked_for
from carsi_tracker.reports.page.links import linked_in
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.page.written import whose_amount, written
from carsi_tracker.reports.tables.base import LedgerTable
from carsi_tracker.reports.tables.cells import commitment_address, link, titled


class CommitmentsTable(LedgerTable):
    """Commitments with their sums by stage, each a link to the entries it sums."""

    reference = tables.Column(gettext_lazy("Commitment"))
    area = tables.Column(gettext_lazy("Programming area"), order_by=("area__position", "reference"))
    country = tables.Column(gettext_lazy("Country"), order_by=("country__position", "reference"))
    appropriation = tables.Column(
        gettext_lazy("Appropriation"),
        order_by=("appropriation__fiscal_year", "appropriation__account__code", "reference"),
    )
    committed = tables.Column(
        gettext_lazy("Committed"), empty_values=(), order_by=("committed", "reference")
    )
    obligated = tables.Column(
        gettext_lazy("Obligated"), empty_values=(), order_by=("obligated", "reference")
    )
    disbursed = tables.Column(
        gettext_lazy("Disbursed"), empty_values=(), order_by=("disbursed", "reference")
    )

    file = "commitments"
    numeric = frozenset({"committed", "obligated", "disbursed"})
    key = "committed"

    class Meta(LedgerTable.Meta):
        order_by = "reference"

    @classmethod
    def about(cls, query: Query, path: str, public: PublicRequest) -> Self:
        """Show the commitments of a query, with the sums of the stages whose entries it chooses.

        Sums come from the database to sort by only.
        """
        by_sum = cls.is_sorted_by_number(public)
        rows = (aggregates.summed_commitments if by_sum else aggregates.commitments)(query)
        described = rows.select_related("area", "country", "appropriation__account")
        others = set(OF_COMMITMENTS).difference(asked_for(query, OF_COMMITMENTS))
        return cls(described, path, public, query, exclude=tuple(others))

    def render_reference(self, record: Commitment) -> SafeString:
        committed = self._sums[record.reference].committed
        notes = (
            (whose_amount(note, committed), written(note.text, note.language, self.public))
            for note in self._notes.get(record.reference, ())
        )
        return format_html(
            "{} {}{}",
            link(commitment_address(record) + self.query_string, record.reference),
            titled(record),
            format_html_join("", "<br><small>{}{}</small>", notes),
        )

    @cached_property
    def _notes(self) -> dict[str, tuple[Note, ...]]:
        return notes_of(self.public.query, [record.reference for record in self.shown])

    def render_area(self, record: Commitment) -> str:
        return str(record.area)

    def render_country(self, record: Commitment) -> str:
        return str(record.country)

    def render_appropriation(self, record: Commitment) -> str:
        return str(record.appropriation)

    def render_committed(self, record: Commitment) -> SafeString:
        return self._sum(record, "committed")

    def render_obligated(self, record: Commitment) -> SafeString:
        return self._sum(record, "obligated")

    def render_disbursed(self, record: Commitment) -> SafeString:
        return self._sum(record, "disbursed")

    def _sum(self, record: Commitment, stage: str) -> SafeString:
        asks = self.of.where(commitment=record.reference)
        return linked_in(self._sums[record.reference], stage, asks).html

    @cached_property
    def _sums(self) -> dict[str, aggregates.Sums]:
        references = [commitment.reference for commitment in self.shown]
        return aggregates.breakdown_of(self.of, "commitment", references)
