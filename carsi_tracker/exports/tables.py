"""The one list of the tables that exports hold: their keys, what they refer to, their columns.

Each is a download without filters, in the order in which it can be loaded: what a table refers to
stands before it. Between two rows nothing refers that is not in the same version and day.
"""

from dataclasses import dataclass

from django.utils.translation import override

from carsi_tracker.ledger.columns import Words
from carsi_tracker.reports.downloads.downloads import TABLES
from carsi_tracker.reports.downloads.fields import Field, Holds
from carsi_tracker.reports.downloads.provenance import DATATYPES, Table

LANGUAGES = ("en", "es")


@dataclass(frozen=True)
class Reference:
    """Columns whose values, unless they are empty, are the `key` of a row of another table."""

    columns: tuple[str, ...]
    table: str
    key: tuple[str, ...]


@dataclass(frozen=True)
class ExportedTable:
    """A table of the exports, by the name of its download."""

    name: str
    key: tuple[str, ...]
    references: tuple[Reference, ...] = ()

    @property
    def download(self) -> Table:
        """The table as it is downloaded: what asks for its rows and writes them."""
        return TABLES[self.name]

    @property
    def fields(self) -> tuple[Field, ...]:
        """Its columns, in order; `datatype` and `in_both` say more of each."""
        return self.download.fields

    @property
    def title(self) -> dict[str, str]:
        """What it is called, by language."""
        return in_both(self.download.title)

    @property
    def meaning(self) -> dict[str, str]:
        """What a row of it is, by language."""
        return in_both(self.download.meaning)


def datatype(field: Field) -> str:
    """Return what a column holds: string, integer, decimal, date or dateTime (XML Schema)."""
    return DATATYPES[field.holds]


def is_money(field: Field) -> bool:
    """Say whether a column holds U.S. dollars."""
    return field.holds in (Holds.AMOUNT, Holds.SUM)


def in_both(words: Words) -> dict[str, str]:
    """Return words in each language, by its code."""
    said = {}
    for language in LANGUAGES:
        with override(language):
            said[language] = str(words)
    return said


def meaning_of(field: Field) -> dict[str, str]:
    """Return what a column means and holds, by language."""
    said = {}
    for language in LANGUAGES:
        with override(language):
            said[language] = field.in_words
    return said


_OF_PLACES = (
    Reference(("area",), "areas", ("area",)),
    Reference(("country",), "countries", ("country",)),
)
_OF_MONEY = Reference(("fiscal_year", "account"), "appropriations", ("fiscal_year", "account"))
_OF_COMMITMENTS = (
    _OF_MONEY,
    Reference(("account",), "accounts", ("account",)),
    *_OF_PLACES,
    Reference(("goal",), "goals", ("goal",)),
    Reference(("agency",), "organizations", ("organization",)),
    Reference(("partner",), "organizations", ("organization",)),
)
_OF_DOCUMENT = Reference(("document",), "documents", ("document",))

EXPORTED = {
    table.name: table
    for table in (
        ExportedTable("accounts", ("account",)),
        ExportedTable("areas", ("area",)),
        ExportedTable("countries", ("country",)),
        ExportedTable("goals", ("goal",)),
        ExportedTable("organizations", ("organization",)),
        ExportedTable("documents", ("document",)),
        ExportedTable(
            "versions",
            ("version",),
            (Reference(("reverses",), "versions", ("version",)),),
        ),
        ExportedTable(
            "appropriations",
            ("fiscal_year", "account"),
            (
                Reference(("account",), "accounts", ("account",)),
                Reference(("law",), "documents", ("document",)),
            ),
        ),
        ExportedTable("commitments", ("reference",), _OF_COMMITMENTS),
        ExportedTable(
            "entries",
            ("version", "line"),
            (
                Reference(("reference",), "commitments", ("reference",)),
                *_OF_COMMITMENTS,
                _OF_DOCUMENT,
                Reference(("version",), "versions", ("version",)),
            ),
        ),
        ExportedTable(
            "published",
            ("key",),
            (
                _OF_DOCUMENT,
                Reference(("account",), "accounts", ("account",)),
                *_OF_PLACES,
                Reference(("agency",), "organizations", ("organization",)),
            ),
        ),
    )
}
"""The tables by name, what is referred to before what refers to it."""
