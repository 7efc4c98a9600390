"""What a batch that is not posted does to the balances that it touches."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from carsi_tracker.database.reading import connection
from carsi_tracker.figures.aggregates import Amount, Sums
from carsi_tracker.figures.bounds import EXACT, Limits, limits_of
from carsi_tracker.ledger.models import Appropriation, Commitment

MOST = 100
"""How many balances are told one by one; the others are counted."""
LEADING = 4
"""How many stand before the others."""

# Each balance of what the batch touches, as it is lowest from the batch's first day on.
BALANCES = """
    select distinct on (appropriation_id, commitment_id, balance)
        appropriation_id, commitment_id, balance, before, change,
        posted + moved as lowest, day as lowest_day
    from (
        select b.*, last_value(posted) over whole as before, last_value(moved) over whole as change
        from rules.touched_by(%(batch)s) t
        cross join lateral rules.balances_by_day(
            case when %(commitments)s::bigint[] is null then t.appropriations end,
            coalesce(%(commitments)s::bigint[], t.commitments), t.first_day, %(batch)s
        ) b
        window whole as (
            partition by appropriation_id, commitment_id, balance order by day
            rows between unbounded preceding and unbounded following
        )
    ) b
    where touched
    order by appropriation_id, commitment_id, balance, posted + moved, day
"""

# Those that its amounts add to or take from: of appropriations, then what breaks, then the others.
# What is disbursed stands there where it falls below zero, which no difference shows.
EFFECTS = f"""
    select b.*, count(*) over (), count(*) filter (where b.lowest < 0) over ()
    from ({BALANCES}) b
    join ledger_appropriation a on a.id = b.appropriation_id
    join ledger_account k on k.id = a.account_id
    left join ledger_commitment c on c.id = b.commitment_id
    left join (
        select commitment_id, array_agg(distinct stage::text) as stages
        from ledger_line where batch_id = %(batch)s and commitment_id is not null
        group by commitment_id
    ) l on l.commitment_id = b.commitment_id
    where case b.balance
        when 'available' then true
        when 'unobligated' then l.stages && '{{committed,obligated}}'
        when 'unliquidated' then l.stages && '{{obligated,disbursed}}'
        when 'disbursed' then b.lowest < 0
    end
    order by
        b.commitment_id is not null, b.lowest >= 0, a.fiscal_year, k.code, c.reference,
        b.balance = 'unliquidated'
    limit %(most)s
"""  # noqa: S608 (put together from our own)

# What batches that are not posted take from balances; what one adds, no other can count on.
PENDING = """
    select appropriation_id, commitment_id, balance, sum(taken + greatest(-added, 0))
    from (
    select
        case s.balance when 'available' then l.appropriation_id end as appropriation_id,
        case s.balance when 'available' then null else l.commitment_id end as commitment_id,
        s.balance,
        coalesce(sum(l.amount) filter (where l.stage = s.takes), 0) as taken,
        coalesce(sum(l.amount) filter (where l.stage = s.adds), 0) as added
    from ledger_line l
    join ledger_batch o on o.id = l.batch_id and o.state <> 'posted' and o.id <> %(batch)s
    join (values
        ('available', 'appropriated', 'committed'),
        ('unobligated', 'committed', 'obligated'),
        ('unliquidated', 'obligated', 'disbursed')
    ) as s (balance, adds, takes) on l.stage::text in (s.adds, s.takes)
    where case s.balance
        when 'available' then l.appropriation_id = any(%(appropriations)s)
        else l.commitment_id = any(%(commitments)s)
    end
    group by 1, 2, 3, l.batch_id
    ) as by_batch
    group by 1, 2, 3
"""

# What is committed, posted and by the batch, in commitments whose amount is a limit.
LIMITED = """
    select
        c.appropriation_id, c.id, c.bound,
        coalesce((
            select sum(e.amount) from ledger_entry e
            where e.commitment_id = c.id and e.stage = 'committed'
        ), 0),
        coalesce((
            select sum(l.amount) from ledger_line l
            where l.commitment_id = c.id and l.batch_id = %(batch)s and l.stage = 'committed'
        ), 0)
    from ledger_commitment c
    where c.bound > ''
        and (c.appropriation_id = any(%(appropriations)s) or c.id = any(%(commitments)s))
