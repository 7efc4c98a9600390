"""What is left of each appropriation, and what a batch would leave of it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from carsi_tracker.ledger.models import Appropriation


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


REMAINING = """
    with running as (
        select
            appropriation_id,
            effective_date,
            sum(sum(case stage when 'appropriated' then amount else -amount end))
                over (partition by appropriation_id order by effective_date) as available
        from ledger_entry
        where stage in ('appropriated', 'committed')
        group by appropriation_id, effective_date
    ),
    days as (
        select
            a.id as appropriation_id,
            %(day)s::date as day,
            coalesce(
                (
                    select r.available from running r
                    where r.appropriation_id = a.id and r.effective_date <= %(day)s
                    order by r.effective_date desc limit 1
                ),
                0
            ) as available
        from ledger_appropriation a
        union all
        select appropriation_id, effective_date, available
        from running where effective_date > %(day)s
    )
    select distinct on (d.appropriation_id)
        d.appropriation_id,
        case when exists (
            select from ledger_entry e
            where e.appropriation_id = d.appropriation_id and e.stage = 'appropriated'
                and e.effective_date <= %(day)s
        ) then first_value(d.available) over (partition by d.appropriation_id order by d.day) end,
        d.available,
        d.day,
        coalesce(
            (
                select sum(l.amount)
                from ledger_line l
                join ledger_batch b on b.id = l.batch_id and b.state <> 'posted'
                where l.appropriation_id = d.appropriation_id and l.stage = 'committed'
            ),
            0
        )
    from days d
    order by d.appropriation_id, d.available, d.day
"""

EFFECTS = """
    with amounts as (
        select
            appropriation_id,
            effective_date,
            case stage when 'appropriated' then amount else -amount end as amount,
            true as in_batch
        from ledger_line
        where batch_id = %(batch)s and stage in ('appropriated', 'committed')
        union all
        select
            appropriation_id,
            effective_date,
            case stage when 'appropriated' then amount else -amount end,
            false
        from ledger_entry
        where stage in ('appropriated', 'committed')
            and appropriation_id in (
                select appropriation_id from ledger_line
                where batch_id = %(batch)s and stage in ('appropriated', 'committed')
            )
    ),
    totals as (
        select
            appropriation_id,
            coalesce(sum(amount) filter (where not in_batch), 0) as before,
            sum(amount) filter (where in_batch) as change,
            min(effective_date) filter (where in_batch) as first_day
        from amounts
        group by appropriation_id
    ),
    running as (
        select
            appropriation_id,
            effective_date,
            sum(sum(amount)) over (partition by appropriation_id order by effective_date)
                as available
        from amounts
        group by appropriation_id, effective_date
    )
    select distinct on (t.appropriation_id)
        t.appropriation_id, t.before, t.change, r.available, r.effective_date
    from totals t
    join running r on r.appropriation_id = t.appropriation_id and r.effective_date >= t.first_day
    order by t.appropriation_id, r.available, r.effective_date
"""


def remaining(day: date) -> list[Remaining]:
    """Return what is left of each appropriation from `day` on, in the appropriations' order."""
    rows = {row[0]: row[1:] for row in _rows(REMAINING, {"day": day})}
    return [
        Remaining(appropriation, *rows[appropriation.pk])
        for appropriation in Appropriation.objects.select_related("account")
        if appropriation.pk in rows
    ]


def effects(batch_id: int) -> list[Effect]:
    """Return what a batch that is not posted does to each appropriation, in their order."""
    rows = {row[0]: row[1:] for row in _rows(EFFECTS, {"batch": batch_id})}
    touching_versions = Appropriation.objects.select_related("account").filter(pk__in=rows)
    return [Effect(appropriation, *rows[appropriation.pk]) for appropriation in touching_versions]


def _rows(query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
