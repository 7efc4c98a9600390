-- Rule 4, who acts: the web process names the person for one transaction. The database can't
-- know better than the process that speaks to it.
create function rules.actor() returns bigint
language sql stable set search_path = pg_catalog, pg_temp
as $$
    select nullif(current_setting('carsi.actor', true), '')::bigint
$$;

create function rules.clock() returns timestamptz
language sql volatile set search_path = pg_catalog, pg_temp
as $$
    select clock_timestamp()
$$;

create function rules.washington_day(moment timestamptz) returns date
language sql immutable set search_path = pg_catalog, pg_temp
as $$
    select (moment at time zone 'America/New_York')::date
$$;

-- Every refusal is a check_violation with the rule's name and what a person needs to know, in JSON.
create function rules.refuse(rule text, detail jsonb default '{}') returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    raise check_violation using message = rule, constraint = rule, detail = detail::text;
end $$;

create function rules.require_actor() returns bigint
language plpgsql stable set search_path = public, rules, pg_temp
as $$
declare
    person bigint := actor();
begin
    if person is null then
        perform refuse('actor_unknown');
    end if;
    return person;
end $$;

-- The row stays locked to the end of the transaction, so nobody loses the role meanwhile.
create function rules.require_role(role text) returns bigint
language plpgsql set search_path = public, rules, pg_temp
as $$
declare
    acting bigint := require_actor();
    person accounts_user;
begin
    select * into person from accounts_user where id = acting for share;
    if not coalesce(
        person.is_active
        and case role
            when 'analyst' then person.is_analyst
            when 'approver' then person.is_approver
            when 'administrator' then person.is_administrator
        end,
        false
    ) then
        perform refuse('role_missing', jsonb_build_object('role', role));
    end if;
    return person.id;
end $$;

-- Whether the running code is the owner's: true inside the verbs and for the owner itself, false
-- for the application and for every other role, whatever it was granted.
create function rules.runs_as_owner() returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
    select pg_get_userbyid(relowner) = current_user
    from pg_class where oid = 'public.ledger_entry'::regclass
$$;
