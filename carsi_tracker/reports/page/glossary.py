"""The words of the tracker, each explained once."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Term:
    """A word and what it means; `anchor` is its place on the page of methods.

    `gao` is what the U.S. Government Accountability Office calls it, where its glossary defines it.
    """

    anchor: str
    name: str | Promise
    meaning: str | Promise
    gao: str = ""


@dataclass(frozen=True)
class Group:
    """The words of one subject."""

    name: str
    title: str | Promise
    terms: tuple[Term, ...]


MONEY = Group(
    "money",
    _("How far money has got"),
    (
        Term(
            "appropriated",
            _("Appropriated"),
            _(
                "The amount a law lets agencies obligate from one account for one fiscal year. "
                "Some news reports call it “committed”."
            ),
            gao="appropriation",
        ),
        Term(
            "committed",
            _("Committed"),
            _(
                "Reserved for one purpose in one country, or the region, before a contract, grant "
                "or agreement obligates it."
            ),
            gao="commitment",
        ),
        Term(
            "obligated",
            _("Obligated"),
            _("Promised with legal force: by a signed contract, grant or letter of agreement."),
            gao="obligation",
        ),
        Term("disbursed", _("Disbursed"), _("Paid out, less refunds."), gao="disbursement"),
        Term(
            "available",
            _("No commitment found"),
            _(
                "Appropriated, but no commitment found in the documents we read. It does not mean "
                "that the money can still be spent."
            ),
        ),
        Term(
            "unobligated",
            _("Committed, no obligation found"),
            _(
                "Committed less obligated: the documents we read tell of no obligation. GAO’s "
                "“unobligated balance” is wider: it also includes what is not committed."
            ),
        ),
        Term(
            "unliquidated",
            _("Obligated, no payment found"),
            _(
                "Obligated less disbursed: promised with legal force; the documents we read tell "
                "of no payment."
            ),
            gao="unliquidated obligations",
        ),
        Term(
            "stage",
            _("Stage"),
            _(
                "How far an amount has got: appropriated, committed, obligated or disbursed. Each "
                "stage includes the next: what is disbursed is also obligated and committed."
            ),
        ),
        Term("balance", _("Balance"), _("What is left of a stage when the next is taken off.")),
    ),
)

PURPOSE = Group(
    "purpose",
    _("What it is for"),
    (
        Term(
            "appropriation",
            _("Appropriation"),
            _("The money of one account in one fiscal year, such as INCLE FY2008."),
        ),
        Term(
            "account",
            _("Account"),
            _(
                "A heading of the U.S. budget under which laws appropriate money: ESF, FMF, INCLE "
                "and NADR here."
            ),
        ),
        Term(
            "fiscal-year",
            _("Fiscal year"),
            _(
                "The year of the U.S. Government: FY2009 began on 1 October 2008 and ended on "
                "30 September 2009. An appropriation keeps its year, whenever it is used."
            ),
        ),
        Term(
            "commitment",
            _("Commitment"),
            _(
                "A part of one appropriation reserved for one programming area and one country, "
                "or the region. Each has a reference of its own."
            ),
        ),
        Term(
            "allocation",
            _("Allocation"),
            _("A new commitment with its first committed amount."),
        ),
        Term(
            "area",
            _("Programming area"),
            _("One of the three purposes that the initiative distinguishes."),
        ),
        Term(
            "area-not-stated",
            _("Area not stated"),
            _("The document names an amount, but not which programming area it serves."),
        ),
        Term(
            "goal",
            _("Goal"),
            _(
                "One of the initiative’s five aims. A commitment counts under the one that it "
                "serves first, so that goals add up."
            ),
        ),
        Term(
            "regional",
            _("Regional"),
            _(
                "For Central America as a whole, or for several countries with no amount stated "
                "for each."
            ),
        ),
        Term("agency", _("Agency"), _("The part of the U.S. Government that manages the money.")),
        Term("partner", _("Partner"), _("Who receives the money or carries out the work.")),
    ),
)

SOURCES = Group(
    "sources",
    _("Who says so"),
    (
        Term(
            "document",
            _("Document"),
            _("The published source of an amount: a law, a spending plan, a report, an article."),
        ),
        Term("basis", _("Basis"), _("How directly the document says the amount.")),
        Term("stated", _("Stated"), _("The document prints this amount for this purpose.")),
        Term("press", _("Press"), _("A newspaper or broadcaster reports it.")),
        Term(
            "inferred",
            _("Inferred"),
            _(
                "A part of it, such as the amount or the country, is worked out from what the "
                "document says; the note tells how."
            ),
        ),
    ),
)

LEDGER = Group(
    "ledger",
    _("The ledger"),
    (
        Term(
            "entry",
            _("Entry"),
            _(
                "One amount at one stage, with its day and the document it comes from. A negative "
                "amount takes back an earlier one."
            ),
        ),
        Term(
            "effective-date",
            _("Effective date"),
            _("The day on which what an entry records took place."),
        ),
        Term(
            "batch",
            _("Batch"),
            _("Entries that are prepared, approved and posted together."),
        ),
        Term(
            "posted",
            _("Posted"),
            _("Added to the ledger by a second person’s approval, for good."),
        ),
        Term(
            "version",
            _("Version"),
            _(
                "The ledger after one more batch was posted. Versions are numbered from 1 without "
                "gaps, and never change."
            ),
        ),
        Term(
            "as-of",
            _("As of"),
            _("Counting entries with an effective date up to the end of that day in Washington."),
        ),
        Term(
            "known-on",
            _("Known on"),
            _("What the ledger held at a moment: the newest version of that moment."),
        ),
        Term(
            "reversal",
            _("Reversal"),
            _("A version that takes back another one, whole: each amount with the opposite sign."),
        ),
        Term(
            "move",
            _("Move"),
            _(
                "How a wrong area or country is corrected: entries are taken back under the old "
                "commitment, and entered at the same dates under a new one."
            ),
        ),
        Term(
            "countersigned",
            _("Countersigned"),
            _("Confirmed later by a second person, where a version was posted without one."),
        ),
        Term(
            "checksum",
            _("Checksum"),
            _(
                "64 digits and letters worked out from a version and all before it (SHA-256). If "
                "anything in them were altered, it would come out otherwise."
            ),
        ),
    ),
)

GLOSSARY = (MONEY, PURPOSE, SOURCES, LEDGER)
TERMS = {term.anchor: term for group in GLOSSARY for term in group.terms}
