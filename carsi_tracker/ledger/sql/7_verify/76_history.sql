-- What stands outside the checksums but is shown (names, titles, laws, what a commitment replaces)
-- is as its history says it became, and pages are told of each correction.

-- Whether two states of a row differ in a column that both have: a column may have come later.
create function rules.disagree(p_one jsonb, p_other jsonb) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from jsonb_each(p_one) o
        where p_other ? o.key and p_other -> o.key <> o.value
    )
$$;

-- Rule 3 in the history itself: codes are fixed; posting something changes nothing else of it, and from
-- then on all of a commitment but what only describes it is frozen.
create function rules.change_allowed(p_table text, p_before jsonb, p_after jsonb) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp
as $$
    select case
        when p_table not in ('ledger_commitment', 'ledger_appropriation') then
            (p_before -> 'code', p_before -> 'number', p_before -> 'key', p_before -> 'original')
            is not distinct from
            (p_after -> 'code', p_after -> 'number', p_after -> 'key', p_after -> 'original')
        when p_before ->> 'first_version' is not null then
            p_before - rules.correctable() = p_after - rules.correctable()
        when p_after ->> 'first_version' is not null then
            p_before - '{first_version,language}'::text[]
                = p_after - '{first_version,language}'::text[]
        else true
    end
$$;

create function rules.verify_history()
returns table (version integer, problem text, name text)
language sql stable set search_path = public, rules, pg_temp
as $$
    with thing ("table", id, row, name, version) as (
        select 'ledger_account', t.id, to_jsonb(t), 'account ' || t.code, null::integer
        from ledger_account t
        union all
        select 'ledger_programmingarea', t.id, to_jsonb(t), 'area ' || t.code, null
        from ledger_programmingarea t
        union all
        select 'ledger_country', t.id, to_jsonb(t), 'country ' || t.code, null
        from ledger_country t
        union all
        select 'ledger_goal', t.id, to_jsonb(t), 'goal ' || t.number, null from ledger_goal t
        union all
        select 'ledger_organization', t.id, to_jsonb(t), 'organization ' || t.code, null
        from ledger_organization t
        union all
        select 'ledger_document', t.id, to_jsonb(t), 'document ' || t.key, null
        from ledger_document t
        union all
        select 'ledger_publishedfigure', t.id, to_jsonb(t), 'published total ' || t.key, null
        from ledger_publishedfigure t
        union all
        select 'ledger_openquestion', t.id, to_jsonb(t), 'open question ' || t.key, null
        from ledger_openquestion t
        union all
        select 'ledger_translation', t.id, to_jsonb(t), 'translation of ' || left(t.original, 60), null
        from ledger_translation t
        union all
        select
            'ledger_appropriation', t.id, to_jsonb(t),
            'appropriation ' || k.code || ' FY' || t.fiscal_year, t.first_version
        from ledger_appropriation t join ledger_account k on k.id = t.account_id
        union all
        select
            'ledger_commitment', t.id, to_jsonb(t), 'commitment ' || t.reference, t.first_version
        from ledger_commitment t
    ),
    change as materialized (
        select
            c."table", c."row" as id, c.action, c.before, c.after,
            lag(c.after) over w as known,
            lead(c.id) over w is null as is_last
        from ledger_change c
        window w as (partition by c."table", c."row" order by c.id)
    ),
    broken as (
        select c."table", c.id from change c
        where case
            when c.action = 'INSERT' then c.known is not null or c.before is not null
            else c.known is null or disagree(c.known, c.before)
                or c.action = 'UPDATE' and not change_allowed(c."table", c.before, c.after)
        end
    )
    select t.version, 'history', coalesce(t.name, c."table" || ' ' || c.id)
    from thing t
    full join (select * from change where is_last) c on c."table" = t."table" and c.id = t.id
    where case
            when t.id is null then c.action <> 'DELETE'
            else c.after is null or disagree(c.after, t.row)
        end
        or (c."table", c.id) in (select * from broken)
    union all
    select null::integer, 'file', d.key
    from ledger_document d
    left join ledger_documentfile f on f.document_id = d.id
    left join lateral (
        select c.after ->> 'file' as told from ledger_change c
        where c."table" = 'ledger_document' and c."row" = d.id
            and (c.before ? 'file' or c.after ? 'file')
        order by c.id desc limit 1
    ) c on true
    cross join lateral (
        select format('%s, %s bytes, SHA-256 %s', f.name, f.size, encode(sha256(f.content), 'hex'))
            as is
    ) file
    -- Earlier releases did not note the kind.
    where c.told is distinct from file.is and c.told is distinct from file.is || ', ' || f.media_type
        and (c.told is not null or f.document_id is not null)
    union all
    select null::integer, 'texts', ''
    from ledger_texts t
    where t.revision <> (
            select count(*) from ledger_change c
            where c."table" <> 'ledger_commitment' or c.before ->> 'first_version' is not null
        ) + (select count(*) from ledger_countersignature)
$$;
