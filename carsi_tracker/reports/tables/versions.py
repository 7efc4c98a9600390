"""The table of versions."""

from collections.abc import Mapping
from dataclasses import replace

import django_tables2 as tables
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Sums
from carsi_tracker.ledger.days import WASHINGTON, short_day
from carsi_tracker.ledger.models import Posting
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.links import entries_address, path
from carsi_tracker.reports.page.written import written
from carsi_tracker.reports.tables.base import LedgerTable
from carsi_tracker.reports.tables.cells import link
from carsi_tracker.reports.versions.effects import effect_linked


class VersionsTable(LedgerTable):
    """The versions of the ledger, newest first."""

    version = tables.Column(gettext_lazy("Version"))
    title = tables.Column(gettext_lazy("What changed"), orderable=False)
    effect = tables.Column(gettext_lazy("Effect on totals"), accessor="version", orderable=False)
    posted_at = tables.Column(gettext_lazy("Posted"), orderable=False)
    approved_by = tables.Column(gettext_lazy("Approved by"), orderable=False)
    entry_count = tables.Column(gettext_lazy("Entries"), order_by=("entry_count", "version"))
    checksum = tables.Column(gettext_lazy("Checksum"), orderable=False)

    file = "versions"
    numeric = frozenset({"entry_count"})

    class Meta(LedgerTable.Meta):
        order_by = "-version"

    def render_version(self, record: Posting) -> SafeString:
        return link(path("version", record.version) + self.query_string, str(record.version))

    def render_title(self, record: Posting) -> SafeString:
        return format_html(
            "{}<br><small>{}</small>",
            *(
                written(text, record.language, self.public)
                for text in (record.title, record.reason)
            ),
        )

    def render_posted_at(self, record: Posting) -> str:
        return short_day(record.posted_at.astimezone(WASHINGTON).date())

    def render_approved_by(self, record: Posting) -> str:
        if not record.self_approval_reason:
            return record.approved_by
        if hasattr(record, "countersignature"):
            who = record.countersignature.signed_by
            return _("no one at first; confirmed later by %(who)s") % {"who": who}
        return _("no one: posted without a second person")

    @cached_property
    def _effects(self) -> Mapping[str | int, Sums]:
        versions = [each.version for each in self.shown]
        return aggregates.breakdown_of(self.public.query.everywhere(), "version", versions)

    def render_effect(self, record: Posting) -> SafeString:
        query = self.public.query.everywhere()
        asks = query.where(posted_in=record.version)
        effect = effect_linked(self._effects[record.version], asks)
        if record.version == query.version.number:
            return effect
        since = as_query_string(replace(query, pinned=True), from_version=record)
        said = _("What changed since version %(number)s") % {"number": record.version}
        return format_html("{}<br><small>{}</small>", effect, link(path("compare") + since, said))

    def render_entry_count(self, record: Posting) -> SafeString:
        asks = self.public.query.everywhere().as_of_today().where(posted_in=record.version)
        return link(entries_address(asks), f"{record.entry_count:,}")

    def render_checksum(self, record: Posting) -> SafeString:
        return format_html("<code>{}</code>", record.checksum[:8])
