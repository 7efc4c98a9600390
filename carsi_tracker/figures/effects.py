"""What a batch that is not posted does to appropriations and commitments."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from carsi_tracker.figures.aggregates import Amount, Sums
from carsi_tracker.ledger.models import Appropriation

# Each balance that the batch touches, as it is lowest from the batch's first day for it on.
EFFECTS = """
    select distinct on (appropriation_id, commitment_id, balance)
        appropriation_id, commitment_id, balance, before, change, posted + moved, day
    from (
        select b.*, last_value(posted) over whole as before, last_value(moved) over whole as change
        from rules.touched_by(%(batch)s) t
        cross join lateral rules.balances_by_day(
            case when %(commitments)s::bigint[] is null then t.appropriations end,
            %(commitments)s, t.first_day, %(batch)s
        ) b
        window whole as (
            partition by appropriation_id, commitment_id, balance order by day
            rows between unbounded preceding and unbounded following
        )
    ) b
    where touched
    order by appropriation_id, commitment_id, balance, posted + moved, day
"""


@dataclass(frozen=True)
class Effect:
    """What a batch does to an appropriation that it touches, in U.S. dollars.

    `lowest` is the lowest balance with the batch, from the batch's first day on, first reached on
    `lowest_day`.
    """

    appropriation: Appropriation
    before: Decimal
    change: Decimal
    lowest: Decimal
    lowest_day: date

    @property
    def after(self) -> Decimal:
        """What is left when the batch is posted."""
        return self.before + self.change


@dataclass(frozen=True)
class Lowest:
    """A balance on the first day on which it is lowest, in U.S. dollars."""

    amount: Decimal
    day: date


@dataclass(frozen=True)
class Progress:
    """What a batch does to the balances of a commitment that it touches, in U.S. dollars.

    The lowest balances are those with the batch, from its first day for this commitment on.
    """

    before: Sums
    change: Sums
    unobligated: Lowest
    unliquidated: Lowest

    @property
    def after(self) -> Sums:
        """The balances when the batch is posted."""
        return self.before + self.change

    @property
    def is_broken(self) -> bool:
        """Whether more is obligated than committed, or disbursed than obligated, on some day."""
        return min(self.unobligated.amount, self.unliquidated.amount) < 0


class _Row(NamedTuple):
    appropriation: int
    commitment: int
    balance: str
    before: Decimal
    change: Decimal
    lowest: Decimal
    lowest_day: date


def effects(batch_id: int) -> list[Effect]:
    """Return what a batch that is not posted does to each appropriation, in their order."""
    rows = {row.appropriation: row[3:] for row in _rows(batch_id, None)}
    touched = Appropriation.objects.select_related("account").filter(pk__in=rows)
    return [Effect(appropriation, *rows[appropriation.pk]) for appropriation in touched]


def progress(batch_id: int, commitments: Collection[int]) -> dict[int, Progress]:
    """Return what a batch does to those of the commitments that it touches, by their ids."""
    found: dict[int, dict[str, _Row]] = defaultdict(dict)
    for row in _rows(batch_id, list(commitments)):
        found[row.commitment][row.balance] = row
    return {commitment: _progress(of) for commitment, of in found.items()}


def _progress(of: dict[str, _Row]) -> Progress:
    stages = ("committed", "obligated", "disbursed")
    return Progress(
        Sums({stage: Amount(of[stage].before) for stage in stages}),
        Sums({stage: Amount(of[stage].change) for stage in stages}),
        *(Lowest(*of[balance][5:]) for balance in ("unobligated", "unliquidated")),
    )


def _rows(batch_id: int, commitments: list[int] | None) -> Iterator[_Row]:
    """Yield the effects on some commitments, or on the appropriations where none are given."""
    with connection.cursor() as cursor:
        cursor.execute(EFFECTS, {"batch": batch_id, "commitments": commitments})
        yield from map(_Row._make, cursor.fetchall())
