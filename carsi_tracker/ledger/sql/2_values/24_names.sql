-- A thing is named once: two names that differ in case, in width, in invisible characters or in letters
-- that look alike (a Cyrillic "а" for a Latin "a") are one. The function stays outside the schema
-- `rules`, so that indexes and constraints outlive a new application of these files.
create or replace function public.name_key(written text) returns text
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp set standard_conforming_strings = on
return lower(translate(
    regexp_replace(
        normalize(written, nfkc) collate "C",
        '[\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f'
        '\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0'
        '\ufff0-\uffff\U0001d159\U000e0000-\U000e0fff]',
        '', 'g'
    ),
    'АВЕКМНОРСТХУІЈЅԚԜаеорсухіјѕԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαυνı‐‑‒–—―−﹘﹣－_'
    'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞ',
    'ABEKMHOPCTXYIJSQWaeopcyxijsqwABEZHIKMNOPTYXoauvi-----------'
    'àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþ'
));

-- The names that stand twice, in databases that had them before this rule.
create view rules.names_twice as
select of_table, of_column, string_agg(name, ', ' order by name) as names
from (
    select 'ledger_account' as of_table, 'code' as of_column, code as name from ledger_account
    union all select 'ledger_account', 'name_en', name_en from ledger_account
    union all select 'ledger_account', 'name_es', name_es from ledger_account
    union all select 'ledger_programmingarea', 'code', code from ledger_programmingarea
    union all select 'ledger_programmingarea', 'name_en', name_en from ledger_programmingarea
    union all select 'ledger_programmingarea', 'name_es', name_es from ledger_programmingarea
    union all select 'ledger_country', 'code', code from ledger_country
    union all select 'ledger_country', 'name_en', name_en from ledger_country
    union all select 'ledger_country', 'name_es', name_es from ledger_country
    union all select 'ledger_goal', 'name_en', name_en from ledger_goal
    union all select 'ledger_goal', 'name_es', name_es from ledger_goal
    union all select 'ledger_organization', 'code', code from ledger_organization
    union all select 'ledger_organization', 'name_en', name_en from ledger_organization
    union all select 'ledger_organization', 'name_es', name_es from ledger_organization
    union all select 'accounts_user', 'username', username from accounts_user
) as named
group by of_table, of_column, public.name_key(name)
having count(*) > 1;

-- Where a name stands twice already, no index can be made; `migrate` tells of it.
do $$
declare
    named record;
begin
    for named in
        select of_table, of_column, format('%s_%s_once', of_table, of_column) as of_index
        from (values
            ('ledger_account', array['code', 'name_en', 'name_es']),
            ('ledger_programmingarea', array['code', 'name_en', 'name_es']),
            ('ledger_country', array['code', 'name_en', 'name_es']),
            ('ledger_goal', array['name_en', 'name_es']),
            ('ledger_organization', array['code', 'name_en', 'name_es']),
            ('accounts_user', array['username'])
        ) tables (of_table, of_columns)
        cross join unnest(of_columns) of_column
    loop
        if not exists (
            select from rules.names_twice n
            where n.of_table = named.of_table and n.of_column = named.of_column
        ) then
            perform rules.keep_index(
                named.of_index,
                format('on public.%I (public.name_key(%I))', named.of_table, named.of_column),
                'public.name_key(text)', true
            );
        end if;
    end loop;
end $$;

-- Says which name is meant, where the index would only say that there is one.
create function rules.refuse_taken_name() returns trigger
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
declare
    named text;
    written text;
    taken text;
begin
    foreach named in array tg_argv loop
        written := to_jsonb(new) ->> named;
        if tg_op = 'INSERT' or written is distinct from to_jsonb(old) ->> named then
            execute format(
                'select %1$I from public.%2$I where name_key(%1$I) = name_key($1) and id <> $2 limit 1',
                named, tg_table_name
            ) into taken using written, new.id;
            if taken is not null then
                perform refuse('name_taken', jsonb_build_object('written', written, 'taken', taken));
            end if;
        end if;
    end loop;
    return new;
end $$;

create trigger name_taken before insert or update on ledger_account
    for each row execute function rules.refuse_taken_name('code', 'name_en', 'name_es');
create trigger name_taken before insert or update on ledger_programmingarea
    for each row execute function rules.refuse_taken_name('code', 'name_en', 'name_es');
create trigger name_taken before insert or update on ledger_country
    for each row execute function rules.refuse_taken_name('code', 'name_en', 'name_es');
create trigger name_taken before insert or update on ledger_goal
    for each row execute function rules.refuse_taken_name('name_en', 'name_es');
create trigger name_taken before insert or update on ledger_organization
    for each row execute function rules.refuse_taken_name('code', 'name_en', 'name_es');

-- `none` asks for what has no code, in every address.
select rules.hold(of_table, 'code_but_none', array[
    format('public.name_key(new.%I) <> ''none''', of_column)
])
from (values
    ('ledger_account', 'code'), ('ledger_programmingarea', 'code'), ('ledger_country', 'code'),
    ('ledger_organization', 'code'), ('ledger_document', 'key'), ('ledger_commitment', 'reference'),
    ('ledger_publishedfigure', 'key'), ('ledger_openquestion', 'key')
) codes (of_table, of_column);
