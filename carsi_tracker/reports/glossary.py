"""The words of the tracker, each explained once."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Term:
    """A word, its anchor on the page of methods, what it means, and whether GAO defines it."""

    anchor: str
    name: Promise
    meaning: Promise
    defined_by_gao: bool = False


TERMS = (
    Term(
        "appropriated",
        _("Appropriated"),
        _("Authority that a law gives to spend up to an amount, from one account in one year."),
        defined_by_gao=True,
    ),
    Term(
        "committed",
        _("Committed"),
        _(
            "Set aside for one programming area and one country or the region, before an "
            "agreement binds anybody to pay."
        ),
        defined_by_gao=True,
    ),
    Term(
        "obligated",
        _("Obligated"),
        _("Promised with legal force: a signed contract, grant or letter of agreement."),
        defined_by_gao=True,
    ),
    Term(
        "disbursed",
        _("Disbursed"),
        _("Paid out, less what was refunded."),
        defined_by_gao=True,
    ),
    Term(
        "available",
        _("Available"),
        _("Appropriated less committed: no commitment of it is known."),
    ),
    Term(
        "unobligated",
        _("Unobligated"),
        _("Committed less obligated: set aside, not yet promised with legal force."),
    ),
    Term(
        "unliquidated",
        _("Unliquidated"),
        _("Obligated less disbursed: promised with legal force, not yet paid."),
        defined_by_gao=True,
    ),
    Term(
        "entry",
        _("Entry"),
        _(
            "One dated amount at one stage, with the document it comes from. A negative amount "
            "takes back an earlier one."
        ),
    ),
    Term(
        "version",
        _("Version"),
        _(
            "What one approved posting adds to the ledger: its entries, time, people, reason and "
            "checksum. Versions are numbered from 1 without gaps and never change."
        ),
    ),
    Term(
        "basis",
        _("Basis"),
        _(
            "How directly the document says it. Stated: it prints the amount for this purpose. "
            "Press: a newspaper reports it. Inferred: a part, named in the note, is deduced."
        ),
    ),
    Term(
        "as-of",
        _("As of"),
        _("What had happened by the end of a day in Washington."),
    ),
    Term(
        "known-on",
        _("Known on"),
        _("What the ledger held at a moment: the newest version of that moment."),
    ),
    Term(
        "area-not-stated",
        _("Area not stated"),
        _("The document names an amount, but not which of the three programming areas it serves."),
    ),
)
