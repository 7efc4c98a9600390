-- Rule 3: a version is final. Nobody but the owner's own code adds to the journal, and nobody at
-- all updates, deletes or truncates it. Triggers are per row where an empty statement is harmless.
create function rules.refuse_change_of_journal() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
begin
    perform refuse('version_is_final', jsonb_build_object('table', tg_table_name));
    return null;
end $$;

create function rules.guard_journal() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
begin
    if not runs_as_owner() then
        perform refuse('version_is_final', jsonb_build_object('table', tg_table_name));
    end if;
    return null;
end $$;

-- Of a table that the verbs add to and remove from, and nobody changes; names the rule it refuses by.
create function rules.guard_by_verbs() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
begin
    if tg_op = 'UPDATE' or not runs_as_owner() then
        perform refuse(tg_argv[0]);
    end if;
    return null;
end $$;

create trigger final before update or delete on ledger_entry
    for each row execute function rules.refuse_change_of_journal();
create trigger final before update or delete on ledger_posting
    for each row execute function rules.refuse_change_of_journal();
create trigger kept before delete on ledger_head
    for each row execute function rules.refuse_change_of_journal();

-- Emptying a table of the desk would take hands and lines away unseen, so none is emptied.
select rules.run(format(
    'create trigger not_emptied before truncate on %s '
    'for each statement execute function rules.refuse_change_of_journal()', oid::regclass
))
from pg_class
where relkind = 'r' and relnamespace = 'public'::regnamespace
    and (relname like 'ledger\_%' or relname = 'accounts_user');

create trigger posted_only before insert on ledger_entry
    for each statement execute function rules.guard_journal();
create trigger posted_only before insert on ledger_posting
    for each statement execute function rules.guard_journal();
create trigger posted_only before insert or update on ledger_head
    for each statement execute function rules.guard_journal();
select rules.run(format(
    'create trigger owner_only before insert or update or delete on %I '
    'for each statement execute function rules.guard_journal()', of_table
))
from unnest(array['ledger_office', 'ledger_batcheditor', 'ledger_change', 'ledger_texts']) of_table;

insert into ledger_office (one, self_approval_rule) values (true, '') on conflict do nothing;
insert into ledger_texts (one, revision) values (true, 0) on conflict do nothing;
