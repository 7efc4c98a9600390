-- The audit trail: added to, and never rewritten. The web process notes what it alone can witness;
-- posts, countersignatures, passwords, second factors, sessions that end and changes of people are noted by
-- the database itself.
create function rules.guard_event() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
begin
    if not runs_as_owner() and new.kind <> all (array[
        'signed_in', 'signed_out', 'sign_in_refused', 'sessions_ended', 'second_factor', 'refused'
    ]) then
        perform refuse('event_not_witnessed');
    end if;
    new.id := nextval(pg_get_serial_sequence('public.accounts_event', 'id'));
    new.happened_at := clock_timestamp();
    return new;
end $$;

-- Who came and went, and what was refused, may be removed by the owner after a year, and how many are
-- is noted. What was done stays for good.
create function rules.guard_removal_of_event() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
begin
    if runs_as_owner()
        and old.kind = any (array['signed_in', 'signed_out', 'sign_in_refused', 'sessions_ended', 'refused'])
        and old.happened_at < clock_timestamp() - interval '1 year'
    then
        return old;
    end if;
    perform refuse('audit_is_final');
    return null;
end $$;

create function rules.note_removal_of_events() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
declare
    removed jsonb;
begin
    select jsonb_object_agg(kind, number) || jsonb_build_object(
        'earliest', min(washington_day(earliest)), 'latest', max(washington_day(latest))
    ) into removed
    from (
        select kind, count(*) as number, min(happened_at) as earliest, max(happened_at) as latest
        from gone group by kind
    ) by_kind;
    if removed is not null then
        perform note_event('events_removed', removed);
    end if;
    return null;
end $$;

-- What an event says of a person besides their number and what was done.
create function rules.without_personal_data(p_detail jsonb) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp
as $$
    select p_detail - '{username,first_name,last_name,email,name,subject}'::text[]
$$;

-- An event loses personal data while the owner forgets a person (55_people.sql), and nothing else.
create function rules.guard_change_of_event() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
begin
    if not runs_as_owner() then
        perform refuse('audit_is_final');
    end if;
    if to_jsonb(new) - '{detail,address}'::text[] <> to_jsonb(old) - '{detail,address}'::text[]
        or new.address <> old.address or old.address is null and new.address is not null
        or new.detail <> all (array[old.detail, without_personal_data(old.detail)])
        or not exists (
            select from accounts_event f
            where f.kind = 'person_forgotten' and f.happened_at >= now()
                and (f.person_id in (old.actor_id, old.person_id) or old.kind = 'sign_in_refused')
        )
    then
        perform refuse('audit_is_final');
    end if;
    return new;
end $$;

create function rules.refuse_change_of_audit() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
begin
    perform refuse('audit_is_final');
    return null;
end $$;

create trigger guard before insert on accounts_event
    for each row execute function rules.guard_event();
create trigger kept before delete on accounts_event
    for each row execute function rules.guard_removal_of_event();
create trigger note_removal after delete on accounts_event
    referencing old table as gone
    for each statement execute function rules.note_removal_of_events();
create trigger final before update on accounts_event
    for each row execute function rules.guard_change_of_event();
create trigger not_emptied before truncate on accounts_event
    for each statement execute function rules.refuse_change_of_audit();

select rules.keep_index(
    'event_forgotten', $$on accounts_event (happened_at) where kind = 'person_forgotten'$$
);

-- What nobody at the desk does, the provider of single sign-on may do: the web process names it as it names
-- the person who acts (12_actor.sql).
create function rules.note_event(
    kind text, detail jsonb, actor_id bigint default null, person_id bigint default null
) returns void
language sql set search_path = public, rules, pg_temp
as $$
    insert into accounts_event (kind, actor_id, person_id, detail, address, happened_at)
    values (
        kind, coalesce(actor_id, actor()), person_id,
        detail || case when coalesce(current_setting('carsi.provider', true), '') = '' then '{}'
            else jsonb_build_object('provider', current_setting('carsi.provider', true)) end,
        nullif(current_setting('carsi.address', true), '')::inet, clock_timestamp()
    )
$$;

create function rules.note_posting() returns trigger
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
begin
    perform note_event(
        'posted', jsonb_build_object('version', new.version, 'title', new.title), new.approver_id
    );
    return null;
end $$;

-- Nobody posts here what was posted elsewhere: that it was loaded is one event (57_load.sql).
create trigger note after insert on ledger_posting
    for each row when (new.loaded_at is null) execute function rules.note_posting();

create function rules.note_countersignature() returns trigger
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
begin
    perform note_event(
        'countersigned',
        jsonb_build_object(
            'version', new.posting_id, 'remark', new.remark, 'signed_at', new.signed_at
        ),
        new.person_id
    );
    return null;
end $$;

create trigger note after insert on ledger_countersignature
    for each row execute function rules.note_countersignature();

-- Which columns changed from what to what; of a password only that it did, and then not that it has to be
-- changed at the next sign-in.
create function rules.note_person() returns trigger
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
declare
    unsaid text[] := '{id,password,last_login,date_joined}';
    before jsonb := '{}';
    changed jsonb;
begin
    if tg_op = 'INSERT' or old.password <> new.password then
        unsaid := unsaid || 'must_change_password'::text;
    end if;
    if tg_op = 'UPDATE' then
        before := to_jsonb(old) - unsaid;
    end if;
    select jsonb_object_agg(key, jsonb_build_array(before -> key, value)) into changed
    from jsonb_each(to_jsonb(new) - unsaid)
    where before -> key is distinct from value
        and (tg_op = 'UPDATE' or value <> all (array['""', 'false']::jsonb[]));
    if changed is not null then
        perform note_event('person_changed', changed, null, new.id);
    end if;
    if tg_op = 'UPDATE' and old.password <> new.password then
        perform note_event('password_changed', '{}', null, new.id);
    end if;
    return null;
end $$;

create trigger note after insert or update on accounts_user
    for each row execute function rules.note_person();
