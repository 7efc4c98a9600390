"""Commitments as activities of the IATI standard: what is committed, obligated and disbursed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from carsi_tracker.database.limits import wait_patiently
from carsi_tracker.database.reading import connection
from carsi_tracker.exports.iati.reporting import ReportingOrganization
from carsi_tracker.exports.iati.writer import MAIN, Texts, Writer, in_both
from carsi_tracker.figures import aggregates, selection
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.translations import in_spanish
from carsi_tracker.ledger.models import Basis, Document, Entry, Organization, Stage
from carsi_tracker.reports.page.address import as_query_string

CHUNK = 64 * 1024
"""Bytes that are sent at once."""
TRANSACTION_TYPES = {Stage.OBLIGATED.value: "2", Stage.DISBURSED.value: "3"}
"""IATI's “outgoing commitment” is a legal obligation, ours is not: that is a budget."""
OURS = "99"
"""The vocabulary of those who publish."""
CENTRAL_AMERICA = "1032"
"""The region, by the codes of the OECD's DAC."""
IMPLEMENTATION, CANCELLED = "2", "5"
EXTENDING, IMPLEMENTING = "3", "4"
ACTUAL_START = "2"
SIBLING = "3"
ABOUT_BUDGETS, PAGE_OF_ACTIVITY = "A05", "A12"


@dataclass(frozen=True)
class Activities:
    """The activities of a query on the site `root`, as `reporting` publishes them.

    `updated` is when the version was posted; `label_revision` that of the texts.
    """

    query: Query
    root: str
    reporting: ReportingOrganization
    updated: str
    label_revision: int

    def rows(self) -> QuerySet[Any]:
        """Return the commitments with their sums, and the days of their first and last entries."""
        committed = Q(entries__stage=Stage.COMMITTED)
        found = aggregates.summed_commitments(self.query).annotate(
            first=Min("entries__effective_date"),
            committed_on=Max("entries__effective_date", filter=committed),
        )
        described = ("appropriation__account", "area", "country", "goal", "agency", "partner")
        return found.select_related(*described, "replaces").order_by("reference")

    def entries(self) -> QuerySet[Entry]:
        """Return the entries of commitments, in the order of `rows`."""
        return (
            selection.entries(self.query)
            .filter(commitment__isnull=False)
            .select_related("document", "posting")
            .order_by("commitment__reference", "posting_id", "line")
        )

    def written(self, writer: Writer) -> Iterator[bytes]:
        """Yield the activities as they are written, few of them in memory at a time."""
        with transaction.atomic(using=connection.alias):  # else there is no cursor of the server
            wait_patiently(connection)  # a reader may be slow
            by_commitment = groupby(self.entries().iterator(), lambda entry: entry.commitment_id)
            waiting = bytearray()
            for commitment, (_key, entries) in zip(
                self.rows().iterator(), by_commitment, strict=True
            ):
                for piece in self._activity(writer, commitment, entries):
                    waiting += piece
                    if len(waiting) >= CHUNK:
                        yield bytes(waiting)
                        waiting.clear()
            yield bytes(waiting)

    def _activity(
        self, writer: Writer, commitment: Any, entries: Iterable[Entry]
    ) -> Iterator[bytes]:
        attributes = {"default_currency": "USD", "last_updated_datetime": self.updated}
        with writer.within("iati-activity", **{"xml:lang": MAIN}, **attributes):
            self._describe(writer, commitment)
            self._place(writer, commitment)
            self._budget(writer, commitment)
            cited: dict[str, Document] = {}
            for entry in entries:
                cited[entry.document.key] = entry.document
                if entry.stage in TRANSACTION_TYPES:
                    self._transaction(writer, entry)
                yield writer.taken()
            self._link(writer, commitment, cited)
        writer.end_line()
        yield writer.taken()

    def _describe(self, writer: Writer, commitment: Any) -> None:
        writer.add("iati-identifier", self._identifier(commitment.reference))
        reporting_org(writer, self.reporting)
        writer.narrate("title", _title(commitment))
        writer.narrate("description", in_both(lambda: _description(commitment)), type="1")
        _organization(writer, commitment.agency, EXTENDING)
        if commitment.partner:
            _organization(writer, commitment.partner, IMPLEMENTING)
        status = IMPLEMENTATION if commitment.committed else CANCELLED
        writer.add("activity-status", code=status)
        first = in_both(lambda: _("The effective date of its first entry."))
        writer.narrate("activity-date", first, iso_date=str(commitment.first), type=ACTUAL_START)

    def _place(self, writer: Writer, commitment: Any) -> None:
        if commitment.country.code == "regional":
            writer.add("recipient-region", code=CENTRAL_AMERICA, vocabulary="1")
        else:
            writer.add("recipient-country", code=commitment.country.code)
        area, goal = commitment.area, commitment.goal
        if area.dac_sector:
            writer.add("sector", vocabulary="1", code=area.dac_sector, percentage="100")
        ours = {"vocabulary": OURS, "vocabulary_uri": self._address("areas")}
        names = {"en": area.name_en, "es": area.name_es}
        writer.narrate("sector", names, **ours, code=area.code, percentage="100")
        if goal:
            ours["vocabulary_uri"] = self._address("goals")
            names = {"en": goal.name_en, "es": goal.name_es}
            writer.narrate("tag", names, **ours, code=str(goal.number))

    def _budget(self, writer: Writer, commitment: Any) -> None:
        if commitment.committed <= 0:
            return
        year = commitment.appropriation.fiscal_year
        with writer.within("budget", type="1", status="1"):
            writer.add("period-start", iso_date=f"{year - 1}-10-01")
            writer.add("period-end", iso_date=f"{year}-09-30")
            amount = f"{commitment.committed:.2f}"
            writer.add("value", amount, value_date=str(commitment.committed_on))

    def _transaction(self, writer: Writer, entry: Entry) -> None:
        day = str(entry.effective_date)
        with writer.within("transaction", ref=f"{entry.posting_id}-{entry.line}"):
            writer.add("transaction-type", code=TRANSACTION_TYPES[entry.stage])
            writer.add("transaction-date", iso_date=day)
            writer.add("value", f"{entry.amount:.2f}", value_date=day)
            spanish = in_spanish(self.label_revision)
            writer.narrate("description", in_both(lambda: _evidence(entry, spanish)))

    def _link(self, writer: Writer, commitment: Any, cited: dict[str, Document]) -> None:
        pinned = as_query_string(self.query.permanent())
        page = self._address("commitment", commitment.reference) + pinned
        with writer.within("document-link", url=page, format="text/html"):
            writer.narrate("title", _title(commitment))
            writer.add("category", code=PAGE_OF_ACTIVITY)
            writer.add("language", code=MAIN)
        for key, document in sorted(cited.items()):
            page = self._address("document", key)
            with writer.within("document-link", url=page, format="text/html"):
                writer.narrate("title", _title(document))
                writer.add("category", code=ABOUT_BUDGETS)
                writer.add("language", code=document.language)
                writer.add("document-date", iso_date=str(document.published_on))
        if commitment.replaces:
            replaced = self._identifier(commitment.replaces.reference)
            writer.add("related-activity", ref=replaced, type=SIBLING)

    def _identifier(self, reference: str) -> str:
        return f"{self.reporting.ref}-{reference}"

    def _address(self, name: str, *of: str) -> str:
        with override(MAIN):
            return f"{self.root}{reverse(name, args=of)}"


