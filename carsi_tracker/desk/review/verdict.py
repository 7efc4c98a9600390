"""The first sentence of a review: whether the batch fits, what it is, and what changes with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from carsi_tracker.figures.aggregates import sums_through
from carsi_tracker.figures.effects import Effect, Effects
from carsi_tracker.figures.preview import Preview
from carsi_tracker.figures.published import MATCHING
from carsi_tracker.ledger.models import Stage
from carsi_tracker.reports.published.beside import PublishedChange

NAMED = 2
"""How many balances the sentence names."""


@dataclass(frozen=True)
class StagesMoved:
    """An amount in U.S. dollars, and the stages at which the batch enters as much."""

    amount: Decimal
    stages: str


@dataclass(frozen=True)
class ReviewVerdict:
    """What the sentence says: what the batch enters, which balances it leaves, what else changes.

    `no_longer` counts the published totals that matched and do no more, `again` the opposite.
    """

    moved: tuple[StagesMoved, ...]
    kept: tuple[Effect, ...]
    others: int
    figures: int
    no_longer: int
    again: int


def verdict_of(
    preview: Preview, effects: Effects, published: Sequence[PublishedChange]
) -> ReviewVerdict:
    """Return what a review begins with."""
    found = effects.shown
    touched = [each for each in found if each.balance == "available" and each.change] or found
    matched = [(each.before in MATCHING, each.after in MATCHING) for each in published]
    return ReviewVerdict(
        moved=tuple(_moved(preview)),
        kept=tuple(touched[:NAMED]),
        others=len(touched[NAMED:]),
        figures=preview.count,
        no_longer=matched.count((True, False)),
        again=matched.count((False, True)),
    )


def _moved(preview: Preview) -> list[StagesMoved]:
    stages: dict[Decimal, list[str]] = {}
    for part in preview.parts:
        if part.kind == "whole":
            sums = sums_through(part.change, date.max)
            for stage in Stage:
                if amount := sums.of(stage.value).amount:
                    stages.setdefault(amount, []).append(str(stage.label).lower())
    return [StagesMoved(amount, _(" and ").join(names)) for amount, names in stages.items()]
