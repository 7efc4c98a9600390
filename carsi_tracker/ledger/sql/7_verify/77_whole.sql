-- All that is verified from the rows alone, in one table; what the schema should be stands outside the
-- database, in the release.
create function rules.verify()
returns table (version integer, problem text, name text)
language sql stable set search_path = public, rules, pg_temp
as $$
    select * from verify_files()
    union all select * from verify_chain()
    union all select * from verify_journal()
    union all select * from verify_balances()
    union all select * from verify_first_versions()
    union all select * from verify_moves()
    union all select * from verify_reversals()
    union all select * from verify_batches()
    union all select * from verify_lines()
    union all select * from verify_submissions()
    union all select * from verify_people()
    union all select * from verify_trail()
    union all select * from verify_history()
    order by 1, 2, 3
$$;
