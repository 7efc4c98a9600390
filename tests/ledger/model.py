"""A plain model of the ledger, as its rules say it is: lists, sums and nothing else."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Key = int
STAGES = ("committed", "obligated", "disbursed")


@dataclass(frozen=True)
class Amount:
    """An amount of an appropriation, or of one of its commitments."""

    appropriation: Key
    commitment: Key | None
    stage: str
    amount: Decimal
    day: date

    def negated(self) -> "Amount":
        return Amount(self.appropriation, self.commitment, self.stage, -self.amount, self.day)


@dataclass
class Draft:
    """A batch on the desk."""

    lines: dict[Key, Amount] = field(default_factory=dict)
    introduces: set[Key] = field(default_factory=set)
    hands: set[Key] = field(default_factory=set)
    reverses: int | None = None
    state: str = "draft"


@dataclass
class Ledger:
    """Drafts, and the versions that were posted."""

    drafts: dict[Key, Draft] = field(default_factory=dict)
    versions: dict[int, list[Amount]] = field(default_factory=dict)
    reversed: set[int] = field(default_factory=set)
    commitments: set[Key] = field(default_factory=set)

    @property
    def posted(self) -> list[Amount]:
        return [amount for amounts in self.versions.values() for amount in amounts]

    def refuses_to_submit(self, draft: Draft) -> bool:
        """Say whether a draft may not be submitted (or, once submitted, posted)."""
        lines = list(draft.lines.values())
        unused = draft.introduces - {line.commitment for line in lines}
        if not lines or unused:
            return True
        if draft.reverses is not None:
            wanted = sorted(map(repr, (a.negated() for a in self.versions[draft.reverses])))
            if sorted(map(repr, lines)) != wanted:
                return True
        return not is_sound(self.posted + lines)

    def post(self, key: Key, version: int) -> None:
        draft = self.drafts.pop(key)
        self.versions[version] = list(draft.lines.values())
        self.commitments |= draft.introduces
        if draft.reverses is not None:
            self.reversed.add(draft.reverses)


def sums(amounts: list[Amount], day: date) -> dict[tuple[str, Key, str], Decimal]:
    """Return the sums through a day, by kind of thing, thing and stage."""
    found: dict[tuple[str, Key, str], Decimal] = defaultdict(Decimal)
    for amount in amounts:
        if amount.day <= day:
            found["appropriation", amount.appropriation, amount.stage] += amount.amount
            if amount.commitment is not None:
                found["commitment", amount.commitment, amount.stage] += amount.amount
    return found


def is_sound(amounts: list[Amount]) -> bool:
    """Say whether rules 1 and 2 hold on every day."""
    for day in {amount.day for amount in amounts}:
        found = sums(amounts, day)
        for kind, key, _ in list(found):
            stages = [found[kind, key, stage] for stage in ("appropriated", *STAGES)]
            if kind == "appropriation" and stages[1] > stages[0]:
                return False
            if kind == "commitment" and not 0 <= stages[3] <= stages[2] <= stages[1]:
                return False
    return True
