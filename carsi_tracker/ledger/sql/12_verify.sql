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
                over (partition by appropriation_id order by effective_date) as available,
            max(max(version)) over (partition by appropriation_id order by effective_date) as version
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
            sum(coalesce(sum(amount) filter (where stage = 'disbursed'), 0)) over by_day as disbursed,
            max(max(version)) over by_day as version
        from ledger_entry
        where commitment_id is not null
        group by commitment_id, effective_date
        window by_day as (partition by commitment_id order by effective_date)
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
    select version, 'ceiling' from ceiling_days where available < 0
    union all
    select version, 'stages' from stage_days
    where not (0 <= disbursed and disbursed <= obligated and obligated <= committed)
    order by 1, 2
$$;
