-- What holds rules in a database is what these files say and nothing else: a trigger or rewrite rule
-- that no file makes goes, so that comparing a database with the files shows it.
do $$
declare
    item record;
begin
    for item in
        select tgname as name, tgrelid::regclass as of_table
        from pg_trigger t join pg_class c on c.oid = t.tgrelid
        where not t.tgisinternal and c.relnamespace = 'public'::regnamespace
    loop
        execute format('drop trigger %I on %s', item.name, item.of_table);
    end loop;
    for item in
        select r.rulename as name, r.ev_class::regclass as of_table
        from pg_rewrite r join pg_class c on c.oid = r.ev_class
        where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
    loop
        execute format('drop rule %I on %s', item.name, item.of_table);
    end loop;
end $$;

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
