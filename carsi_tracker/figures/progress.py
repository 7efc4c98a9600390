"""How far commitments have got, before and after a batch that is not posted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from carsi_tracker.figures.aggregates import Amount, Sums

PROGRESS = """
    with amounts as (
        select commitment_id, effective_date, stage, amount as posted, 0 as moved
        from ledger_entry
        where commitment_id = any(%(commitments)s)
        union all
        select commitment_id, effective_date, stage, 0, amount
        from ledger_line
        where batch_id = %(batch)s and commitment_id = any(%(commitments)s)
    ),
    touched as (
        select commitment_id, min(effective_date) as first_day
        from ledger_line
        where batch_id = %(batch)s and commitment_id = any(%(commitments)s)
        group by commitment_id
    ),
    running as (
        select
            commitment_id,
            effective_date,
            sum(sum(posted + moved) filter (where stage = 'committed')) over by_day as committed,
            sum(sum(posted + moved) filter (where stage = 'obligated')) over by_day as obligated,
            sum(sum(posted + moved) filter (where stage = 'disbursed')) over by_day as disbursed
        from amounts
        group by commitment_id, effective_date
        window by_day as (partition by commitment_id order by effective_date)
    ),
    differences as (
        select
            r.commitment_id,
            r.effective_date as day,
            coalesce(r.committed, 0) - coalesce(r.obligated, 0) as unobligated,
            coalesce(r.obligated, 0) - coalesce(r.disbursed, 0) as unliquidated
        from running r
        join touched t on t.commitment_id = r.commitment_id and r.effective_date >= t.first_day
    ),
    lowest as (
        select
            commitment_id,
            min(unobligated) as unobligated,
            (array_agg(day order by unobligated, day))[1] as unobligated_day,
            min(unliquidated) as unliquidated,
            (array_agg(day order by unliquidated, day))[1] as unliquidated_day
        from differences
        group by commitment_id
    )
    select
        l.commitment_id,
        coalesce(sum(a.posted) filter (where a.stage = 'committed'), 0),
        coalesce(sum(a.posted) filter (where a.stage = 'obligated'), 0),
        coalesce(sum(a.posted) filter (where a.stage = 'disbursed'), 0),
        coalesce(sum(a.moved) filter (where a.stage = 'committed'), 0),
        coalesce(sum(a.moved) filter (where a.stage = 'obligated'), 0),
        coalesce(sum(a.moved) filter (where a.stage = 'disbursed'), 0),
        l.unobligated, l.unobligated_day, l.unliquidated, l.unliquidated_day
    from lowest l
    join amounts a using (commitment_id)
    group by l.commitment_id, l.unobligated, l.unobligated_day, l.unliquidated, l.unliquidated_day
"""


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


def progress(batch_id: int, commitments: Collection[int]) -> dict[int, Progress]:
    """Return what a batch does to those of the commitments that it touches, by their ids."""
    with connection.cursor() as cursor:
        cursor.execute(PROGRESS, {"batch": batch_id, "commitments": list(commitments)})
        return {
            commitment: Progress(
                _totals(*sums[:3]), _totals(*sums[3:6]), Lowest(*sums[6:8]), Lowest(*sums[8:10])
            )
            for commitment, *sums in cursor.fetchall()
        }


def _totals(committed: Decimal, obligated: Decimal, disbursed: Decimal) -> Sums:
    amounts = {"committed": committed, "obligated": obligated, "disbursed": disbursed}
    return Sums({stage: Amount(amount) for stage, amount in amounts.items()})
