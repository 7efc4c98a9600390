-- Who changed what, when and why, in names, titles and everything else that describes an amount.
-- Corrections that the public can see count up the revision of the texts, which pages are cached by.
create function rules.keep_history() returns trigger
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
declare
    before jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
    after jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
begin
    if before = after then
        return null;
    end if;
    -- A row's history stands under its number.
    if tg_op = 'UPDATE' and before -> 'id' <> after -> 'id' then
        perform refuse('code_is_fixed', jsonb_build_object('table', tg_table_name));
    end if;
    insert into ledger_change ("table", "row", action, before, after, user_id, reason, changed_at)
    values (
        tg_table_name, (coalesce(after, before) ->> 'id')::bigint, tg_op, before, after,
        require_actor(), coalesce(current_setting('carsi.reason', true), ''), clock_timestamp()
    );
    if tg_table_name <> 'ledger_commitment' or before ->> 'first_version' is not null then
        update ledger_texts set revision = revision + 1;
    end if;
    return null;
end $$;

select rules.run(format(
    'create trigger history after insert or update or delete on ledger_%s '
    'for each row execute function rules.keep_history()', of_table
))
from unnest(array[
    'account', 'programmingarea', 'country', 'goal', 'organization', 'document', 'appropriation',
    'commitment', 'publishedfigure', 'openquestion', 'translation'
]) of_table;
