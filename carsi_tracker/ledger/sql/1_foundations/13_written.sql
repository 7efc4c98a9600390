-- A rule about what is written is asked of each new row, and of a changed one where a column changed that
-- it reads, or where the row is taken further. A constraint would be asked at every change: a name from
-- before the rule would keep its person from signing in, and a title its batch from being withdrawn.

create function rules.refuse_written() returns trigger
language plpgsql set search_path = pg_catalog, rules, pg_temp
as $$
begin
    perform refuse(tg_argv[0], jsonb_build_object('table', tg_table_name));
    return null;
end $$;

-- Holds a table to a rule of parts, each an expression over `new`; `p_taken_further` says of a changed
-- row that all parts are asked again. Notes for `migrate` which rows break it from before.
create function rules.hold(
    p_table text, p_rule text, p_parts text[], p_taken_further text default null
) returns void
language plpgsql set search_path = public, rules, pg_temp
as $$
declare
    whole text := array_to_string(p_parts, ') and (');
    changed text;
    broken record;
begin
    select string_agg(format('not (%s) and (%s)', part, concat_ws(' or ', p_taken_further, (
        select string_agg(distinct format('new.%1$s is distinct from old.%1$s', c[1]), ' or ')
        from regexp_matches(part, '\mnew\.(\w+)', 'g') c
    ))), ' or ' order by n)
    into changed
    from unnest(p_parts) with ordinality parts (part, n);
    execute format('alter table public.%I drop constraint if exists %I', p_table, p_rule);
    execute format(
        'create trigger %I after insert on public.%I for each row when (not ((%s))) '
        'execute function rules.refuse_written(%L)',
        p_rule || '_when_new', p_table, whole, p_rule
    );
    execute format(
        'create trigger %I after update on public.%I for each row when (%s) '
        'execute function rules.refuse_written(%L)',
        p_rule || '_when_changed', p_table, changed, p_rule
    );
    execute format(
        'select count(*) as rows, (array_agg(coalesce('
        'r ->> ''id'', (r ->> ''version'') || ''-'' || (r ->> ''line''), r ->> ''version'', ''?'''
        ')))[1:5] as some from public.%I new cross join to_jsonb(new) r where not ((%s))',
        p_table, whole
    ) into broken;
    if broken.rows > 0 then
        perform set_config('carsi.from_before', concat_ws(
            E'\n', nullif(current_setting('carsi.from_before', true), ''),
            format(
                '%s %s of %s (%s)', broken.rows, p_rule, p_table,
                array_to_string(broken.some, ', ')
                    || case when broken.rows > 5 then ', ...' else '' end
            )
        ), true);
    end if;
end $$;
