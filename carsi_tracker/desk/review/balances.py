"""The balance check of a review: each balance with its limit, and how much of it is used."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from carsi_tracker.figures.aggregates import Sums, sums_through
from carsi_tracker.figures.effects import Effect, Effects, progress
from carsi_tracker.figures.preview import Preview

USED = {
    "available": ("appropriated", "committed"),
    "unobligated": ("committed", "obligated"),
    "unliquidated": ("obligated", "disbursed"),
}
"""Which stage limits what may be used of a balance, and which one uses it."""
WIDTH = 240
"""How wide a bar is drawn; it stands for the limit."""


@dataclass(frozen=True)
class CheckedBalance:
    """What a batch does to a balance, in U.S. dollars, with a bar of what is used of its limit.

    The limit is None of what is disbursed, which is told where it falls below zero.
    """

    effect: Effect
    limit: Decimal | None
    used: Decimal
    added: Decimal

    @property
    def is_new(self) -> bool:
        """Whether it is of a commitment that this batch introduces."""
        return bool(self.effect.commitment and not self.effect.commitment.first_version)

    @property
    def before_width(self) -> int:
        """How much of the bar was used before, of what still is."""
        return self._width(min(self.used, self.used + self.added))

    @property
    def added_width(self) -> int:
        """How much more of it this batch uses."""
        return self._width(self.used + self.added) - self.before_width

    def _width(self, amount: Decimal) -> int:
        if not self.limit or self.limit < 0:
            return WIDTH if amount > 0 else 0
        return int(max(Decimal(0), min(amount / self.limit, Decimal(1))) * WIDTH)


def balance_rows(batch_id: int, effects: Effects, preview: Preview) -> list[CheckedBalance]:
    """Return the balances that are told one by one, each with its limit and use: one query."""
    commitments = [each.commitment.pk for each in effects.shown if each.commitment]
    moved: dict[str | int, tuple[Sums, Sums]] = dict(progress(batch_id, commitments).items())
    for part in preview.parts:
        if part.kind == "appropriation":
            sums = (sums_through(stages, date.max) for stages in (part.before, part.change))
            moved[part.name] = next(sums), next(sums)
    return [_row(effect, *moved[_key(effect)]) for effect in effects.shown]


def _key(effect: Effect) -> str | int:
    return effect.commitment.pk if effect.commitment else str(effect.appropriation)


def _row(effect: Effect, before: Sums, change: Sums) -> CheckedBalance:
    if effect.balance not in USED:
        return CheckedBalance(effect, None, Decimal(0), Decimal(0))
    limit, used = USED[effect.balance]
    whole = before.of(limit).amount + change.of(limit).amount
    return CheckedBalance(effect, whole, before.of(used).amount, change.of(used).amount)
