"""What is asked of the ledger: which entries, through which day, in which version."""

from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Self
from urllib.parse import urlencode

NONE = "none"
MEASURES = {
    "available": ("appropriated", "committed"),
    "unobligated": ("committed", "obligated"),
    "unliquidated": ("obligated", "disbursed"),
}


class BadQuestion(Exception):
    """An address asks what can't be answered.

    `parameter` and `value` are as found; `accepted` says in words what would be accepted.
    """

    def __init__(self, parameter: str, value: str, accepted: str) -> None:
        super().__init__(parameter, value, accepted)
        self.parameter, self.value, self.accepted = parameter, value, accepted


@dataclass(frozen=True)
class Version:
    """A version of the ledger, by number and checksum; number 0 is the empty ledger."""

    number: int
    checksum: str

    def __str__(self) -> str:
        return f"{self.number}-{self.checksum[:8]}"


@dataclass(frozen=True)
class Scope:
    """Which entries: codes as the ledger holds them, or `none` where a thing can be empty."""

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

    @property
    def chosen(self) -> dict[str, str]:
        """The filters that are set, in a fixed order."""
        named = ((filter_.name, getattr(self, filter_.name)) for filter_ in fields(self))
        return {name: value for name, value in named if value is not None}


@dataclass(frozen=True)
class Question:
    """Which sums, over which entries, through which day, in which version.

    `dated` and `pinned` say whether the address names the day and the version; links then carry
    them on. They make no difference to the answer.
    """

    version: Version
    day: date
    scope: Scope = field(default_factory=Scope)
    dated: bool = field(default=False, compare=False)
    pinned: bool = field(default=False, compare=False)

    def where(self, **filters: object) -> Self:
        """Ask the same of other entries: each filter is set, or dropped by None."""
        texts = {name: None if value is None else str(value) for name, value in filters.items()}
        return replace(self, scope=replace(self.scope, **texts))

    def everywhere(self) -> Self:
        """Ask the same of all entries."""
        return replace(self, scope=Scope())

    def through(self, day: date) -> Self:
        """Ask the same as of another day."""
        return replace(self, day=day, dated=True)

    def permanent(self) -> Self:
        """Ask the same for ever: with day and version named."""
        return replace(self, dated=True, pinned=True)

    def query(self, **more: object) -> str:
        """Write the question as the query of an address, with what else is given; "" if none."""
        parts: dict[str, object] = dict(self.scope.chosen)
        if self.dated:
            parts["as_of"] = self.day.isoformat()
        if self.pinned:
            parts["version"] = self.version
        parts |= {name: value for name, value in more.items() if value is not None}
        return f"?{urlencode(parts)}" if parts else ""
