-- Rule 4 over all versions: who prepared, approved and countersigned, by number and by name, compared with
-- the hands in the batch and with the audit trail.

-- All names that people had, one after the other, as versions print them.
create function rules.names_of_people()
returns table (person_id bigint, name text)
language sql stable set search_path = public, rules, pg_temp
as $$
    select u.id, display_name(u) from accounts_user u
    union
    select u.id, display_name(jsonb_populate_record(u, (
        select jsonb_object_agg(earliest.key, earliest.value)
        from (
            select distinct on (k.key) k.key, k.value -> 0 as value
            from accounts_event later
            cross join jsonb_each(later.detail) k
            where later.kind = 'person_changed' and later.person_id = u.id and later.id >= e.id
                and k.key in ('first_name', 'last_name', 'username') and k.value -> 0 <> 'null'
            order by k.key, later.id
        ) earliest
    )))
    from accounts_event e
    join accounts_user u on u.id = e.person_id
    where e.kind = 'person_changed' and e.detail ?| array['first_name', 'last_name', 'username']
    union
    -- Of a person who was forgotten, the names that versions print.
    select e.person_id, jsonb_array_elements_text(e.detail -> 'names')
    from accounts_event e where e.kind = 'person_forgotten'
$$;

-- A printed name as `display_name` has it now: earlier releases printed semicolons and odd characters.
create function rules.name_as_printed_now(p_name text) returns text
language sql immutable set search_path = pg_catalog, pg_temp set standard_conforming_strings = on
as $$
    select translate(btrim(rules.made_plain(p_name)), U&';\037e\ff1b', ',,,')
$$;

create function rules.verify_people()
returns table (version integer, problem text, name text)
language sql stable set search_path = public, rules, pg_temp
as $$
    with known as materialized (select * from names_of_people()),
    -- What a person was given or lost last before the version was posted, where the trail tells.
    role_then as (
        select distinct on (e.detail ->> 'version', k.key)
            e.detail ->> 'version' as version, k.value ->> 1 as held
        from accounts_event e
        join accounts_event earlier
            on earlier.person_id = e.actor_id and earlier.kind = 'person_changed'
            and earlier.id < e.id
        cross join jsonb_each(earlier.detail) k
        where e.kind = 'posted' and k.key in ('is_active', 'is_approver')
        order by e.detail ->> 'version', k.key, earlier.id desc
    )
    select p.version, 'approver', p.approved_by
    from ledger_posting p
    where not exists (
            select from known k where k.person_id = p.approver_id and k.name = name_as_printed_now(p.approved_by)
        )
        or exists (
            select from role_then r where r.version = p.version::text and r.held = 'false'
        )
    union all
    select p.version, 'preparers', array_to_string(p.prepared_by, '; ', '?')
    from ledger_posting p
    where cardinality(p.prepared_by) <> (
            select count(*) from ledger_batcheditor e where e.batch_id = p.batch_id
        )
        or exists (
            select from unnest(p.prepared_by) prepared
            where not exists (
                select from ledger_batcheditor e
                join known k on k.person_id = e.user_id
                where e.batch_id = p.batch_id and k.name = name_as_printed_now(prepared)
            )
        )
        or exists (
            select from ledger_batcheditor e
            where e.batch_id = p.batch_id and not exists (
                select from known k
                join unnest(p.prepared_by) prepared on k.name = name_as_printed_now(prepared)
                where k.person_id = e.user_id
            )
        )
    union all
    select p.version, 'hands', ''
    from ledger_posting p
    left join ledger_batch b on b.id = p.batch_id
    where (p.self_approval_reason <> '') is distinct from exists (
            select from ledger_batcheditor e
            where e.batch_id = p.batch_id and e.user_id = p.approver_id
        )
        or (p.self_approval_reason <> '') is distinct from (p.self_approval_rule <> '')
        or 2 <> cardinality(array(
            select 1 from ledger_batcheditor e
            where e.batch_id = b.id and e.user_id = b.created_by_id
            union all
            select 1 from ledger_batcheditor e
            where e.batch_id = b.id and e.user_id = b.submitted_by_id
        ))
    union all
    select c.posting_id, 'countersignature', c.signed_by
    from ledger_countersignature c
    left join ledger_posting p on p.version = c.posting_id
    where (
        p.self_approval_reason <> '' and c.person_id <> p.approver_id
        and c.signed_at > p.posted_at - interval '1 day'
        and not exists (
            select from ledger_batcheditor e
            where e.batch_id = p.batch_id and e.user_id = c.person_id
        )
        and exists (
            select from known k where k.person_id = c.person_id and k.name = name_as_printed_now(c.signed_by)
        )
    ) is not true
