"""What is left of each appropriation."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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
