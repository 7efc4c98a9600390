"""The tables that a reader can download which list what the ledger holds: each is one query."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, Func, Q, QuerySet, TextField, Value, When
from django.utils.translation import gettext_lazy as _

from carsi_tracker.figures import aggregates, selection
from carsi_tracker.figures.bounds import Mark
from carsi_tracker.figures.translations import spanish_of
from carsi_tracker.ledger.columns import COLUMNS, SOURCES, Words
from carsi_tracker.ledger.models import Basis, Posting, Stage
from carsi_tracker.reports.downloads.fields import OF_KIND, Field, Holds, named
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.records import evidence
from carsi_tracker.reports.tables import (
    CommitmentsTable,
    DocumentsTable,
    EntriesTable,
    VersionsTable,
)
from carsi_tracker.reports.tables.base import LedgerTable


@dataclass(frozen=True)
class Listing:
    """A table of the site, whole: its rows are asked for and sorted as the page does.

    `own` are the parameters that its page has beside the query.
    """

    name: str
    title: Words
    meaning: Words
    fields: tuple[Field, ...]
    table: type[LedgerTable]
    rows: Callable[[PublicRequest], QuerySet[Any]]
    own: tuple[str, ...] = ()

    @property
    def sorts(self) -> frozenset[str]:
        """The names of the columns that it can be sorted by."""
        return self.table.sorts()

    @property
    def filtered(self) -> bool:
        """Whether it takes filters: it does."""
        return True

    @property
    def draw(self) -> None:
        """What writes its sheet in a shape of its own: nothing."""
        return

    def query(self, public: PublicRequest) -> QuerySet[Any]:
        """Return the rows in the order that is asked for."""
        sorted_: QuerySet[Any] = self.table(self.rows(public), "", public, public.query).data.data
        return sorted_


IMPORTED = tuple(
    Field(column.name, OF_KIND[column.kind], column.meaning, SOURCES[column.name])
    for column in COLUMNS
)
AREA_NAME = _("the area’s name, in the language of the address")
LANGUAGE = _("the language of its texts: en or es")
COUNTRY_NAME = _("the country’s name, in the language of the address")

ENTRIES = Listing(
    "entries",
    _("Entries"),
    _("one amount at one stage a row, in the columns of the import format and a few more"),
    (
        *IMPORTED,
        Field("area_name", Holds.TEXT, AREA_NAME, "commitment__area__name_{language}"),
        Field("country_name", Holds.TEXT, COUNTRY_NAME, "commitment__country__name_{language}"),
        Field(
            "stage_name",
            Holds.TEXT,
            _("the stage’s name, in the language of the address"),
            named("stage", Stage),
        ),
        Field(
            "basis_name",
            Holds.TEXT,
            _("what the evidence is called, in the language of the address"),
            named("basis", Basis),
        ),
        Field(
            "counted_usd",
            Holds.AMOUNT,
            _("the amount as the figure counts it: the other sign where a balance subtracts it"),
            "counted",
        ),
        Field("version", Holds.NUMBER, _("the version that posted it"), "posting_id"),
        Field("line", Holds.NUMBER, _("its number in the version"), "line"),
        Field("language", Holds.CODE, LANGUAGE, "posting__language"),
        Field("note_es", Holds.TEXT, _("the note in Spanish, if entered"), spanish_of("note")),
        Field(
            "locator_es",
            Holds.TEXT,
            _("where in the document, in Spanish, if entered"),
            spanish_of("locator"),
        ),
    ),
    EntriesTable,
    lambda public: EntriesTable.rows_of(selection.entries(public.query)),
)


def _known(stage: str) -> Case:
    """Select the sum of a stage, of rows that carry it and how many entries it sums."""
    return Case(When(**{f"{stage}_entries__gt": 0}, then=F(stage)))


_OF_COMMITMENTS = (
    "reference", "title", "title_es", "fiscal_year", "account", "area", "country", "goal",
    "agency", "partner", "bound", "bound_note", "bound_note_es",
)  # fmt: skip
COMMITMENTS = Listing(
    "commitments",
    _("Commitments"),
    _("one commitment a row, with the sums of its entries by stage"),
    (
        *(
            Field(
                name,
                field.holds,
                field.meaning,
                SOURCES[name].removeprefix("commitment__"),
            )
            for name in _OF_COMMITMENTS
            for field in IMPORTED
            if field.name == name
        ),
        Field("area_name", Holds.TEXT, AREA_NAME, "area__name_{language}"),
        Field("country_name", Holds.TEXT, COUNTRY_NAME, "country__name_{language}"),
        Field("replaces", Holds.CODE, _("the commitment that it replaces"), "replaces__reference"),
        Field("committed_usd", Holds.SUM, _("what is committed"), _known("committed")),
        Field("obligated_usd", Holds.SUM, _("what is obligated"), _known("obligated")),
        Field("disbursed_usd", Holds.SUM, _("what is disbursed"), _known("disbursed")),
    ),
    CommitmentsTable,
    lambda public: aggregates.summed_commitments(public.query),
)

BOUND = _("at-most, at-least or both, where the amount before it holds limits")
_AT_MOST = Q(at_most__gt=0) | Q(at_least__lt=0)
_AT_LEAST = Q(at_least__gt=0) | Q(at_most__lt=0)
MARK = Case(
    When(_AT_MOST & _AT_LEAST, then=Value(Mark.BOTH.value)),
    When(_AT_MOST, then=Value(Mark.AT_MOST.value)),
    When(_AT_LEAST, then=Value(Mark.AT_LEAST.value)),
)
"""The mark of what documents commit, as `Limits.mark` has it."""

DOCUMENTS = Listing(
    "documents",
    _("Documents"),
    _("one document a row, with how many entries cite it and what they commit"),
    (
        Field("document", Holds.CODE, _("the document’s key"), "key"),
        Field("title", Holds.TEXT, _("the title as written"), "title"),
        Field("title_es", Holds.TEXT, _("the title in Spanish, if entered"), "title_es"),
        Field("language", Holds.CODE, _("the language of the title"), "language"),
        Field("publisher", Holds.TEXT, _("who published it"), "publisher"),
        Field("published_on", Holds.DAY, _("the day it was published"), "published_on"),
        Field("url", Holds.TEXT, _("where its publisher has it"), "url"),
        Field("note", Holds.TEXT, _("what readers should know"), "note"),
        Field("note_es", Holds.TEXT, _("the note in Spanish, if entered"), spanish_of("note")),
        Field("file_name", Holds.TEXT, _("the file that is kept of it"), "file__name"),
        Field("file_sha256", Holds.CODE, _("the SHA-256 of that file"), "file__sha256"),
        Field("entries", Holds.NUMBER, _("how many entries cite it"), "entry_count"),
        Field("stated", Holds.NUMBER, _("how many of them it states"), "stated"),
        Field("press", Holds.NUMBER, _("how many of them the press reports"), "press"),
        Field("inferred", Holds.NUMBER, _("how many of them are inferred"), "inferred"),
        Field(
            "committed_usd",
            Holds.SUM,
            _("what they commit; below zero where they reduce what others commit"),
            _known("committed"),
        ),
        Field("committed_bound", Holds.CODE, BOUND, MARK),
    ),
    DocumentsTable,
    evidence.chosen,
    evidence.OWN,
)

VERSIONS = Listing(
    "versions",
    _("Versions"),
    _("one version of the ledger a row: why, by whom, when"),
    (
        Field("version", Holds.NUMBER, _("the version’s number"), "version"),
        Field("posted_at", Holds.MOMENT, _("when it was posted"), "posted_at"),
        Field("title", Holds.TEXT, _("what changed"), "title"),
        Field("reason", Holds.TEXT, _("why"), "reason"),
        Field("language", Holds.CODE, LANGUAGE, "language"),
        Field(
            "title_es", Holds.TEXT, _("what changed, in Spanish, if entered"), spanish_of("title")
        ),
        Field("reason_es", Holds.TEXT, _("why, in Spanish, if entered"), spanish_of("reason")),
        Field(
            "prepared_by",
            Holds.TEXT,
            _("who prepared it"),
            Func(
                F("prepared_by"),
                Value("; "),
                function="array_to_string",
                output_field=TextField(),
            ),
        ),
        Field("approved_by", Holds.TEXT, _("who approved it"), "approved_by"),
        Field(
            "self_approval_reason",
            Holds.TEXT,
            _("why it was posted without a second person, where it was"),
            "self_approval_reason",
        ),
        Field(
            "countersigned_by",
            Holds.TEXT,
            _("who countersigned it later, where it was posted without a second person"),
            "countersignature__signed_by",
        ),
        Field("reverses", Holds.NUMBER, _("the version that it reverses"), "reverses_id"),
        Field("entries", Holds.NUMBER, _("how many entries it has"), "entry_count"),
        Field("entries_sha256", Holds.CODE, _("the SHA-256 of its own file"), "entries_sha256"),
        Field("checksum", Holds.CODE, _("the checksum of the ledger up to it"), "checksum"),
    ),
    VersionsTable,
    lambda public: Posting.objects.filter(version__lte=public.query.version.number),
)
LISTINGS = (ENTRIES, COMMITMENTS, DOCUMENTS, VERSIONS)
