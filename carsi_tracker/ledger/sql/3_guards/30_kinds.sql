-- An organization is a U.S. agency, a partner, or both. The agency of a commitment is an agency and its
-- partner a partner, and no organization stops being what a commitment has it as.
create function rules.refuse_other_kind() returns trigger
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
declare
    other record;
begin
    -- Locked, so that nobody takes the kind away meanwhile.
    perform from ledger_organization where id in (new.agency_id, new.partner_id) for share;
    select code, id = new.agency_id and not is_agency as is_no_agency into other
    from ledger_organization
    where id = new.agency_id and not is_agency or id = new.partner_id and not is_partner
    order by 2 desc limit 1;
    if other.is_no_agency then
        perform refuse('no_agency', jsonb_build_object('code', other.code));
    elsif found then
        perform refuse('no_partner', jsonb_build_object('code', other.code));
    end if;
    return null;
end $$;

create trigger kind_insert after insert on ledger_commitment
    for each row execute function rules.refuse_other_kind();
create trigger kind_update after update of agency_id, partner_id on ledger_commitment
    for each row execute function rules.refuse_other_kind();

create function rules.refuse_to_lose_kind() returns trigger
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
begin
    -- An older snapshot would not show the commitment that somebody made meanwhile.
    if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
        perform refuse('reads_what_is_committed');
    end if;
    if exists (
        select from ledger_commitment
        where agency_id = new.id and not new.is_agency or partner_id = new.id and not new.is_partner
    ) then
        perform refuse('kind_is_used', jsonb_build_object('code', new.code));
    end if;
    return null;
end $$;

create trigger kind_is_used after update on ledger_organization
    for each row
    when (old.is_agency and not new.is_agency or old.is_partner and not new.is_partner)
    execute function rules.refuse_to_lose_kind();
