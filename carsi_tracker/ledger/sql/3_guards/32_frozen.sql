-- Rule 3: what figures are filtered by freezes once posted. Each guard reads its own row's
-- first_version, which post() sets, so that an old snapshot fails instead of slipping past.
create function rules.guard_appropriation() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
begin
    if tg_op = 'INSERT' then
        if new.first_version is not null and not runs_as_owner() then
            perform refuse('version_is_final', '{"table": "ledger_appropriation"}');
        end if;
        return new;
    end if;
    if old.first_version is not null and (
        tg_op = 'DELETE'
        or to_jsonb(old) - correctable() <> to_jsonb(new) - correctable()
    ) then
        perform refuse('frozen', jsonb_build_object('what', 'appropriation'));
    end if;
    if tg_op = 'UPDATE' and new.first_version is distinct from old.first_version
        and not runs_as_owner()
    then
        perform refuse('version_is_final', '{"table": "ledger_appropriation"}');
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;

create trigger frozen before insert or update or delete on ledger_appropriation
    for each row execute function rules.guard_appropriation();

-- Codes stand in files that are hashed, so they are fixed from the start; a wrong one that nothing
-- uses can be deleted. Names may be corrected.
create function rules.fix_code() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
begin
    perform refuse('code_is_fixed', jsonb_build_object('table', tg_table_name));
    return null;
end $$;

select rules.run(format(
    'create trigger code_is_fixed before update on %I '
    'for each row when (old.%I is distinct from new.%2$I) execute function rules.fix_code()',
    of_table, of_column
))
from (values
    ('ledger_account', 'code'), ('ledger_programmingarea', 'code'), ('ledger_country', 'code'),
    ('ledger_organization', 'code'), ('ledger_goal', 'number'), ('ledger_document', 'key'),
    ('ledger_publishedfigure', 'key'), ('ledger_openquestion', 'key'), ('ledger_translation', 'original')
) codes (of_table, of_column);
