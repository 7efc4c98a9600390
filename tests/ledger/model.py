"""A plain model of the ledger, as its rules say it is: lists, sums and nothing else."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

Key = int
STAGES = ("appropriated", "committed", "obligated", "disbursed")


@dataclass(frozen=True)
class Amount:
    """An amount of an appropriation, or of one of its commitments."""

    appropriation: Key
    commitment: Key | None
    stage: str
    amount: Decimal
    day: date

    def negated(self) -> "Amount":
        return replace(self, amount=-self.amount)


@dataclass
class Draft:
    """A batch on the desk; `read` is what somebody read of it last, and the digest they got."""

    title: str
    hands: set[Key]
    lines: dict[Key, Amount] = field(default_factory=dict)
    introduces: set[Key] = field(default_factory=set)
    reverses: int | None = None
    state: str = "draft"
    read: tuple[str, object] | None = None

    def edited_by(self, person: Key) -> None:
        self.state = "draft"
        self.hands.add(person)


@dataclass
class Ledger:
    """Drafts, and the versions that were posted.

    `why_not_...` gives the name of the first rule that refuses, or None.
    """

    drafts: dict[Key, Draft] = field(default_factory=dict)
    versions: dict[int, list[Amount]] = field(default_factory=dict)
    reversed: set[int] = field(default_factory=set)
    titles: dict[Key, str] = field(default_factory=dict)

    def posted(self, up_to: float = float("inf")) -> list[Amount]:
        versions = (amounts for version, amounts in self.versions.items() if version <= up_to)
        return [amount for amounts in versions for amount in amounts]

    def shown(self, draft: Draft) -> object:
        """What an approver is shown of a draft."""
        lines = (amount for _, amount in sorted(draft.lines.items()))
        described = [(line, self.titles.get(line.commitment or 0)) for line in lines]
        return draft.title, described, frozenset(draft.hands)

    def introducer(self, commitment: Key) -> Draft | None:
        """The draft that a commitment still belongs to."""
        return next((d for d in self.drafts.values() if commitment in d.introduces), None)

    def why_not_whole(self, draft: Draft) -> str | None:
        lines = list(draft.lines.values())
        if not lines:
            return "batch_is_empty"
        if draft.introduces - {line.commitment for line in lines}:
            return "commitment_without_amount"
        if draft.reverses is not None:
            back = [amount.negated() for amount in self.versions[draft.reverses]]
            if Counter(lines) != Counter(back):
                return "reversal_altered"
        return None if is_sound(self.posted() + lines) else "balance_broken"

    def why_not_submitted(self, draft: Draft) -> str | None:
        return "not_a_draft" if draft.state != "draft" else self.why_not_whole(draft)

    def why_not_posted(self, draft: Draft, person: Key) -> str | None:
        if draft.state != "submitted":
            return "not_submitted"
        if draft.read and draft.read[1] != self.shown(draft):
            return "changed_since_read"
        return "had_a_hand" if person in draft.hands else self.why_not_whole(draft)

    def why_not_reversed(self, version: int) -> str | None:
        pending = {draft.reverses for draft in self.drafts.values()}
        return "reversed_already" if version in self.reversed | pending else None

    def post(self, key: Key, version: int) -> None:
        draft = self.drafts.pop(key)
        self.versions[version] = list(draft.lines.values())
        if draft.reverses is not None:
            self.reversed.add(draft.reverses)

    def discard(self, key: Key) -> None:
        for commitment in self.drafts.pop(key).introduces:
            del self.titles[commitment]


@dataclass
class Sums:
    """Sums by stage, in the order of STAGES, and how many amounts they sum."""

    stages: list[Decimal] = field(default_factory=lambda: [Decimal(0)] * 4)
    amounts: int = 0


def sums(amounts: list[Amount], day: date, of: str) -> dict[Key, Sums]:
    """Return the sums through a day for each `appropriation`, or each `commitment`."""
    found: dict[Key, Sums] = defaultdict(Sums)
    for amount in amounts:
        key = getattr(amount, of)
        if amount.day <= day and key is not None:
            found[key].stages[STAGES.index(amount.stage)] += amount.amount
            found[key].amounts += 1
    return dict(found)


def is_sound(amounts: list[Amount]) -> bool:
    """Say whether rules 1 and 2 hold on every day."""
    return all(
        all(of.stages[1] <= of.stages[0] for of in sums(amounts, day, "appropriation").values())
        and all(
            0 <= of.stages[3] <= of.stages[2] <= of.stages[1]
            for of in sums(amounts, day, "commitment").values()
        )
        for day in {amount.day for amount in amounts}
    )
