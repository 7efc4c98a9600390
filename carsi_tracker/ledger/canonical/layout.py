"""What the files of a canonical ledger are called, and the columns of its tables.

Columns follow the models: a new column of a table is a new column of its file.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models

from carsi_tracker.ledger.canonical import cells
from carsi_tracker.ledger.models import (
    Account,
    Appropriation,
    Commitment,
    Country,
    Document,
    Goal,
    OpenQuestion,
    Organization,
    ProgrammingArea,
    PublishedFigure,
    Stage,
    Translation,
)

LAYOUT = 1
ABOUT = "carsi-ledger.csv"
SUMS = "SHA256SUMS"
README = "README.md"
VERSIONS = "versions.csv"
LANGUAGES = "languages.csv"
COUNTERSIGNATURES = "countersignatures.csv"
VERDICTS = "published_verdicts.csv"

ABOUT_HEADER = ("name", "value")
ABOUT_NAMES = (
    "layout", "version", "checksum", "posted_at", "entries", *(f"{s}_usd" for s in Stage.values),
)  # fmt: skip
VERSIONS_HEADER = (
    "version", "posted_at", "title", "reason", "prepared_by", "approved_by", "self_approval_rule",
    "self_approval_reason", "reverses", "entries", "entries_sha256", "checksum",
)  # fmt: skip
ENTRIES_HEADER = (
    "reference", "fiscal_year", "account", "area", "country", "goal", "agency", "partner", "stage",
    "amount_usd", "effective_date", "document", "locator", "basis", "note", "quote",
)  # fmt: skip
LANGUAGES_HEADER = ("version", "language")
COUNTERSIGNATURES_HEADER = ("version", "signed_by", "signed_at", "remark")
VERDICTS_HEADER = ("key", "verdict")
FILE_HEADER = ("file", "file_name", "media_type", "size", "sha256")
"""What `documents.csv` says of the document itself."""
ENDINGS = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "text/plain": "txt",
    "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.text": "odt",
}
"""How the name of a document's file ends, by its kind."""

KEYS: dict[type[models.Model], tuple[str, ...]] = {
    Account: ("code",),
    ProgrammingArea: ("code",),
    Country: ("code",),
    Goal: ("number",),
    Organization: ("code",),
    Document: ("key",),
    Appropriation: ("fiscal_year", "account"),
    Commitment: ("reference",),
    PublishedFigure: ("key",),
    OpenQuestion: ("key",),
    Translation: ("original",),
}
"""What tells the rows of a table apart: its first columns, by which its file is sorted."""
UNWRITTEN = {"id", "introduced_by"}


def entries_file(version: int) -> str:
    """Return the name of the file of a version's entries."""
    return f"changes/{version}.csv"


def document_file(key: str, media_type: str) -> str:
    """Return the name of the file that is kept of a document; raises KeyError for no known kind."""
    return f"files/{key}.{ENDINGS[media_type]}"


@dataclass(frozen=True)
class FileColumn:
    """A column of a table's file: the column of the row, or a part of the key that it refers to."""

    name: str
    path: str
    field: "models.Field[Any, Any]"
    """The column of the table itself: the foreign key, where it refers to another table."""
    kind: "models.Field[Any, Any]"
    """The column whose value is written."""

    @property
    def refers_to(self) -> type[models.Model] | None:
        """The table that it refers to."""
        return self.field.related_model if self.field.is_relation else None

    @property
    def may_be_missing(self) -> bool:
        """Whether a file from before the column may lack it."""
        return self.field.null or self.field.has_default() or self.field.has_db_default()

    def written(self, value: Any) -> str:
        """Return a value as the file has it."""
        return cells.written(value)

    def read(self, text: str) -> Any:
        """Return the value of a cell; raises ValueError with what is accepted."""
        if text == "" and (self.field.null or self.kind.empty_strings_allowed):
            return None if self.field.null else ""
        return cells.read(self.kind, text)


@dataclass(frozen=True)
class FileTable:
    """A table that is a file of a canonical ledger."""

    file: str
    model: type[models.Model]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that tell its rows apart."""
        return KEYS[self.model]

    @cached_property
    def columns(self) -> tuple[FileColumn, ...]:
        """Its columns: the key, and then those of the table in their order."""
        found = [
            column
            for field in self.model._meta.concrete_fields
            if field.name not in UNWRITTEN
            for column in _columns(field)
        ]
        found.sort(key=lambda each: (*self.key, each.name).index(each.name))
        return tuple(found)

    @property
    def header(self) -> tuple[str, ...]:
        """The names of its columns."""
        own = tuple(column.name for column in self.columns)
        return (*own, *FILE_HEADER) if self.model is Document else own


def _columns(field: "models.Field[Any, Any]") -> list[FileColumn]:
    """Return the columns that a column of a table is in its file: several, if what it refers to."""
    if not field.is_relation:
        money = isinstance(field, models.DecimalField)
        return [FileColumn(f"{field.name}_usd" if money else field.name, field.name, field, field)]
    to: Any = field.related_model
    key = KEYS[to]
    found = []
    for part in key:
        kind = to._meta.get_field(part)
        path = f"{field.name}__{part}"
        if kind.is_relation:
            (inner,) = KEYS[kind.related_model]
            kind, path = kind.related_model._meta.get_field(inner), f"{path}__{inner}"
        found.append(FileColumn(field.name if len(key) == 1 else part, path, field, kind))
    return found


REFERENCES = (
    FileTable("accounts.csv", Account),
    FileTable("areas.csv", ProgrammingArea),
    FileTable("countries.csv", Country),
    FileTable("goals.csv", Goal),
    FileTable("organizations.csv", Organization),
)
DOCUMENTS = FileTable("documents.csv", Document)
APPROPRIATIONS = FileTable("appropriations.csv", Appropriation)
COMMITMENTS = FileTable("commitments.csv", Commitment)
BESIDE = (
    FileTable("published_figures.csv", PublishedFigure),
    FileTable("open_questions.csv", OpenQuestion),
    FileTable("translations.csv", Translation),
)
"""What is kept beside the versions, and loaded after them."""
TABLES = (*REFERENCES, DOCUMENTS, APPROPRIATIONS, COMMITMENTS, *BESIDE)

HEADERS: dict[str, tuple[str, ...]] = {
    ABOUT: ABOUT_HEADER,
    VERSIONS: VERSIONS_HEADER,
    LANGUAGES: LANGUAGES_HEADER,
    COUNTERSIGNATURES: COUNTERSIGNATURES_HEADER,
    VERDICTS: VERDICTS_HEADER,
}
"""The files that are no tables, whose columns are exactly these."""
REQUIRED = (*HEADERS, *(table.file for table in TABLES), README)
