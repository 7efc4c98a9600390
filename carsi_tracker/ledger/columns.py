"""The one list of columns that reading, writing, the help page and the template file share."""

from dataclasses import dataclass
from enum import Enum, auto

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class CellKind(Enum):
    """How the cells of a column are read."""

    REFERENCE = auto()
    TEXT = auto()
    YEAR = auto()
    CODE = auto()
    ORGANIZATION = auto()
    AMOUNT = auto()
    DAY = auto()


class Needed(Enum):
    """When a cell may not be empty."""

    ALWAYS = _("always")
    OF_COMMITMENTS = _("in rows of a commitment")
    OF_NEW = _("for a commitment that is new")
    NEVER = _("no")


@dataclass(frozen=True)
class Column:
    """A column of the import format; `longest` is in characters, for text."""

    name: str
    kind: CellKind
    needed: Needed
    meaning: Words
    accepted: Words
    example: str
    longest: int = 0


CODE = _("the code, in capitals or not")
COLUMNS = (
    Column(
        "reference",
        CellKind.REFERENCE,
        Needed.OF_COMMITMENTS,
        _("the commitment: one in the ledger, or a new one"),
        _("A-Z, 0-9 and hyphens, at most 40; empty for an appropriated amount"),
        "CARSI-08-INCLE-80",
        40,
    ),
    Column(
        "title",
        CellKind.TEXT,
        Needed.OF_NEW,
        _("what the commitment is for"),
        _("one line of text, at most 300 characters"),
        "Patrol boats, Honduras",
        300,
    ),
    Column(
        "fiscal_year",
        CellKind.YEAR,
        Needed.OF_NEW,
        _("the fiscal year of the appropriation"),
        _("a year in four digits"),
        "2008",
    ),
    Column(
        "account", CellKind.CODE, Needed.OF_NEW, _("the appropriation’s account"), CODE, "INCLE"
    ),
    Column(
        "area", CellKind.CODE, Needed.OF_NEW, _("the programming area"), CODE, "law-enforcement"
    ),
    Column(
        "country",
        CellKind.CODE,
        Needed.OF_NEW,
        _("the country"),
        _("two letters of ISO 3166-1, or regional"),
        "HN",
    ),
    Column(
        "goal",
        CellKind.CODE,
        Needed.NEVER,
        _("its main goal, where the source says"),
        _("the goal’s number"),
        "2",
    ),
    Column(
        "agency",
        CellKind.ORGANIZATION,
        Needed.OF_NEW,
        _("the U.S. agency that commits"),
        _("the short name of an organization"),
        "State/INL",
        120,
    ),
    Column(
        "partner",
        CellKind.ORGANIZATION,
        Needed.NEVER,
        _("who carries it out, where another does"),
        _("the short name of an organization; one that is new is added"),
        "",
        120,
    ),
    Column(
        "stage",
        CellKind.CODE,
        Needed.ALWAYS,
        _("how far the amount has got"),
        _("appropriated, committed, obligated or disbursed"),
        "committed",
    ),
    Column(
        "amount_usd",
        CellKind.AMOUNT,
        Needed.ALWAYS,
        _("U.S. dollars; a reduction is negative"),
        _("text with one reading: 250000, 250,000.00, $250,000, -7,500.00 or $ (7,500.00)"),
        "250,000.00",
    ),
    Column(
        "effective_date",
        CellKind.DAY,
        Needed.ALWAYS,
        _("the day from which it counts"),
        _(
            "2009-03-13, 13-Mar-2009, March 13, 2009, a date cell, or numbers in one order; "
            "up to today"
        ),
        "2009-06-15",
    ),
    Column(
        "document",
        CellKind.CODE,
        Needed.ALWAYS,
        _("the source that says so"),
        _("the key of a document"),
        "activities-2010",
    ),
    Column(
        "locator",
        CellKind.TEXT,
        Needed.NEVER,
        _("page or section"),
        _("one line of text, at most 200 characters"),
        "page 12, table 3",
        200,
    ),
    Column(
        "basis",
        CellKind.CODE,
        Needed.ALWAYS,
        _("evidence: stated, press or inferred"),
        _("stated, press or inferred"),
        "stated",
    ),
    Column(
        "note",
        CellKind.TEXT,
        Needed.NEVER,
        _("what readers should know; published"),
        _("one line of text, at most 1,000 characters"),
        "",
        1000,
    ),
    Column(
        "quote",
        CellKind.TEXT,
        Needed.NEVER,
        _("the document’s own words; published"),
        _("one line of text, at most 1,000 characters"),
        "",
        1000,
    ),
    Column(
        "title_es",
        CellKind.TEXT,
        Needed.NEVER,
        _("the title in Spanish"),
        _("one line of text, at most 300 characters"),
        "Lanchas patrulleras, Honduras",
        300,
    ),
    Column(
        "bound",
        CellKind.CODE,
        Needed.NEVER,
        _("whether the commitment’s amount is a limit"),
        _("at-most or at-least; empty where it is the amount itself"),
        "at-most",
    ),
    Column(
        "bound_note",
        CellKind.TEXT,
        Needed.NEVER,
        _("what makes it a limit; published"),
        _("one line of text, at most 300 characters; with a limit, and only with one"),
        "One total for two years; how much is from 2009 is not stated.",
        300,
    ),
    Column(
        "bound_note_es",
        CellKind.TEXT,
        Needed.NEVER,
        _("the same in Spanish"),
        _("one line of text, at most 300 characters; beside the English"),
        "Un total para dos años; no se indica cuánto es de 2009.",
        300,
    ),
)
BY_NAME = {column.name: column for column in COLUMNS}
NAMES = tuple(BY_NAME)
OF_LINE = (
    "stage",
    "amount_usd",
    "effective_date",
    "document",
    "locator",
    "basis",
    "note",
    "quote",
)
"""The columns of what a line says; the others say what it is of."""
SOURCES = {
    "reference": "commitment__reference",
    "title": "commitment__title",
    "fiscal_year": "appropriation__fiscal_year",
    "account": "appropriation__account__code",
    "area": "commitment__area__code",
    "country": "commitment__country__code",
    "goal": "commitment__goal__number",
    "agency": "commitment__agency__code",
    "partner": "commitment__partner__code",
    "stage": "stage",
    "amount_usd": "amount",
    "effective_date": "effective_date",
    "document": "document__key",
    "locator": "locator",
    "basis": "basis",
    "note": "note",
    "quote": "quote",
    "title_es": "commitment__title_es",
    "bound": "commitment__bound",
    "bound_note": "commitment__bound_note",
    "bound_note_es": "commitment__bound_note_es",
}
"""Where an entry, or a line, has what the columns say."""
REMARKS = "remarks"
"""The column that a file with remarks has more."""
OF_DOWNLOADS = (
    "area_name", "country_name", "stage_name", "basis_name", "counted_usd", "version",
    "line", "language", "note_es", "locator_es",
)  # fmt: skip
"""The columns that a download of entries has more."""
NOT_READ = frozenset({REMARKS, *OF_DOWNLOADS})
