-- What holds rules in a database is what these files say and nothing else: a trigger or rewrite rule
-- that no file makes goes, so that comparing a database with the files shows it.

-- Runs a statement that a query puts together, once a row.
create function rules.run(p_statement text) returns void
language plpgsql set search_path = public, pg_temp
as $$
begin
    execute p_statement;
end $$;

select rules.run(format('drop trigger %I on %s', tgname, tgrelid::regclass))
from pg_trigger t join pg_class c on c.oid = t.tgrelid
where not t.tgisinternal and c.relnamespace = 'public'::regnamespace;

select rules.run(format('drop rule %I on %s', r.rulename, r.ev_class::regclass))
from pg_rewrite r join pg_class c on c.oid = r.ev_class
where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace;

-- Makes an index of the tables, or makes it anew where it was made by other words than these, or of a
-- function that has changed since: its comment keeps what it was made of.
create function rules.keep_index(
    p_name text, p_words text, p_function regprocedure default null, p_unique boolean default false
) returns void
language plpgsql set search_path = public, rules, pg_temp
as $$
declare
    made_of text := md5(concat(p_words, pg_get_functiondef(p_function), p_unique));
begin
    if obj_description(to_regclass('public.' || p_name), 'pg_class') is distinct from made_of then
        execute format('drop index if exists public.%I', p_name);
        execute format(
            'create %s index %I %s', case when p_unique then 'unique' else '' end, p_name, p_words
        );
        execute format('comment on index public.%I is %L', p_name, made_of);
    end if;
end $$;
