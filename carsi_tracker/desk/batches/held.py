"""How batches are told apart in lists, mails and titles: what each holds, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carsi_tracker.figures.contents import BatchContents, contents
from carsi_tracker.ledger.models import Stage
from carsi_tracker.ledger.money import whole_dollars

NAMED = 3
"""How many appropriations or countries are named; more are counted."""
LONGEST_SOURCE = 80
COLUMNS = (Stage.COMMITTED, Stage.OBLIGATED, Stage.DISBURSED)


@dataclass(frozen=True)
class BatchHeld:
    """What a batch holds, in the language of the page; amounts are U.S. dollars.

    `keys` are the keys of its sources; `columns` are its sums at the stages of `COLUMNS`, None
    where it has no line of one.
    """

    lines: int
    amounts: str
    appropriations: str
    countries: str
    sources: str
    keys: str
    columns: list[Decimal | None]
    appropriated: Decimal | None


def held(batches: Iterable[int]) -> dict[int, BatchHeld]:
    """Return what batches hold, by their ids; asks the database as often for one as for many."""
    return {batch: in_words(of) for batch, of in contents(batches).items()}


def in_words(of: BatchContents) -> BatchHeld:
    """Return what a batch holds in the language of the page."""
    appropriations, countries = len(of.appropriations), len(of.countries)
    sources = ngettext("%d source", "%d sources", len(of.documents))
    return BatchHeld(
        lines=of.lines,
        amounts=_amounts(of),
        appropriations=_named(
            [str(row) for row in of.appropriations],
            ngettext("%d appropriation", "%d appropriations", appropriations),
        ),
        countries=_named(
            [row.name for row in of.countries], ngettext("%d country", "%d countries", countries)
        ),
        sources=_named([main_title(row.shown_title) for row in of.documents], sources, at_most=1),
        keys=_named([row.key for row in of.documents], sources, at_most=1),
        columns=[of.amounts.get(stage) for stage in COLUMNS],
        appropriated=of.amounts.get(Stage.APPROPRIATED),
    )


def main_title(title: str) -> str:
    """Return a document’s title without its subtitle, as far as a list has room for it."""
    return Truncator(title.partition(": ")[0]).chars(LONGEST_SOURCE)


def _amounts(of: BatchContents) -> str:
    words = {
        Stage.APPROPRIATED: _("%(amount)s appropriated"),
        Stage.COMMITTED: _("%(amount)s committed"),
        Stage.OBLIGATED: _("%(amount)s obligated"),
        Stage.DISBURSED: _("%(amount)s disbursed"),
    }
    return ", ".join(
        words[stage] % {"amount": whole_dollars(amount)} for stage, amount in of.amounts.items()
    )


def _named(names: list[str], count: str, at_most: int = NAMED) -> str:
    return ", ".join(names) if len(names) <= at_most else count % len(names)
