-- People come and go, and so does what they may do: a change of what lets somebody in ends their sessions
-- for good, except the one in which they make it. What they had not finished is kept by somebody else.
create function rules.end_sessions(p_person bigint) returns void
language sql set search_path = public, rules, pg_temp
as $$
    delete from django_session where session_key in (
        select session_key from usersessions_usersession
        where user_id = p_person
            and session_key is distinct from nullif(current_setting('carsi.session', true), '')
    );
    delete from usersessions_usersession
    where user_id = p_person
        and session_key is distinct from nullif(current_setting('carsi.session', true), '')
$$;

create function rules.end_access() returns trigger
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
begin
    perform end_sessions(new.id);
    return null;
end $$;

create trigger end_access after update on accounts_user for each row
    when (
        (
            old.password, old.is_active, old.is_analyst, old.is_approver, old.is_administrator,
            old.is_superuser
        ) is distinct from (
            new.password, new.is_active, new.is_analyst, new.is_approver, new.is_administrator,
            new.is_superuser
        )
    )
    execute function rules.end_access();

create function rules.end_access_by_factor() returns trigger
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
begin
    perform end_sessions(old.user_id);
    return null;
end $$;

create trigger end_access after delete or update of user_id on mfa_authenticator for each row
    when (old.type <> 'recovery_codes')
    execute function rules.end_access_by_factor();

-- Hands all batches of one person that are not posted to another, and says how many. Neither
-- handing over nor receiving is a hand in them.
create function rules.hand_over(p_from bigint, p_to bigint) returns integer
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
declare
    batches bigint[];
begin
    perform require_role('administrator');
    perform from accounts_user where id = p_to and is_active and is_analyst for share;
    if not found then
        perform refuse('keeper_is_analyst');
    end if;
    perform from ledger_batch where keeper_id = p_from and state <> 'posted'
    order by id for no key update;
    with handed as (
        update ledger_batch set keeper_id = p_to
        where keeper_id = p_from and state <> 'posted' and p_from <> p_to
        returning id
    )
    select array_agg(id order by id) into batches from handed;
    if batches is not null then
        perform note_event(
            'drafts_handed_over', jsonb_build_object('from', p_from, 'batches', batches), null, p_to
        );
    end if;
    return coalesce(cardinality(batches), 0);
end $$;
