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
