"""What a download of entries held: its entries by their keys, and what was posted since."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from carsi_tracker.figures import selection
from carsi_tracker.figures.query import Query
from carsi_tracker.imports.errors import Finding, Unreadable
from carsi_tracker.imports.table import MOST_ROWS
from carsi_tracker.ledger.columns import OF_LINE, SOURCES
from carsi_tracker.ledger.models import Entry

Key = tuple[int, int]
"""What an entry is known by for ever: the version that posted it, and its line there."""
Place = tuple[str, int, str, str]
"""What an amount is counted against: commitment or nothing, fiscal year, account, stage."""

_SAID = {name: SOURCES[name] for name in ("reference", "fiscal_year", "account", *OF_LINE)}
"""The columns of the import format that an entry is made of, and where it has them."""


@dataclass(frozen=True)
class Held:
    """An entry, as a download has it; an appropriated one has an empty reference."""

    key: Key
    reference: str
    fiscal_year: int
    account: str
    stage: str
    amount_usd: Decimal
    effective_date: date
    document: str
    locator: str
    basis: str
    note: str
    quote: str

    @property
    def place(self) -> Place:
        """What it is counted against."""
        return self.reference, self.fiscal_year, self.account, self.stage

    @property
    def named(self) -> str:
        """What it is counted against in words: its commitment, or its appropriation."""
        return self.reference or f"{self.account} FY{self.fiscal_year}"

    def cells(self, amount: Decimal, note: str) -> dict[str, Any]:
        """Return a row of the import format that says the same of another amount."""
        said = {name: getattr(self, name) for name in _SAID} | {"amount_usd": amount, "note": note}
        said["fiscal_year"] = str(self.fiscal_year)
        if self.reference:
            del said["fiscal_year"], said["account"]
        return {name: value for name, value in said.items() if value != ""}


def held_by(query: Query) -> dict[Key, Held]:
    """Return the entries that a download of a query holds, by their keys; raises Unreadable."""
    entries = selection.entries(query)
    if entries[: MOST_ROWS + 1].count() > MOST_ROWS:
        message = _("The download holds more than %d entries. Filter it, and edit a part.")
        raise Unreadable(Finding(message % MOST_ROWS))
    return {entry.key: entry for entry in _read(entries)}


def posted_since(version: int, places: Iterable[Place]) -> list[Held]:
    """Return what later versions posted at the same stages of the same commitments."""
    wanted = {*places}
    chosen = Q(commitment__reference__in={reference for reference, *_rest in wanted})
    if any(not reference for reference, *_rest in wanted):
        chosen |= Q(commitment=None)
    later = Entry.objects.filter(chosen, posting_id__gt=version).order_by("posting_id", "line")
    return [entry for entry in _read(later) if entry.place in wanted]


def _read(entries: QuerySet[Entry]) -> Iterable[Held]:
    rows = entries.values_list("posting_id", "line", *_SAID.values())
    for version, line, reference, *rest in rows.iterator(2_000):
        yield Held((version, line), reference or "", *rest)
