-- Rules 1 and 2: on every effective date, per commitment 0 <= disbursed <= obligated <= committed,
-- and per appropriation committed <= appropriated.

-- Which stage adds to each balance, and which takes from it.
create view rules.balance_sides as
select * from (values
    ('available', 'appropriated', 'committed'),
    ('committed', 'committed', null),
    ('obligated', 'obligated', null),
    ('disbursed', 'disbursed', null),
    ('unobligated', 'committed', 'obligated'),
    ('unliquidated', 'obligated', 'disbursed')
) as sides (balance, adds, takes);

-- The balances of appropriations and commitments through each day: `posted` without a batch, `moved` by
-- it. The lines of the batches p_after count as posted: so a batch is tried behind those before it. The
-- days before p_from are summed into it, where an appropriation always stands. `touched` says that
-- the batch has amounts of the appropriation or commitment on that day or before; a total below zero
-- is told once, not again as the difference below it.
--
-- Bound when it is made, so that it needs no path and becomes a part of the query that reads it.
create function rules.balances_by_day(
    p_appropriations bigint[], p_commitments bigint[], p_from date,
    p_batch bigint default null, p_after bigint[] default '{}'
)
returns table (
    appropriation_id bigint, commitment_id bigint, balance text, day date,
    posted numeric, moved numeric, touched boolean, is_told boolean
)
language sql stable
begin atomic
    with of_appropriations as (
        select id, p_from as day, (
            select coalesce(sum(case e.stage when 'appropriated' then e.amount else -e.amount end), 0)
            from ledger_entry e
            where e.appropriation_id = id and e.stage::text in ('appropriated', 'committed')
                and e.effective_date <= p_from
        ) as posted, null::numeric as moved
        from unnest(p_appropriations) id
        union all
        select
            e.appropriation_id, e.effective_date,
            case e.stage when 'appropriated' then e.amount else -e.amount end, null::numeric as moved
        from ledger_entry e
        where e.appropriation_id = any(p_appropriations)
            and e.stage::text in ('appropriated', 'committed') and e.effective_date > p_from
        union all
        select
            l.appropriation_id, greatest(l.effective_date, p_from),
            case when l.batch_id <> p_batch then l.signed else 0 end,
            case when l.batch_id = p_batch then l.signed end
        from (
            select *, case stage when 'appropriated' then amount else -amount end as signed
            from ledger_line
            where batch_id = any(p_after || p_batch) and stage::text in ('appropriated', 'committed')
        ) l
        where l.appropriation_id = any(p_appropriations)
    ),
    of_commitments as (
        select e.commitment_id as id, e.stage, p_from as day, sum(e.amount) as posted, null::numeric as moved
        from ledger_entry e
        where e.commitment_id = any(p_commitments) and e.effective_date <= p_from
        group by e.commitment_id, e.stage
        union all
        select e.commitment_id, e.stage, e.effective_date, e.amount, null::numeric as moved
        from ledger_entry e
        where e.commitment_id = any(p_commitments) and e.effective_date > p_from
        union all
        select
            l.commitment_id, l.stage, greatest(l.effective_date, p_from),
            case when l.batch_id <> p_batch then l.amount end,
            case when l.batch_id = p_batch then l.amount end
        from ledger_line l
        where l.batch_id = any(p_after || p_batch)
            -- `is true` lets 20,000 lines look up a hash of as many commitments, never the array.
            and (l.commitment_id in (select unnest(p_commitments))) is true
    ),
    running as (
        select
            id,
            day,
            sum(coalesce(sum(posted) filter (where stage = 'committed'), 0)) over by_day as committed,
            sum(coalesce(sum(moved) filter (where stage = 'committed'), 0)) over by_day as moved_committed,
            sum(coalesce(sum(posted) filter (where stage = 'obligated'), 0)) over by_day as obligated,
            sum(coalesce(sum(moved) filter (where stage = 'obligated'), 0)) over by_day as moved_obligated,
            sum(coalesce(sum(posted) filter (where stage = 'disbursed'), 0)) over by_day as disbursed,
            sum(coalesce(sum(moved) filter (where stage = 'disbursed'), 0)) over by_day as moved_disbursed,
            sum(sum(moved)) over by_day is not null as touched
        from of_commitments
        group by id, day
        window by_day as (partition by id order by day)
    )
    select
        id, null::bigint as commitment_id, 'available'::text as balance, day, sum(sum(posted)) over by_day,
        coalesce(sum(sum(moved)) over by_day, 0), sum(sum(moved)) over by_day is not null, true
    from of_appropriations
    group by id, day
    window by_day as (partition by id order by day)
    union all
    select c.appropriation_id, c.id, b.balance, r.day, b.posted, b.moved, r.touched, b.is_told
    from running r
    join ledger_commitment c on c.id = r.id
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
    ) as b (balance, posted, moved, is_told);
end;

-- What a batch has amounts of, and from which day on: looked up first, so that no plan made for a short
-- batch compares each entry with each line.
create function rules.touched_by(
    p_batch bigint, out appropriations bigint[], out commitments bigint[], out first_day date
)
language plpgsql stable set search_path = public, rules, pg_temp
as $$
begin
    select
        array_agg(distinct l.appropriation_id) filter (where l.stage in ('appropriated', 'committed')),
        array_agg(distinct l.commitment_id) filter (where l.commitment_id is not null),
        min(l.effective_date)
    into appropriations, commitments, first_day
    from ledger_line l where l.batch_id = p_batch;
end $$;

-- Gives each balance that would break if the batch were posted now, with the first day on which it is
-- lowest, what the batch takes from the balance up to that day, and what was left of it without the
-- batch: as much of one amount would be accepted.
create function rules.broken_balances(p_batch bigint, p_after bigint[] default '{}')
returns table (
    appropriation_id bigint, commitment_id bigint, balance text, day date,
    asked numeric, remaining numeric
)
language plpgsql set search_path = public, rules, pg_temp
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    touches record;
begin
    select * into touches from touched_by(p_batch);
    return query
    select distinct on (appropriation_id, commitment_id, balance)
        appropriation_id, commitment_id, balance, day, -moved, posted
    from balances_by_day(
        touches.appropriations, touches.commitments, touches.first_day, p_batch, p_after
    )
    where is_told and posted + moved < 0
    order by appropriation_id, commitment_id, balance, posted + moved, day;
end $$;

-- The versions that rest on the one a batch reverses: newest first, those neither reversed nor
-- reversals themselves whose entries draw on a balance that the reversal would break.
create function rules.resting_on(p_batch bigint, p_reverses integer)
returns table (version integer, title text)
language sql set search_path = public, rules, pg_temp
as $$
    select distinct p.version, p.title
    from broken_balances(p_batch) b
    join balance_sides s on s.balance = b.balance
    join ledger_entry e
        on e.version > p_reverses and (
            b.balance = 'available' and e.appropriation_id = b.appropriation_id
            and e.stage = s.takes and e.amount > 0
            or e.commitment_id = b.commitment_id
            and case e.stage when s.adds then e.amount when s.takes then -e.amount end < 0
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
