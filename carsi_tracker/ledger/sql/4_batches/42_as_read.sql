-- Rule 4: what a batch holds, as people read it, for the digest of what was read and for telling
-- later what changed since. Rows stand by their numbers, what they refer to by code.

-- What describes the amounts of a batch: its own commitments and those that it cites, documents (laws
-- too) with their files, and the names of all that is referred to by code.
create function rules.described(p_batch bigint) returns jsonb
language plpgsql stable
set search_path = public, rules, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin return (
    with line as materialized (
        select distinct appropriation_id, commitment_id, document_id
        from ledger_line where batch_id = p_batch
    ),
    commitment as materialized (
        select * from ledger_commitment
        where id in (
            select commitment_id from line
            union all
            select id from ledger_commitment where introduced_by_id = p_batch
        )
    ),
    appropriation as materialized (
        select a.id, k.code || ' FY' || a.fiscal_year as name, a.law_id, a.account_id
        from ledger_appropriation a
        join ledger_account k on k.id = a.account_id
        where a.id in (
            select appropriation_id from line union all select appropriation_id from commitment
        )
    ),
    commitment_read as materialized (
        select c.id, c.introduced_by_id = p_batch as is_new, jsonb_build_object(
            'reference', c.reference, 'title', c.title, 'title_es', c.title_es,
            'appropriation', a.name, 'area', p.code, 'country', n.code, 'goal', g.number,
            'agency', o.code, 'partner', q.code, 'replaces', r.reference
        ) || case c.bound when '' then '{}' else jsonb_build_object(
            'bound', c.bound, 'bound_note', c.bound_note, 'bound_note_es', c.bound_note_es
        ) end as content
        from commitment c
        join appropriation a on a.id = c.appropriation_id
        join ledger_programmingarea p on p.id = c.area_id
        join ledger_country n on n.id = c.country_id
        join ledger_organization o on o.id = c.agency_id
        left join ledger_goal g on g.id = c.goal_id
        left join ledger_organization q on q.id = c.partner_id
        left join ledger_commitment r on r.id = c.replaces_id
    ),
    item as (
        select case when is_new then 'commitments' else 'cited_commitments' end as kind, id, content
        from commitment_read
        union all
        select 'appropriations', a.id, jsonb_build_object('appropriation', a.name, 'law', d.key)
        from appropriation a join ledger_document d on d.id = a.law_id
        union all
        select 'documents', d.id, jsonb_build_object(
            'document', d.key, 'title', d.title, 'title_es', d.title_es, 'language', d.language,
            'publisher', d.publisher, 'published_on', d.published_on, 'url', d.url,
            'document_note', d.note, 'file', f.name, 'file_media_type', f.media_type,
            'file_sha256', f.sha256
        )
        from ledger_document d left join ledger_documentfile f on f.document_id = d.id
        where d.id in (select document_id from line union all select law_id from appropriation)
        union all
        select 'areas', id, jsonb_build_object('code', code, 'name_en', name_en, 'name_es', name_es)
        from ledger_programmingarea where id in (select area_id from commitment)
        union all
        select 'countries', id, jsonb_build_object(
            'code', code, 'name_en', name_en, 'name_es', name_es
        )
        from ledger_country where id in (select country_id from commitment)
        union all
        select 'goals', id, jsonb_build_object('code', number, 'name_en', name_en, 'name_es', name_es)
        from ledger_goal where id in (select goal_id from commitment)
        union all
        select 'organizations', id, jsonb_build_object(
            'code', code, 'name_en', name_en, 'name_es', name_es
        )
        from ledger_organization
        where id in (select agency_id from commitment union all select partner_id from commitment)
        union all
        select 'accounts', id, jsonb_build_object(
            'code', code, 'name_en', name_en, 'name_es', name_es
        )
        from ledger_account where id in (select account_id from appropriation)
    )
    select coalesce(jsonb_object_agg(kind, rows), '{}')
    from (select kind, jsonb_object_agg(id, content) as rows from item group by kind) k
); end $$;

-- Whom a version names as those who prepared it.
create function rules.preparers(p_batch bigint) returns text[]
language plpgsql stable
set search_path = public, rules, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin return (
    select array_agg(name order by name, id)
    from (
        select display_name(u) as name, u.id
        from ledger_batcheditor e join accounts_user u on u.id = e.user_id
        where e.batch_id = p_batch
    ) people
); end $$;

