-- Rules 5 and 6: the file of each version, the chain of checksums and the head, computed anew. Every
-- function here and in the files named likewise gives what is wrong with the version where it shows
-- first (none where no version can be named), the kind of problem, and what it is about.
create function rules.verify_files(p_first integer default 0, p_last integer default 2147483647)
returns table (version integer, problem text, name text)
language sql stable set search_path = public, rules, pg_temp
as $$
    with file as (
        select
            e.version,
            count(*) as entry_count,
            sha256_hex(entries_header() || E'\n' || string_agg(e.text || E'\n', '' order by e.position))
                as entries_sha256
        from amount_text e
        where e.version between p_first and p_last
        group by e.version
    ),
    numbered as (
        select e.version, min(e.line) as first, max(e.line) as last, count(*) as entries
        from ledger_entry e
        where e.version between p_first and p_last
        group by e.version
    )
    select coalesce(p.version, f.version), 'entries', ''
    from (
        select * from ledger_posting where ledger_posting.version between p_first and p_last
    ) p
    full join file f on f.version = p.version
    where (f.entries_sha256, f.entry_count) is distinct from (p.entries_sha256, p.entry_count::bigint)
    union all
    select n.version, 'lines', ''
    from numbered n
    where (n.first, n.last) <> (1, n.entries)
$$;

-- A clock that was wrong and is put right leaves versions a microsecond apart (rule 5), so times are
-- otherwise compared to the day.
create function rules.verify_chain()
returns table (version integer, problem text, name text)
language sql stable set search_path = public, rules, pg_temp
as $$
    with chain as (
        select
            p.version,
            p.posted_at,
            p.checksum,
            lag(p.version, 1, 0) over w as previous_version,
            lag(p.posted_at) over w as previous_time,
            next_checksum(lag(p.checksum, 1, first_checksum()) over w, posting_text(p)) as expected
        from ledger_posting p
        window w as (order by p.version)
    )
    select c.version, 'chain', ''
    from chain c
    where c.checksum is distinct from c.expected
    union all
    select c.version, 'order', ''
    from chain c
    where c.version <> c.previous_version + 1 or c.posted_at <= c.previous_time
        or c.posted_at > clock_timestamp() + interval '1 day'
            and c.posted_at is distinct from c.previous_time + interval '1 microsecond'
    union all
    select coalesce(p.version, h.version), 'head', ''
    from ledger_head h
    left join (
        select l.version, l.posted_at, l.checksum from ledger_posting l
        order by l.version desc limit 1
    ) p on true
    where (h.version, h.checksum)
            is distinct from (coalesce(p.version, 0), coalesce(p.checksum, first_checksum()))
        or p.posted_at <> h.posted_at
    union all
    select null::integer, 'one row', t.name
    from (
        select 'ledger_head' as name, array_agg(one) as rows from ledger_head
        union all
        select 'ledger_texts', array_agg(one) from ledger_texts
        union all
        select 'ledger_office', array_agg(one) from ledger_office
    ) t
    where t.rows is distinct from '{true}'
$$;
