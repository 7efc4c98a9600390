-- Rules 1 and 2: on every effective date, per commitment 0 <= disbursed <= obligated <= committed,
-- and per appropriation committed <= appropriated.
--
-- Gives each balance that would break if the batch were posted now, with its first bad day, what
-- the batch takes from the balance up to that day, and what was left of it without the batch.
-- Days before the batch's first one are not touched by it, so they are summed into that day.
-- The lines of the batches p_after count as posted: so a batch is tried behind those before it.
create function rules.broken_balances(p_batch bigint, p_after bigint[] default '{}')
returns table (
    appropriation_id bigint,
    commitment_id bigint,
    balance text,
    day date,
    asked numeric,
    remaining numeric
)
language plpgsql
set search_path = public, rules, pg_temp
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    first_day date := (select min(effective_date) from ledger_line where batch_id = p_batch);
    -- Looked up first, so that no plan made for a short batch compares each entry with each line.
    funds bigint[] := array(
        select distinct l.appropriation_id from ledger_line l
        where l.batch_id = p_batch and l.stage in ('appropriated', 'committed')
    );
    commitments bigint[] := array(
        select distinct l.commitment_id from ledger_line l
        where l.batch_id = p_batch and l.commitment_id is not null
    );
begin
    return query
    with days as (
        select appropriation_id, effective_date, sum(posted) as posted, sum(moved) as moved
        from (
            select
                e.appropriation_id,
                greatest(e.effective_date, first_day) as effective_date,
                sum(case e.stage when 'appropriated' then e.amount else -e.amount end) as posted,
                0 as moved
            from ledger_entry e
            where e.stage in ('appropriated', 'committed')
                and e.appropriation_id = any(funds)
            group by e.appropriation_id, greatest(e.effective_date, first_day)
            union all
            select
                l.appropriation_id,
                greatest(l.effective_date, first_day),
                case l.stage when 'appropriated' then l.amount else -l.amount end,
                0
            from ledger_line l
            where l.batch_id = any(p_after) and l.stage in ('appropriated', 'committed')
                and l.appropriation_id = any(funds)
            union all
            select
                l.appropriation_id,
                l.effective_date,
                0,
                case l.stage when 'appropriated' then l.amount else -l.amount end
            from ledger_line l
            where l.batch_id = p_batch and l.stage in ('appropriated', 'committed')
        ) amounts
        group by appropriation_id, effective_date
    ),
    running as (
        select
            appropriation_id,
            effective_date,
            sum(posted) over by_day as remaining,
            sum(moved) over by_day as moved
        from days
        window by_day as (partition by appropriation_id order by effective_date)
    )
    select distinct on (appropriation_id)
        appropriation_id, null::bigint, 'available', effective_date, -moved, remaining
    from running
    where remaining + moved < 0
    order by appropriation_id, effective_date;

    return query
    with amounts as (
        select
            e.commitment_id,
            greatest(e.effective_date, first_day) as effective_date,
            e.stage,
            e.amount as posted,
            0 as moved
        from ledger_entry e
        where e.commitment_id = any(commitments)
        union all
        select l.commitment_id, greatest(l.effective_date, first_day), l.stage, l.amount, 0
        from ledger_line l
        where l.batch_id = any(p_after)
            and l.commitment_id = any(commitments)
        union all
        select l.commitment_id, l.effective_date, l.stage, 0, l.amount
        from ledger_line l
        where l.batch_id = p_batch and l.commitment_id is not null
    ),
    days as (
        select
            commitment_id,
            effective_date,
            coalesce(sum(posted) filter (where stage = 'committed'), 0) as committed,
            coalesce(sum(moved) filter (where stage = 'committed'), 0) as moved_committed,
            coalesce(sum(posted) filter (where stage = 'obligated'), 0) as obligated,
            coalesce(sum(moved) filter (where stage = 'obligated'), 0) as moved_obligated,
            coalesce(sum(posted) filter (where stage = 'disbursed'), 0) as disbursed,
            coalesce(sum(moved) filter (where stage = 'disbursed'), 0) as moved_disbursed
        from amounts
        group by commitment_id, effective_date
    ),
    running as (
        select
            commitment_id,
            effective_date,
            sum(committed) over by_day as committed,
            sum(moved_committed) over by_day as moved_committed,
            sum(obligated) over by_day as obligated,
            sum(moved_obligated) over by_day as moved_obligated,
            sum(disbursed) over by_day as disbursed,
            sum(moved_disbursed) over by_day as moved_disbursed
        from days
        window by_day as (partition by commitment_id order by effective_date)
    ),
    -- A total below zero is said once, not again as the difference below it.
    broken as (
        select r.commitment_id, r.effective_date, b.balance, b.remaining, b.moved
        from running r
        cross join lateral (values
            ('committed', committed, moved_committed, true),
            ('obligated', obligated, moved_obligated, true),
            ('disbursed', disbursed, moved_disbursed, true),
            (
                'unobligated', committed - obligated, moved_committed - moved_obligated,
                committed + moved_committed >= 0
            ),
            (
                'unliquidated', obligated - disbursed, moved_obligated - moved_disbursed,
                obligated + moved_obligated >= 0
            )
        ) as b (balance, remaining, moved, told)
        where b.told and b.remaining + b.moved < 0
    )
    select distinct on (b.commitment_id, b.balance)
        c.appropriation_id, b.commitment_id, b.balance, b.effective_date, -b.moved, b.remaining
    from broken b
    join ledger_commitment c on c.id = b.commitment_id
    order by b.commitment_id, b.balance, b.effective_date;