"""


@dataclass(frozen=True)
class Effect:
    """What a batch does to a balance of an appropriation, or of a commitment where that is given.

    `balance` is "available" (uncommitted), "unobligated", "unliquidated" or "disbursed"; amounts
    are U.S. dollars. `lowest` is the lowest balance with the batch, from the batch's first day on,
    first reached on `lowest_day`; `pending` is what other batches that are not posted would take.
    """

    appropriation: Appropriation
    commitment: Commitment | None
    balance: str
    before: Amount
    change: Decimal
    after: Amount
    lowest: Amount
    lowest_day: date
    pending: Decimal

    @property
    def is_broken(self) -> bool:
        """Whether the balance is below zero on some day."""
        return self.lowest.amount < 0

    @property
    def name(self) -> str:
        """What the balance is of."""
        return str(self.commitment.reference if self.commitment else self.appropriation)


@dataclass(frozen=True)
class Effects:
    """What a batch does to balances: the first `MOST` of `total`, of which `broken` break."""

    shown: list[Effect]
    total: int = 0
    broken: int = 0

    @property
    def others(self) -> int:
        """How many are not told one by one."""
        return self.total - len(self.shown)

    @property
    def leading(self) -> list[Effect]:
        """The few to read first, in their order: what breaks is among them."""
        first = sorted(self.shown, key=lambda effect: not effect.is_broken)[:LEADING]
        return [effect for effect in self.shown if effect in first]

    @property
    def worst(self) -> Effect | None:
        """The first that breaks."""
        return next((effect for effect in self.shown if effect.is_broken), None)


class Progress(NamedTuple):
    """What is posted at the stages of a commitment, and what a batch adds, in U.S. dollars."""

    before: Sums
    change: Sums


class _Row(NamedTuple):
    appropriation: int
    commitment: int | None
    balance: str
    before: Decimal
    change: Decimal
    lowest: Decimal
    lowest_day: date


def effects(batch_id: int) -> Effects:
    """Return what a batch that is not posted does: appropriations, what breaks, the others."""
    asked: dict[str, Any] = {"batch": batch_id, "commitments": None, "most": MOST}
    found = _fetched(EFFECTS, asked)
    rows = [_Row._make(row[:7]) for row in found]
    asked["commitments"] = [row.commitment for row in rows if row.commitment]
    asked["appropriations"] = list({row.appropriation for row in rows if not row.commitment})
    pending = {row[:3]: row[3] for row in _fetched(PENDING, asked)} if rows else {}
    limited = _fetched(LIMITED, asked) if rows else []
    accounts = Appropriation.objects.select_related("account")
    appropriations = accounts.in_bulk({row.appropriation for row in rows})
    commitments = Commitment.objects.in_bulk(asked["commitments"])
    shown = []
    for row in rows:
        own = (None, row.commitment) if row.commitment else (row.appropriation, None)
        before, with_it = _limits(row, limited)
        shown.append(
            Effect(
                appropriations[row.appropriation],
                commitments[row.commitment] if row.commitment else None,
                row.balance,
                before=Amount(row.before, 1, before),
                change=row.change,
                after=Amount(row.before + row.change, 1, with_it),
                lowest=Amount(row.lowest, 1, with_it),
                lowest_day=row.lowest_day,
                pending=pending.get((*own, row.balance), Decimal(0)),
            )
        )
    return Effects(shown, *found[0][7:]) if found else Effects([])


def _limits(row: "_Row", limited: list[Any]) -> tuple[Limits, Limits]:
    """Return what of a balance is a limit, without the batch and with it."""
    before = with_it = EXACT
    for appropriation, commitment, bound, posted, moved in limited:
        if row.balance == "available" and appropriation == row.appropriation:
            before -= limits_of(bound, posted)
            with_it -= limits_of(bound, posted + moved)
        elif row.balance == "unobligated" and commitment == row.commitment:
            before += limits_of(bound, posted)
            with_it += limits_of(bound, posted + moved)
    return before, with_it


def progress(batch_id: int, commitments: Collection[int]) -> dict[int, Progress]:
    """Return how far those of the commitments are that a batch touches, by their ids."""
    found: dict[int, dict[str, _Row]] = defaultdict(dict)
    rows = _fetched(BALANCES, {"batch": batch_id, "commitments": list(commitments)})
    for row in map(_Row._make, rows):
        found[row.commitment or 0][row.balance] = row
    return {commitment: _progress(of) for commitment, of in found.items()}


def _progress(of: dict[str, _Row]) -> Progress:
    stages = ("committed", "obligated", "disbursed")
    return Progress(
        Sums({stage: Amount(of[stage].before) for stage in stages}),
        Sums({stage: Amount(of[stage].change) for stage in stages}),
    )


def _fetched(query: str, asked: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return list(cursor.fetchall())
