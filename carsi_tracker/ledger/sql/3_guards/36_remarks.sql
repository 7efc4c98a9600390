-- What people write to each other about a batch: by whom and when is the database's to say, and
-- nobody takes back what was read. A remark is no hand in the batch, whatever its state.
create function rules.sign_remark() returns trigger
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
declare
    acting bigint := require_actor();
begin
    if not exists (
        select from accounts_user
        where id = acting and is_active and (is_analyst or is_approver)
    ) then
        perform refuse('remark_by_analyst_or_approver');
    end if;
    new.author_id := acting;
    new.written_at := clock();
    return new;
end $$;

select rules.hold('ledger_remark', 'remark_of_some_length', array[
    format('new.text collate "C" ~ %L and length(new.text) <= 2000', rules.what_shows())
]);

create trigger sign before insert on ledger_remark
    for each row execute function rules.sign_remark();
create trigger stands before update or delete on ledger_remark
    for each statement execute function rules.guard_by_verbs('remark_stands');
