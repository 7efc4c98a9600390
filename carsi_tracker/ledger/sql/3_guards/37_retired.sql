-- What is retired stays where it is used, and nothing new is entered with it: no commitment, no
-- appropriation. A commitment keeps what it has, or what the one has that it replaces. Documents are
-- no part of this: an old source may still be the source of a late amount.
create view rules.retired_part as
select format('account %s', id) as part, code from ledger_account where retired
union all
select format('area %s', id), code from ledger_programmingarea where retired
union all
select format('country %s', id), code from ledger_country where retired
union all
select format('goal %s', id), number::text from ledger_goal where retired
union all
select format('organization %s', id), code from ledger_organization where retired;

create function rules.parts(
    account_id bigint, area_id bigint, country_id bigint, goal_id bigint,
    agency_id bigint, partner_id bigint
) returns text[]
language sql immutable set search_path = pg_catalog, pg_temp
as $$
    select array[
        'account ' || account_id, 'area ' || area_id, 'country ' || country_id, 'goal ' || goal_id,
        'organization ' || agency_id, 'organization ' || partner_id
    ]
$$;

create function rules.refuse_retired() returns trigger
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
declare
    retired text;
begin
    if tg_table_name = 'ledger_appropriation' then
        select code into retired from ledger_account a where a.id = new.account_id and a.retired;
    elsif tg_op = 'INSERT' then
        select r.code into retired
        from new_commitments n
        join ledger_appropriation a on a.id = n.appropriation_id
        left join ledger_commitment k on k.id = n.replaces_id
        left join ledger_appropriation b on b.id = k.appropriation_id
        join retired_part r
            on r.part = any(parts(
                a.account_id, n.area_id, n.country_id, n.goal_id, n.agency_id, n.partner_id
            ))
            and r.part = any(parts(
                b.account_id, k.area_id, k.country_id, k.goal_id, k.agency_id, k.partner_id
            )) is not true
        limit 1;
    else
        select r.code into retired
        from ledger_appropriation a
        join ledger_appropriation b on b.id = old.appropriation_id
        join retired_part r
            on r.part = any(parts(
                a.account_id, new.area_id, new.country_id, new.goal_id, new.agency_id,
                new.partner_id
            ))
            and r.part = any(parts(
                b.account_id, old.area_id, old.country_id, old.goal_id, old.agency_id,
                old.partner_id
            )) is not true
        where a.id = new.appropriation_id
        limit 1;
    end if;
    if retired is not null then
        perform refuse('retired', jsonb_build_object('code', retired));
    end if;
    return null;
end $$;

create trigger retired_insert after insert on ledger_commitment
    referencing new table as new_commitments
    for each statement execute function rules.refuse_retired();
create trigger retired_update
    after update of appropriation_id, area_id, country_id, goal_id, agency_id, partner_id
    on ledger_commitment
    for each row execute function rules.refuse_retired();
create trigger retired_insert after insert on ledger_appropriation
    for each row execute function rules.refuse_retired();
create trigger retired_update after update on ledger_appropriation
    for each row when (old.account_id <> new.account_id)
    execute function rules.refuse_retired();
