"""The tables that the public reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import django_tables2 as tables
from django.db.models import Case, IntegerField, QuerySet, When
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.ledger.days import WASHINGTON, short_day
from carsi_tracker.ledger.models import Basis, Commitment, Document, Entry, Posting, Stage
from carsi_tracker.ledger.money import figure
from carsi_tracker.reports.freshness import Asked
from carsi_tracker.reports.links import Linked, entries_address, linked

ROWS_A_PAGE = 100


@dataclass(frozen=True)
class Head:
    """The head of a column: its title, how it is sorted now, and the page sorted by it."""

    title: str
    numeric: bool
    sorted: str
    href: str | None


class LedgerTable(tables.Table):  # type: ignore[misc]
    """A table that knows its address: heads sort it, pages follow, both keep the question."""

    numeric: ClassVar[frozenset[str]] = frozenset()
    caption: ClassVar[Any] = ""

    class Meta:
        template_name = "tables/table.html"
        attrs: ClassVar[dict[str, str]] = {}

    def __init__(self, data: QuerySet[Any], path: str, asked: Asked, **kwargs: Any) -> None:
        self.path, self.asked = path, asked
        super().__init__(data, order_by=asked.address.sort or self._meta.order_by, **kwargs)

    @classmethod
    def sorts(cls) -> frozenset[str]:
        """Return the names of the columns that the table can be sorted by."""
        return frozenset(
            name for name, column in cls.base_columns.items() if column.orderable is not False
        )

    def heads(self) -> Iterator[Head]:
        """Yield the heads of the columns."""
        for bound in self.columns:
            current = next((name for name in self.order_by if name.bare == bound.name), None)
            order = (
                "" if current is None else "descending" if current.is_descending else "ascending"
            )
            sort = f"-{bound.name}" if order == "ascending" else bound.name
            href = self.path + self.asked.address.sorted_by(sort).query()
            yield Head(
                str(bound.header),
                bound.name in self.numeric,
                order,
                href if bound.orderable else None,
            )

    def page_address(self, number: int) -> str:
        """Return the address of another page of the table."""
        return self.path + self.asked.address.at_page(number).query()

    def pages(self) -> Iterator[tuple[str, str | None]]:
        """Yield the pages as (number, address), the present one without; gaps as an ellipsis."""
        for number in self.paginator.get_elided_page_range(self.page.number):
            here = number in (self.page.number, self.paginator.ELLIPSIS)
            yield str(number), None if here else self.page_address(int(number))

    @property
    def previous_page(self) -> str | None:
        """The address of the page before; None on the first."""
        number = self.page.number
        return self.page_address(number - 1) if self.page.has_previous() else None

    @property
    def next_page(self) -> str | None:
        """The address of the page after; None on the last."""
        return self.page_address(self.page.number + 1) if self.page.has_next() else None


def in_stage_order(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Add `stage_order`, so that entries can be sorted as money goes, not by the alphabet."""
    cases = [When(stage=stage, then=position) for position, stage in enumerate(Stage.values)]
    return entries.annotate(stage_order=Case(*cases, output_field=IntegerField()))


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
    basis = tables.Column(gettext_lazy("Basis"), order_by=("basis", "posting_id", "line"))
    version = tables.Column(
        gettext_lazy("Version"), accessor="posting_id", order_by=("posting_id", "line")
    )
    amount = tables.Column(
        gettext_lazy("Amount, USD"),
        accessor="counted",
        order_by=("counted", "posting_id", "line"),
    )

    numeric = frozenset({"version", "amount"})

    class Meta(LedgerTable.Meta):
        order_by = "effective"

    @staticmethod
    def rows_of(entries: QuerySet[Entry]) -> QuerySet[Entry]:
        """Return entries with all that a row shows, in one query."""
        return in_stage_order(
            entries.select_related("commitment__agency", "appropriation__account", "document")
        )

    def render_effective(self, record: Entry) -> SafeString:
        href = reverse("entry", args=[record.posting_id, record.line])
        return _link(href + self._query, short_day(record.effective_date))

    def render_commitment(self, record: Entry) -> SafeString:
        commitment = record.commitment
        if commitment is None:
            return format_html("{}", record.appropriation)
        return format_html(
            "{} {}<br><small>{} · {}</small>",
            _link(_commitment_address(commitment) + self._query, commitment.reference),
            titled(commitment),
            record.appropriation,
            commitment.agency.code,
        )

    def render_stage(self, record: Entry) -> str:
        return str(Stage(record.stage).label)

    def render_source(self, record: Entry) -> SafeString:
        link = document_link(record.document, self._query)
        return format_html("{}, {}", link, record.locator) if record.locator else link

    def render_basis(self, record: Entry) -> SafeString:
        mark = basis_mark(record)
        note = format_html('<br><small lang="en">{}</small>', record.note)
        return format_html("{}{}", mark, note) if record.note else mark

    def render_version(self, value: int) -> SafeString:
        return _link(reverse("version", args=[value]) + self._query, str(value))

    def render_amount(self, value: Decimal) -> str:
        return figure(value)

    @property
    def _query(self) -> str:
        return self.asked.question.everywhere().query()


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
            "{} {}", _link(_commitment_address(record) + query, record.reference), titled(record)
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
        return _figure(linked(value, count, asks))