$$;

-- The database notes each posting and countersignature in the audit trail by itself.
create function rules.verify_trail()
returns table (version integer, problem text, name text)
language sql stable set search_path = public, rules, pg_temp
as $$
    with noted as (
        select e.kind, e.actor_id, e.detail ->> 'version' as version, e.detail ->> 'title' as title,
            e.detail ->> 'remark' as remark, (e.detail ->> 'signed_at')::timestamptz as signed_at,
            e.happened_at
        from accounts_event e where e.kind in ('posted', 'countersigned')
    )
    select coalesce(p.version, case when n.version ~ '^\d{1,9}$' then n.version::integer end),
        'trail', 'posted'
    from (
        select t.version, t.approver_id, t.title, t.posted_at,
            t.posted_at = lag(t.posted_at) over (order by t.version)
                + interval '1 microsecond' as follows_at_once,
            t.loaded_at
        from ledger_posting t
    ) p
    full join (select * from noted where kind = 'posted') n on n.version = p.version::text
    where p.loaded_at is null and (p.version is null or n.version is null
        or (n.actor_id, n.title) is distinct from (p.approver_id, p.title)
        or abs(extract(epoch from n.happened_at - p.posted_at)) > 86400
            and p.follows_at_once is not true)
        or p.loaded_at is not null and n.version is not null
    union all
    -- What was loaded is one ledger, from its first version on.
    select l.version, 'trail', 'loaded'
    from (
        select coalesce(max(t.version), 0) as version, count(*) as versions
        from ledger_posting t where t.loaded_at is not null
    ) l
    where l.version <> l.versions or array(
            select (e.detail ->> 'version') || '-' || (e.detail ->> 'checksum')
            from accounts_event e where e.kind = 'ledger_loaded'
        ) is distinct from array(
            select t.version || '-' || t.checksum from ledger_posting t where t.version = l.version
        )
    union all
    select coalesce(c.posting_id, case when n.version ~ '^\d{1,9}$' then n.version::integer end),
        'trail', 'countersigned'
    from ledger_countersignature c
    full join (select * from noted where kind = 'countersigned') n
        on n.version = c.posting_id::text
    where c.posting_id is null or n.version is null or n.actor_id is distinct from c.person_id
        or n.remark <> c.remark or n.signed_at <> c.signed_at -- earlier releases noted neither
        or n.signed_at is null and abs(extract(epoch from n.happened_at - c.signed_at)) > 86400
    union all
    select null::integer, 'person', u.username
    from accounts_user u
    cross join jsonb_each(to_jsonb(u)) now
    left join lateral (
        select e.detail -> now.key -> 1 as value from accounts_event e
        where e.kind = 'person_changed' and e.person_id = u.id and e.detail ? now.key
        order by e.id desc limit 1
    ) told on true
    where now.key in (
            'username', 'first_name', 'last_name', 'is_active', 'is_analyst', 'is_approver',
            'is_administrator', 'is_superuser'
        )
        and coalesce(
            told.value,
            case when now.key ~ '^is_' then 'false'::jsonb
            when now.key = 'username' and exists (
                select from accounts_event f
                where f.kind = 'person_forgotten' and f.person_id = u.id
            ) then to_jsonb('removed-' || u.id)
            else '""' end
        ) <> now.value
    group by u.username
$$;