-- Whoever has described the batch already gives that.
create function rules.batch_content(p_batch bigint, p_described jsonb default null) returns jsonb
language sql stable set search_path = public, rules, pg_temp
as $$
    select coalesce(p_described, described(p_batch)) || jsonb_build_object(
        'texts', jsonb_build_object(
            'title', b.title, 'reason', b.reason,
            'prepared_by', array_to_string(preparers(p_batch), '; ')
        ) || case b.language when 'en' then '{}' else jsonb_build_object('written_in', b.language) end,
        'lines', (
            select coalesce(jsonb_object_agg(l.position, jsonb_build_object(
                'commitment', l.reference, 'appropriation', l.account || ' FY' || l.fiscal_year,
                'stage', l.stage, 'amount', l.amount, 'effective_date', l.effective_date,
                'document', l.document, 'locator', l.locator, 'basis', l.basis, 'note', l.note,
                'quote', l.quote
            )), '{}')
            from amount_text l where l.batch_id = p_batch
        )
    )
    from ledger_batch b where b.id = p_batch
$$;

-- The rows of one kind that two contents hold differently; of lines and new commitments also those
-- that only one of them holds (others come and go with the lines that cite them).
create function rules.rows_changed(p_before jsonb, p_after jsonb, p_kind text)
returns table (id bigint, before jsonb, after jsonb)
language sql immutable set search_path = public, rules, pg_temp
as $$
    select coalesce(b.key, a.key)::bigint, b.value, a.value
    from jsonb_each(p_before -> p_kind) b
    full join jsonb_each(p_after -> p_kind) a using (key)
    where b.value is distinct from a.value
        and (p_kind in ('lines', 'commitments') or b.value is not null and a.value is not null)
    order by 1
$$;

create trigger verbs_only before insert or update or delete on ledger_submission
    for each statement execute function rules.guard_by_verbs('state_by_verbs_only');

-- The digest covers all that the approver is shown: title, reason, what it reverses, who prepared it,
-- in which language, the lines, and what describes them. The lines are put into words once, for the digest and for the file
-- that a posting makes of them.
create function rules.read_batch(
    p_batch bigint, p_described jsonb default null,
    out digest text, out entry_count integer, out entries_sha256 text, out prepared_by text[]
)
language plpgsql stable
set search_path = public, rules, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    lines text;
begin
    prepared_by := preparers(p_batch);
    select count(*), coalesce(string_agg(text || E'\n', '' order by position), '')
    into entry_count, lines
    from amount_text where batch_id = p_batch;
    entries_sha256 := sha256_hex(entries_header() || E'\n' || lines);
    select sha256_hex(
        csv(title, reason, reverses_id::text, array_to_string(prepared_by, '; '))
        || case language when 'en' then '' else ',' || language end
        || E'\n' || coalesce(p_described, described(p_batch))::text || E'\n' || lines
    )
    into digest
    from ledger_batch where id = p_batch;
end $$;

create function rules.batch_digest(p_batch bigint) returns text
language sql stable set search_path = public, rules, pg_temp
as $$
    select digest from read_batch(p_batch)
$$;

-- What somebody read of a batch, by its digest.
create function rules.content_read(p_batch bigint, p_digest text) returns jsonb
language sql stable set search_path = public, rules, pg_temp
as $$
    select coalesce(
        (select content from ledger_submission where batch_id = p_batch and digest = p_digest limit 1),
        (
            select content from ledger_reading
            where batch_id = p_batch and digest = p_digest and content is not null limit 1
        )
    )
$$;

-- Gives the digest of a batch that somebody reads, and keeps that they read it; the content too, where
-- no submission and nobody else who read the same has kept it. Digest and content are of one moment.
create function rules.note_reading(p_batch bigint) returns text
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
declare
    person bigint := require_actor();
    shown text := batch_digest(p_batch);
    held jsonb;
begin
    if shown is null then
        perform refuse('no_such_batch');
    end if;
    if shown is not distinct from (
        select digest from ledger_reading
        where batch_id = p_batch and user_id = person order by id desc limit 1
    ) then
        return shown;
    end if;
    if content_read(p_batch, shown) is null then
        select batch_digest(p_batch), batch_content(p_batch) into shown, held;
    end if;
    insert into ledger_reading (batch_id, user_id, digest, content, read_at)
    values (p_batch, person, shown, held, clock());
    return shown;
end $$;

create trigger verbs_only before insert or update or delete on ledger_reading
    for each statement execute function rules.guard_by_verbs('state_by_verbs_only');
