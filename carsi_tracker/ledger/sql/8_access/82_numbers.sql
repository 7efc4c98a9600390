-- A row's number comes from its sequence, or did so once: one that was not given yet would be in the
-- way of whoever is given it next.
create function rules.guard_numbers() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
declare
    highest bigint;
begin
    if runs_as_owner() then
        return null;
    end if;
    if tg_op = 'INSERT' then
        select max(id) into highest from new_rows;
    else
        highest := new.id;
    end if;
    if highest > coalesce(pg_sequence_last_value(tg_argv[0]::regclass), 0) then
        perform refuse('number_not_given', jsonb_build_object('table', tg_table_name));
    end if;
    return null;
end $$;

select rules.run(format(
    'create trigger number_given after insert on %1$I referencing new table as new_rows '
    'for each statement execute function rules.guard_numbers(%2$L); '
    'create trigger number_kept after update on %1$I for each row when (old.id <> new.id) '
    'execute function rules.guard_numbers(%2$L)',
    c.relname, pg_get_serial_sequence(c.oid::regclass::text, 'id')
))
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'id'
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attidentity <> ''
    and has_table_privilege(current_setting('carsi.application_role'), c.oid, 'insert')
    and c.relname <> 'accounts_event';  -- its guard numbers it
