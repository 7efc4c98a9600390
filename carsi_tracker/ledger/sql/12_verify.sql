-- Rule 6: recomputes every version's file and the chain, the head, and rules 1, 2 and 8 over the
-- whole journal; gives each problem under the version where it shows first.
create function rules.verify()
returns table (version integer, problem text)
language sql stable set search_path = public, rules, pg_temp
as $$
    with files as (
        select
            version,
            count(*) as entry_count,
            sha256_hex(entries_header() || E'\n' || string_agg(text || E'\n', '' order by line))
                as entries_sha256
        from entry_text group by version
    ),
    chain as (
        select
            p.version,
            p.checksum,
            lag(p.version, 1, 0) over (order by p.version) as previous_version,
            next_checksum(
                lag(p.checksum, 1, first_checksum()) over (order by p.version), posting_text(p)
            ) as expected
        from ledger_posting p
    ),
    ceiling_days as (
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
        select min(v.version) as version
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
        select min(v.version) as version
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
    select p.version, 'entries'
    from ledger_posting p left join files f using (version)
    where (f.entries_sha256, f.entry_count) is distinct from (p.entries_sha256, p.entry_count::bigint)
    union all
    select f.version, 'entries' from files f
    where not exists (select from ledger_posting p where p.version = f.version)
    union all
    select c.version, 'chain' from chain c
    where c.checksum <> c.expected or c.version <> c.previous_version + 1
    union all
    select h.version, 'head'
    from ledger_head h
    left join (
        select version, checksum from ledger_posting order by version desc limit 1
    ) p on true
    where (h.version, h.checksum)
        <> (coalesce(p.version, 0), coalesce(p.checksum, first_checksum()))
    union all
    select version, 'ceiling' from broken_ceilings
    union all
    select version, 'stages' from broken_stages
    order by 1, 2
$$;