end $$;

-- The versions that rest on the one a batch reverses: newest first, those neither reversed nor
-- reversals themselves whose entries draw on a balance that the reversal would break.
create function rules.resting_on(p_batch bigint, p_reverses integer)
returns table (version integer, title text)
language sql set search_path = public, rules, pg_temp
as $$
    select distinct p.version, p.title
    from broken_balances(p_batch) b
    join ledger_entry e
        on e.version > p_reverses
        and (
            b.balance = 'available'
            and e.appropriation_id = b.appropriation_id
            and e.stage = 'committed' and e.amount > 0
            or e.commitment_id = b.commitment_id and case b.balance
                when 'unobligated' then
                    e.stage = 'committed' and e.amount < 0 or e.stage = 'obligated' and e.amount > 0
                when 'unliquidated' then
                    e.stage = 'obligated' and e.amount < 0 or e.stage = 'disbursed' and e.amount > 0
                else e.stage = b.balance and e.amount < 0
            end
        )
    join ledger_posting p on p.version = e.version
    where p.reverses_id is null
        and not exists (select from ledger_posting r where r.reverses_id = p.version)
    order by p.version desc
$$;

-- Describes what a batch would break, posted behind the batches p_after: names the first twenty
-- balances and counts them all. Null where it breaks none.
create function rules.unsound_balances(p_batch bigint, p_after bigint[] default '{}') returns jsonb
language plpgsql set search_path = public, rules, pg_temp
as $$
declare
    broken jsonb;
    total integer;
    reversed integer;
    undo_first jsonb;
begin
    if not exists (select from broken_balances(p_batch, p_after)) then
        return null;
    end if;
    select
        jsonb_agg(
            jsonb_build_object(
                'appropriation', k.code || ' FY' || a.fiscal_year,
                'reference', c.reference,
                'new_references', (
                    select jsonb_agg(distinct n.reference order by n.reference)
                    from ledger_line l
                    join ledger_commitment n on n.id = l.commitment_id
                    where b.balance = 'available' and l.batch_id = p_batch
                        and l.appropriation_id = b.appropriation_id
                        and l.stage = 'committed' and l.amount > 0
                ),
                'balance', b.balance, 'day', b.day, 'asked', b.asked::text, 'left', b.remaining::text
            )
            order by b.day, k.code, a.fiscal_year, c.reference, b.balance
        ) filter (where b.position <= 20),
        count(*)
    into broken, total
    from (
        select *, row_number() over (order by day, appropriation_id, commitment_id, balance) as position
        from broken_balances(p_batch, p_after)
    ) b
    join ledger_appropriation a on a.id = b.appropriation_id
    join ledger_account k on k.id = a.account_id
    left join ledger_commitment c on c.id = b.commitment_id;

    select reverses_id into reversed from ledger_batch where id = p_batch;
    if reversed is not null then
        select jsonb_agg(jsonb_build_object('version', version, 'title', title))
        into undo_first from resting_on(p_batch, reversed);
    end if;
    return jsonb_build_object(
        'broken', broken, 'total', total, 'undo_first', coalesce(undo_first, '[]'::jsonb)
    );
end $$;

-- Refuses a batch that would break a balance.
create function rules.require_sound_balances(p_batch bigint) returns void
language plpgsql set search_path = public, rules, pg_temp
as $$
declare
    unsound jsonb := unsound_balances(p_batch);
begin
    if unsound is not null then
        perform refuse('balance_broken', unsound);
    end if;
end $$;
