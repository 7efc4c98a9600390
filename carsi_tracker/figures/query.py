"""What is asked of the ledger: which entries, through which day, in which version."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Self

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.ledger.days import day_in_words, today
from carsi_tracker.ledger.folding import folded

NONE = "none"
BLANK_DAY, BLANK_DAY_IN_WORDS = "\0d", "\0w"
"""What stands for a day that is written later: no text of the ledger or of a reader has a NUL."""
KEPT = 8192
"""How many scopes a process keeps the addresses of: a page has hundreds of links."""
MARKS = ".,;:!?¡¿\"'“”‘’«»()[]{}"  # noqa: RUF001 (quotation marks as people type them)
"""What may stand around a word that is looked for."""
MEASURES = {
    "available": ("appropriated", "committed"),
    "unobligated": ("committed", "obligated"),
    "unliquidated": ("obligated", "disbursed"),
    "unobligated-balance": ("appropriated", "obligated"),
    "undisbursed": ("appropriated", "disbursed"),
}


@dataclass(frozen=True)
class Version:
    """A version of the ledger, by number and checksum; number 0 is the empty ledger.

    The revision of what is kept beside the entries (titles, names, limits, published totals, open
    questions) keeps answers apart that a correction makes differ.
    """

    number: int
    checksum: str
    label_revision: int = 0

    def __str__(self) -> str:
        return f"{self.number}-{self.checksum[:8]}"

    @property
    def of_entries(self) -> "Version":
        """The version whatever describes its entries: for answers that no label changes."""
        return Version(self.number, self.checksum)


@dataclass(frozen=True)
class Words:
    """A text that is looked for, and the revision of the titles and names that it is looked for in.

    The revision keeps answers apart that a corrected title makes differ.
    """

    written: str
    label_revision: int

    def __str__(self) -> str:
        return self.written

    @property
    def folded(self) -> tuple[str, ...]:
        """The words, without accents, in small letters, without the marks around them."""
        words = folded(self.written).split()
        return tuple(word.strip(MARKS) or word for word in words)


@dataclass(frozen=True)
class Filters:
    """Which entries: codes as the ledger holds them, or `none` where a thing can be empty.

    Amounts are an entry's own, in U.S. dollars, and days its effective dates, ends included.
    """

    area: str | None = None
    country: str | None = None
    goal: str | None = None
    account: str | None = None
    year: str | None = None
    agency: str | None = None
    partner: str | None = None
    commitment: str | None = None
    stage: str | None = None
    measure: str | None = None
    basis: str | None = None
    document: str | None = None
    posted_in: str | None = None
    posted_from: str | None = None
    text: Words | None = None
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    date_from: date | None = None
    date_to: date | None = None

    @property
    def given(self) -> dict[str, Any]:
        """The filters that are set, in a fixed order."""
        return {name: value for name, value in vars(self).items() if value is not None}

    @property
    def stages(self) -> tuple[str, ...] | None:
        """The stages whose entries are chosen; None for all."""
        if self.measure:
            return MEASURES[self.measure]
        return (self.stage,) if self.stage else None

    def admits(self, name: str, code: str) -> bool:
        """Say whether entries that have a code may be chosen."""
        return getattr(self, name) in (None, code)


@dataclass(frozen=True)
class Query:
    """Which sums, over which entries, through which day, in which version.

    `dated` and `pinned` say whether the address names the day and the version; links then carry
    them on. `blank` says that the day is written later: a blank stands for it in texts. None of
    them makes a difference to the answer.
    """

    version: Version
    day: date
    filters: Filters = field(default_factory=Filters)
    dated: bool = field(default=False, compare=False)
    pinned: bool = field(default=False, compare=False)
    blank: bool = field(default=False, compare=False)

    @property
    def day_as_written(self) -> str:
        """The day as addresses write it: 2009-03-13."""
        return BLANK_DAY if self.blank else self.day.isoformat()

    @property
    def day_in_words(self) -> str:
        """The day as prose writes it: March 13, 2009."""
        return BLANK_DAY_IN_WORDS if self.blank else day_in_words(self.day)

    def where(self, **changes: object) -> Self:
        """Ask the same of other entries: each filter is set, or dropped by None."""
        filters = _narrowed(self.filters, tuple(changes.items()))
        return type(self)(self.version, self.day, filters, self.dated, self.pinned, self.blank)

    def summing(self, name: str) -> Self:
        """Ask for a stage or a measure, by its name, and for no other."""
        kind = "measure" if name in MEASURES else "stage"
        return self.where(**{"stage": None, "measure": None, kind: name})

    def everywhere(self) -> Self:
        """Ask the same of all entries."""
        return replace(self, filters=Filters())

    def through(self, day: date) -> Self:
        """Ask the same as of another day."""
        return replace(self, day=day, dated=True, blank=False)

    def as_of_today(self) -> Self:
        """Ask the same as of today, whatever day that is."""
        return replace(self, day=today(), dated=False, blank=False)

    def permanent(self) -> Self:
        """Ask the same for ever: with day and version named."""
        return replace(self, dated=True, pinned=True)


@remembered(KEPT)
def _narrowed(filters: Filters, changes: tuple[tuple[str, object], ...]) -> Filters:
    values: dict[str, Any] = {
        name: str(value) if isinstance(value, int | str) else value for name, value in changes
    }
    return Filters(**(filters.given | values))