def reporting_org(writer: Writer, reporting: ReportingOrganization) -> None:
    """Write who publishes the file: at second hand, from what others published."""
    attributes = {"ref": reporting.ref, "type": reporting.type, "secondary_reporter": "1"}
    writer.narrate("reporting-org", {MAIN: reporting.name}, **attributes)


def _organization(writer: Writer, organization: Organization, role: str) -> None:
    names = {"en": organization.name_en, "es": organization.name_es}
    attributes = {"ref": organization.iati_identifier, "type": organization.iati_type}
    writer.narrate("participating-org", names, **attributes, role=role)


def _title(titled: Any) -> Texts:
    return {titled.language: titled.title, **({"es": titled.title_es} if titled.title_es else {})}


def _description(commitment: Any) -> str:
    appropriation = commitment.appropriation
    said = [
        _("%(account)s (%(code)s), fiscal year %(year)s. Programming area: %(area)s.")
        % {
            "account": appropriation.account.name,
            "code": appropriation.account.code,
            "year": appropriation.fiscal_year,
            "area": commitment.area.name,
        }
    ]
    if commitment.bound:
        said.append(commitment.bound_in_words)
    if commitment.replaces:
        said.append(_("Replaces %(reference)s.") % {"reference": commitment.replaces.reference})
    return " ".join(said)


def _evidence(entry: Entry, spanish: Any) -> str:
    def shown(text: str) -> str:
        return str(spanish.get(text, text)) if get_language() == "es" else text

    known = _("Evidence: %(basis)s. Document: %(key)s") % {
        "basis": Basis(entry.basis).label,
        "key": entry.document.key,
    }
    place = ", ".join(text for text in (known, shown(entry.locator)) if text)
    return ". ".join(text for text in (place, shown(entry.note)) if text)