class DocumentsTable(LedgerTable):
    """Documents, with how many entries cite each and what they commit."""

    title = tables.Column(gettext_lazy("Document"), order_by=("title", "key"))
    publisher = tables.Column(gettext_lazy("Publisher"), order_by=("publisher", "key"))
    published_on = tables.Column(gettext_lazy("Published"), order_by=("published_on", "key"))
    entry_count = tables.Column(gettext_lazy("Entries"), order_by=("entry_count", "key"))
    committed = tables.Column(gettext_lazy("Committed, USD"), order_by=("committed", "key"))

    numeric = frozenset({"entry_count", "committed"})

    class Meta(LedgerTable.Meta):
        order_by = "published_on"

    def render_title(self, record: Document) -> SafeString:
        return document_link(record, self.asked.question.everywhere().query())

    def render_published_on(self, record: Document) -> str:
        return short_day(record.published_on)

    def render_entry_count(self, record: Document, value: int) -> SafeString:
        if not value:
            return format_html("0")
        asks = self.asked.question.where(document=record.key)
        return _link(entries_address(asks), f"{value:,}")

    def render_committed(self, record: Document, value: Decimal) -> SafeString:
        asks = self.asked.question.where(document=record.key, stage="committed")
        return _figure(linked(value, record.committed_entries, asks))  # type: ignore[attr-defined]


class VersionsTable(LedgerTable):
    """The versions of the ledger, newest first."""

    version = tables.Column(gettext_lazy("Version"))
    title = tables.Column(gettext_lazy("What changed"), orderable=False)
    posted_at = tables.Column(gettext_lazy("Posted"), orderable=False)
    approved_by = tables.Column(gettext_lazy("Approved by"), orderable=False)
    entry_count = tables.Column(gettext_lazy("Entries"), order_by=("entry_count", "version"))
    checksum = tables.Column(gettext_lazy("Checksum"), orderable=False)

    numeric = frozenset({"version", "entry_count"})

    class Meta(LedgerTable.Meta):
        order_by = "-version"

    def render_version(self, record: Posting) -> SafeString:
        query = self.asked.question.everywhere().query()
        return _link(reverse("version", args=[record.version]) + query, str(record.version))

    def render_title(self, record: Posting) -> SafeString:
        return format_html(
            '<span lang="en">{}</span><br><small lang="en">{}</small>', record.title, record.reason
        )

    def render_posted_at(self, record: Posting) -> str:
        return short_day(record.posted_at.astimezone(WASHINGTON).date())

    def render_approved_by(self, record: Posting) -> str:
        if record.self_approval_reason:
            return _("posted without a second person")
        return record.approved_by

    def render_entry_count(self, record: Posting, value: int) -> SafeString:
        asks = self.asked.question.everywhere().where(posted_in=record.version)
        return _link(entries_address(asks), f"{value:,}")

    def render_checksum(self, value: str) -> SafeString:
        return format_html("<code>{}</code>", value[:8])


def titled(thing: Commitment | Document) -> SafeString:
    """Show a title, marked with its language."""
    return format_html('<span lang="{}">{}</span>', thing.shown_in, thing.shown_title)


def document_link(document: Document, query: str) -> SafeString:
    """Link a document's title to its page."""
    href = reverse("document", args=[document.key]) + query
    return format_html(
        '<a href="{}" lang="{}">{}</a>', href, document.shown_in, document.shown_title
    )


def basis_mark(entry: Entry) -> SafeString:
    """Show how directly the document says an amount."""
    basis = Basis(entry.basis)
    return format_html('<span class="basis basis-{}">{}</span>', basis, basis.label)


def _commitment_address(commitment: Commitment) -> str:
    return reverse("commitment", args=[commitment.reference])


def _figure(figure: Linked) -> SafeString:
    return _link(figure.href, figure.text) if figure.href else format_html("{}", figure.text)


def _link(href: str, text: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', href, text)
