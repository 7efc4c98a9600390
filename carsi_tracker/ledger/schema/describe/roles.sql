-- What no file can take back: an application role that is mightier than it should be, and settings
-- that change what a statement means. How long something may take, how much memory it may use, how it
-- is planned and what is logged decide nothing of what is shown.
with recursive application as (
    select * from pg_roles where rolname = current_setting('carsi.application_role')
),
held (id) as (
    select oid from application
    union
    select m.roleid from pg_auth_members m join held h on h.id = m.member
),
owner as (
    select relowner as id from pg_class where oid = 'public.ledger_entry'::regclass
),
this_database as (
    select oid as id from pg_database where datname = current_database()
)
select 'role', 'application does not exist', ''
where not exists (select from application)
union all
select 'role', 'application owns the tables', ''
from application a join owner o on o.id = a.oid
union all
select 'role', 'application is ' || power, ''
from application
cross join lateral (
    values
        (rolsuper, 'superuser'), (rolcreaterole, 'creator of roles'),
        (rolreplication, 'for replication'), (rolbypassrls, 'above row security')
) p (has, power)
where has
union all
select 'role', format('application is a member of <role %s>', r.oid), ''
from held
join pg_roles r on r.oid = held.id
where r.rolname <> current_setting('carsi.application_role')
    and (
        r.rolname like 'pg\_%' or r.oid = (select id from owner)
        or r.rolsuper or r.rolcreaterole or r.rolreplication or r.rolbypassrls
    )
union all
select
    'setting',
    concat_ws(
        ' ', split_part(setting, '=', 1),
        case s.setrole when 0 then 'of everybody' else format('of <role %s>', s.setrole) end,
        case when s.setdatabase <> 0 then 'in this database' end
    ),
    setting
from pg_db_role_setting s
cross join unnest(s.setconfig) setting
where s.setdatabase in (0, (select id from this_database))
    and (
        s.setrole = 0 or s.setrole in (select oid from application)
        or s.setrole in (select id from owner)
    )
    and split_part(setting, '=', 1) !~ (
        '(_timeout|_mem|_cost|_limit)$'
        '|^(log|enable|jit|max_parallel|effective|auto_explain|pg_stat_statements|track)[_.]'
        '|^(jit|application_name|random_page_cost|default_statistics_target|synchronous_commit)$'
    )
union all
-- What the server itself says in its files or on its command line: whether triggers fire, what null is.
select 'setting', name || ' of the server', reset_val
from pg_settings
where name in ('session_replication_role', 'transform_null_equals', 'array_nulls')
    and source in ('configuration file', 'command line', 'environment variable', 'global')
    and reset_val <> boot_val
