-- Rules 1 and 2, summed anew over the whole journal: what does not hold today was so from the first
-- version on whose sums through that day do not hold.
create function rules.verify_balances()
returns table (version integer, problem text, name text)
language sql stable set search_path = public, rules, pg_temp
as $$
    with broken as materialized (
        select distinct b.appropriation_id, b.commitment_id, b.day
        from (
            select
                array(select distinct appropriation_id from ledger_entry) as appropriations,
                array(select distinct commitment_id from ledger_entry) as commitments
        ) known
        cross join lateral balances_by_day(appropriations, commitments, '-infinity') b
        where b.posted < 0
    )
    select
        min(v.version),
        case when b.commitment_id is null then 'ceiling' else 'stages' end,
        coalesce(c.reference, k.code || ' FY' || a.fiscal_year)
    from broken b
    join balance_sides s on (s.balance = 'available') = (b.commitment_id is null)
    cross join lateral (
        select
            e.version,
            sum(sum(case e.stage when s.adds then e.amount when s.takes then -e.amount end))
                over (order by e.version) as balance
        from (
            select * from ledger_entry
            where b.commitment_id is null and appropriation_id = b.appropriation_id
                and stage in ('appropriated', 'committed')
            union all
            select * from ledger_entry where commitment_id = b.commitment_id
        ) e
        where e.effective_date <= b.day
        group by e.version
    ) v
    join ledger_appropriation a on a.id = b.appropriation_id
    join ledger_account k on k.id = a.account_id
    left join ledger_commitment c on c.id = b.commitment_id
    where v.balance < 0
    group by b.commitment_id, c.reference, a.id, k.id
$$;
