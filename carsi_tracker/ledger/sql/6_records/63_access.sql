-- How people get in: whoever changes a second factor or ends a session, the database notes it itself,
-- with the person who acts where one is named. What else ends with it is 55_people.sql's.

-- A use of a recovery code and a passkey's new name change a row as well; when one was last used, or the
-- codes read, says nothing.
create function rules.note_second_factor() returns trigger
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
declare
    what text := case
        when tg_op = 'DELETE' then 'removed'
        when tg_op = 'INSERT' or old.user_id <> new.user_id then 'added'
        when old.type <> new.type then 'renewed'
        when old.data - 'viewed_at' = new.data - 'viewed_at' then null
        when old.data - '{used_mask,viewed_at}'::text[] = new.data - '{used_mask,viewed_at}'::text[]
            then 'used'
        when old.data - 'name' = new.data - 'name' then 'renamed'
        else 'renewed'
    end;
begin
    if tg_op = 'UPDATE' and old.user_id <> new.user_id then
        perform note_event('second_factor', jsonb_build_object('removed', old.type), null, old.user_id);
    end if;
    if what is not null then
        perform note_event(
            'second_factor', jsonb_build_object(what, coalesce(new.type, old.type)), null,
            coalesce(new.user_id, old.user_id)
        );
    end if;
    return null;
end $$;

create trigger note after insert or update or delete on mfa_authenticator
    for each row execute function rules.note_second_factor();

-- Whom the provider's word lets in: a connected account is one of its subjects.
create function rules.note_single_sign_on() returns trigger
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
begin
    if tg_op <> 'INSERT' then
        perform note_event('single_sign_on', jsonb_build_object(
            'disconnected', old.provider, 'subject', old.uid
        ), null, old.user_id);
    end if;
    if tg_op <> 'DELETE' then
        perform note_event('single_sign_on', jsonb_build_object(
            'connected', new.provider, 'subject', new.uid
        ), null, new.user_id);
    end if;
    return null;
end $$;

create trigger note after insert or delete on socialaccount_socialaccount
    for each row execute function rules.note_single_sign_on();
create trigger note_moved after update on socialaccount_socialaccount for each row
    when (old.provider <> new.provider or old.uid <> new.uid or old.user_id <> new.user_id)
    execute function rules.note_single_sign_on();

-- Sessions that had not run out, by whose they were. Who signs out has noted that in the same transaction.
create function rules.note_sessions_ended(p_keys text[]) returns void
language sql set search_path = public, rules, pg_temp
as $$
    select note_event('sessions_ended', jsonb_build_object('sessions', count(*)), null, s.user_id)
    from usersessions_usersession s
    where s.session_key = any (p_keys) and not exists (
        select from accounts_event e
        where e.kind = 'signed_out' and e.actor_id = s.user_id
            and e.happened_at >= transaction_timestamp()
    )
    group by s.user_id
$$;

create function rules.note_deleted_sessions() returns trigger
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
begin
    perform note_sessions_ended(array(
        select session_key from gone where expire_date > clock_timestamp()
    ));
    return null;
end $$;

create trigger note after delete on django_session referencing old table as gone
    for each statement execute function rules.note_deleted_sessions();

create function rules.note_session_cut_short() returns trigger
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
begin
    perform note_sessions_ended(array[old.session_key]);
    return null;
end $$;

create trigger note_cut_short after update on django_session for each row
    when (
        old.expire_date > clock_timestamp()
        and (new.expire_date <= clock_timestamp() or old.session_key <> new.session_key)
    )
    execute function rules.note_session_cut_short();

-- A session that nobody is known to have could be ended without a trace.
create function rules.note_sessions_disowned() returns trigger
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
begin
    perform note_event('sessions_ended', jsonb_build_object('sessions', count(*)), null, g.user_id)
    from gone g
    join django_session d on d.session_key = g.session_key and d.expire_date > clock_timestamp()
    where not exists (
        select from usersessions_usersession s
        where s.session_key = g.session_key and s.user_id = g.user_id
    )
    group by g.user_id;
    return null;
end $$;

create trigger note after delete on usersessions_usersession referencing old table as gone
    for each statement execute function rules.note_sessions_disowned();
create trigger note_moved after update on usersessions_usersession referencing old table as gone
    for each statement execute function rules.note_sessions_disowned();
