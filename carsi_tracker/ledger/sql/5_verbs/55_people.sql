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

-- Column by column: PostgreSQL prints a comparison of rows otherwise once it is restored from a dump.
create trigger end_access after update on accounts_user for each row
    when (
        old.password <> new.password or old.is_active <> new.is_active
        or old.is_analyst <> new.is_analyst or old.is_approver <> new.is_approver
        or old.is_administrator <> new.is_administrator or old.is_superuser <> new.is_superuser
    )
    execute function rules.end_access();

-- What lets somebody in by itself: a second factor, an account of the provider of single sign-on.
create function rules.end_access_by_factor() returns trigger
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
begin
    perform end_sessions(coalesce(old.user_id, new.user_id));
    return null;
end $$;

create trigger end_access after delete or update of user_id on mfa_authenticator for each row
    when (old.type <> 'recovery_codes')
    execute function rules.end_access_by_factor();
create trigger end_access after delete on socialaccount_socialaccount
    for each row execute function rules.end_access_by_factor();
create trigger end_access_moved after update on socialaccount_socialaccount for each row
    when (old.provider <> new.provider or old.uid <> new.uid or old.user_id <> new.user_id)
    execute function rules.end_access_by_factor();

-- Sessions from before a second step was set up have not passed it.
create trigger end_access_without after insert or update of type on mfa_authenticator for each row
    when (new.type <> 'recovery_codes')
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

-- Removes what is known of a person, but for the names that versions print, and ends their access. Only
-- the owner does this: it takes from the audit trail, which whoever holds the web process may not.
create function rules.forget_person(p_person bigint) returns void
language plpgsql set search_path = public, rules, pg_temp
as $$
declare
    person accounts_user;
    unposted bigint[];
    printed jsonb;
    typed text[];
begin
    select * into person from accounts_user where id = p_person for update;
    select array_agg(b.id order by b.id) into unposted
    from ledger_batch b
    where b.state <> 'posted' and (
        b.keeper_id = p_person or exists (
            select from ledger_batcheditor e where e.batch_id = b.id and e.user_id = p_person
        )
    );
    if unposted is not null then
        perform refuse('person_has_drafts', jsonb_build_object('batches', unposted));
    end if;

    select coalesce(jsonb_agg(k.name order by k.name), '[]') into printed
    from names_of_people() k
    where k.person_id = p_person and k.name in (
        select name_as_printed_now(name) from (
            select unnest(prepared_by || approved_by::text) as name from ledger_posting
            union
            select signed_by from ledger_countersignature
        ) names
    );
    select array_agg(lower(name)) into typed
    from (
        select unnest(array[person.username, person.email]::text[]) as name
        union
        select jsonb_array_elements_text(value)
        from accounts_event e cross join jsonb_each(e.detail) k
        where e.person_id = p_person and e.kind = 'person_changed' and key in ('username', 'email')
    ) names
    where name <> '';
    perform note_event('person_forgotten', jsonb_build_object('names', printed), null, p_person);

    update accounts_user
    set username = 'removed-' || id, first_name = '', last_name = '', email = '', password = '!',
        last_login = null, must_change_password = false, is_active = false, is_superuser = false,
        is_analyst = false, is_approver = false, is_administrator = false
    where id = p_person;
    perform end_sessions(p_person);
    delete from mfa_authenticator where user_id = p_person;
    delete from socialaccount_socialtoken where account_id in (
        select id from socialaccount_socialaccount where user_id = p_person
    );
    delete from socialaccount_socialaccount where user_id = p_person;
    delete from account_emailconfirmation where email_address_id in (
        select id from account_emailaddress where user_id = p_person
    );
    delete from account_emailaddress where user_id = p_person;
    delete from accounts_user_groups where user_id = p_person;
    delete from accounts_user_user_permissions where user_id = p_person;
    delete from mail_waitingmail where lower(recipients ->> 0) = any (typed);
    delete from ledger_pastehabit where person_id = p_person;
    delete from ledger_upload where person_id = p_person;
    update django_admin_log set object_repr = 'removed-' || p_person
    where object_id = p_person::text and content_type_id = (
        select id from django_content_type where app_label = 'accounts' and model = 'user'
    );
    update accounts_event
    set detail = without_personal_data(detail),
        address = case when actor_id is null or actor_id = p_person then null else address end
    where kind <> 'person_forgotten' and (
        actor_id = p_person or person_id = p_person
        or kind = 'sign_in_refused' and lower(detail ->> 'name') = any (typed)
    );
end $$;
