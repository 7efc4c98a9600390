"""What is left: of each appropriation, and at each stage of a commitment."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from carsi_tracker.database.reading import connection
from carsi_tracker.figures.query import MEASURES
from carsi_tracker.ledger.models import Appropriation, Commitment

ZERO = Decimal(0)


@dataclass(frozen=True)
class Remaining:
    """What is left of an appropriation from a day on, in U.S. dollars, by posted entries.

    `on_day` is None where the appropriation is not yet law on that day; `lowest` is the most that
    can be committed on that day, as the balance stands at `lowest_day`; `pending` is committed in
    batches that are not posted, and not taken off.
    """

    appropriation: Appropriation
    on_day: Decimal | None
    lowest: Decimal
    lowest_day: date
    pending: Decimal


@dataclass(frozen=True)
class Balance:
    """A balance at the end of a day, in U.S. dollars; None where nothing was found by then.

    `posted` is by posted entries, `unposted` what the batches that are not posted add to it.
    """

    day: date
    posted: Decimal | None
    unposted: Decimal | None

    @property
    def together(self) -> Decimal:
        """The balance once all these batches are posted."""
        return (self.posted or ZERO) + (self.unposted or ZERO)


@dataclass(frozen=True)
class Course:
    """A balance on a day, on the day from there on where it is lowest, and after all of them.

    The lowest is that with the batches that are not posted: so much more can be taken from it.
    """

    on_day: Balance
    lowest: Balance
    latest: Balance


BALANCES = ("committed", "obligated", "disbursed", "unobligated", "unliquidated", "available")
REMAINING = """
    select
        b.appropriation_id,
        case when exists (
            select from ledger_entry e
            where e.appropriation_id = b.appropriation_id and e.stage = 'appropriated'
                and e.effective_date <= %(day)s
        ) then b.on_day end,
        b.lowest,
        b.lowest_day,
        coalesce(
            (
                select sum(l.amount)
                from ledger_line l
                join ledger_batch d on d.id = l.batch_id and d.state <> 'posted'
                where l.appropriation_id = b.appropriation_id and l.stage = 'committed'
            ),
            0
        )
    from (
        select distinct on (appropriation_id)
            appropriation_id,
            first_value(posted) over (partition by appropriation_id order by day) as on_day,
            posted as lowest,
            day as lowest_day
        from rules.balances_by_day(array(select id from ledger_appropriation), null, %(day)s)
        order by appropriation_id, posted, day
    ) b
"""

# Each balance of a commitment, and of its appropriation: of posted entries, and together with the
# batches that are not posted.
COURSES = """
    select 'posted', b.balance, b.day, b.posted
    from rules.balances_by_day(%(appropriation)s, %(commitment)s, %(day)s) b
    union all
    select 'together', b.balance, b.day, b.posted
    from rules.balances_by_day(
        %(appropriation)s, %(commitment)s, %(day)s, 0,
        array(
            select distinct l.batch_id
            from ledger_line l
            join ledger_batch d on d.id = l.batch_id and d.state <> 'posted'
            where l.commitment_id = any(%(commitment)s)
                or l.appropriation_id = any(%(appropriation)s)
                    and l.stage::text in ('appropriated', 'committed')
        )
    ) b
    order by 3
"""
# From which day on a stage of a commitment has amounts, and its appropriation some of either side.
BEGINNINGS = """
    with amounts as not materialized (
        select 'posted' as kind, appropriation_id, commitment_id, stage, effective_date
        from ledger_entry
        union all
        select 'unposted', l.appropriation_id, l.commitment_id, l.stage, l.effective_date
        from ledger_line l join ledger_batch d on d.id = l.batch_id and d.state <> 'posted'
    )
    select kind, stage, min(effective_date) from amounts
    where commitment_id = any(%(commitment)s)
    group by kind, stage
    union all
    select kind, 'available', min(effective_date) from amounts
    where appropriation_id = any(%(appropriation)s) and stage::text in ('appropriated', 'committed')
    group by kind
"""


def remaining(day: date) -> list[Remaining]:
    """Return what is left of each appropriation from `day` on, in the appropriations' order."""
    with connection.cursor() as cursor:
        cursor.execute(REMAINING, {"day": day})
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    return [
        Remaining(appropriation, *rows[appropriation.pk])
        for appropriation in Appropriation.objects.select_related("account")
        if appropriation.pk in rows
    ]


def courses(commitment: Commitment, day: date) -> Mapping[str, Course]:
    """Return the balances of a commitment from `day` on, and `available` of its appropriation.

    By name: the three stages, `unobligated`, `unliquidated` and `available`.
    """
    values: dict[str, Any] = {
        "commitment": [commitment.pk],
        "appropriation": [commitment.appropriation_id],
        "day": day,
    }
    steps: dict[tuple[str, str], list[tuple[date, Decimal]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(COURSES, values)
        for kind, name, on, sum_ in cursor.fetchall():
            steps.setdefault((kind, name), []).append((on, sum_))
        cursor.execute(BEGINNINGS, values)
        begun = {(kind, stage): first for kind, stage, first in cursor.fetchall()}
    return {name: _course(name, day, steps, begun) for name in BALANCES}


def _course(
    name: str,
    day: date,
    steps: Mapping[tuple[str, str], list[tuple[date, Decimal]]],
    begun: Mapping[tuple[str, str], date],
) -> Course:
    stages = (name,) if name == "available" else MEASURES.get(name, (name,))
    posted, together = (steps.get((kind, name), []) for kind in ("posted", "together"))
    known_from = {
        kind: min(begun.get((kind, stage), date.max) for stage in stages)
        for kind in ("posted", "unposted")
    }

    def balance(on: date) -> Balance:
        before, after = _at(posted, on), _at(together, on)
        return Balance(
            on,
            before if known_from["posted"] <= on else None,
            after - before if known_from["unposted"] <= on else None,
        )

    days = [(day, _at(together, day)), *together]
    lowest, _sum = min(days, key=lambda step: (step[1], step[0]))
    latest, _sum = max(days)
    return Course(balance(day), balance(lowest), balance(latest))


def _at(steps: list[tuple[date, Decimal]], day: date) -> Decimal:
    """Return the last sum up to a day, of sums in the order of their days."""
    position = bisect_right(steps, day, key=lambda step: step[0])
    return steps[position - 1][1] if position else ZERO
