-- Rule 3: a wrong area or country is mended by a move to a successor, which says from the start what
-- it replaces: a posted commitment, so never itself, and for good.
create function rules.guard_replaces() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
begin
    if tg_op = 'UPDATE' and old.replaces_id is not distinct from new.replaces_id then
        return new;
    end if;
    if tg_op = 'UPDATE' and old.replaces_id is not null then
        perform refuse('replaces_for_good', jsonb_build_object('reference', new.reference));
    end if;
    if new.replaces_id is not null and not exists (
        select from ledger_commitment where id = new.replaces_id and first_version is not null
    ) then
        perform refuse('replaces_what_is_posted', jsonb_build_object('reference', new.reference));
    end if;
    return new;
end $$;

create trigger replaces before insert or update on ledger_commitment
    for each row execute function rules.guard_replaces();
