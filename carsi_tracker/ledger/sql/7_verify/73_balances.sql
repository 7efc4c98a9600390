-- Rules 1 and 2, summed anew over the whole journal: what does not hold today is named with the version
-- from which on it did not.
create function rules.verify_balances()
returns table (version integer, problem text, name text)
language sql stable set search_path = public, rules, pg_temp
as $$
    with ceiling_days as (
        select
            appropriation_id,
            effective_date,
            sum(sum(case stage when 'appropriated' then amount else -amount end))
                over (partition by appropriation_id order by effective_date) as available
        from ledger_entry
        where stage in ('appropriated', 'committed')
        group by appropriation_id, effective_date
    ),
    stage_days as (
        select
            commitment_id,
            effective_date,
            sum(coalesce(sum(amount) filter (where stage = 'committed'), 0)) over by_day as committed,
            sum(coalesce(sum(amount) filter (where stage = 'obligated'), 0)) over by_day as obligated,
            sum(coalesce(sum(amount) filter (where stage = 'disbursed'), 0)) over by_day as disbursed
        from ledger_entry
        where commitment_id is not null
        group by commitment_id, effective_date
        window by_day as (partition by commitment_id order by effective_date)
    ),
    -- What is broken today, was so from the first version on whose sums through that day fail.
    broken_ceilings as (
        select d.appropriation_id, min(v.version) as version
        from ceiling_days d
        cross join lateral (
            select
                e.version,
                sum(sum(case e.stage when 'appropriated' then e.amount else -e.amount end))
                    over (order by e.version) as available
            from ledger_entry e
            where e.stage in ('appropriated', 'committed')
                and e.appropriation_id = d.appropriation_id and e.effective_date <= d.effective_date
            group by e.version
        ) v
        where d.available < 0 and v.available < 0
        group by d.appropriation_id
    ),
    broken_stages as (
        select d.commitment_id, min(v.version) as version
        from stage_days d
        cross join lateral (
            select
                e.version,
                sum(coalesce(sum(e.amount) filter (where e.stage = 'committed'), 0))
                    over by_version as committed,
                sum(coalesce(sum(e.amount) filter (where e.stage = 'obligated'), 0))
                    over by_version as obligated,
                sum(coalesce(sum(e.amount) filter (where e.stage = 'disbursed'), 0))
                    over by_version as disbursed
            from ledger_entry e
            where e.commitment_id = d.commitment_id and e.effective_date <= d.effective_date
            group by e.version
            window by_version as (order by e.version)
        ) v
        where not (0 <= d.disbursed and d.disbursed <= d.obligated and d.obligated <= d.committed)
            and not (0 <= v.disbursed and v.disbursed <= v.obligated and v.obligated <= v.committed)
        group by d.commitment_id
    )
    select b.version, 'ceiling', k.code || ' FY' || a.fiscal_year
    from broken_ceilings b
    join ledger_appropriation a on a.id = b.appropriation_id
    join ledger_account k on k.id = a.account_id
    union all
    select b.version, 'stages', c.reference
    from broken_stages b
    join ledger_commitment c on c.id = b.commitment_id
$$;
