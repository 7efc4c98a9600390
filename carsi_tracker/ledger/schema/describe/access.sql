-- Who but the owner of a thing may do what with it: one row a thing and role. What was never granted
-- is what PostgreSQL gives by itself.
with granted (kind, name, owner, acl) as (
    select
        'database', 'itself', datdba, coalesce(datacl, acldefault('d', datdba))
    from pg_database where datname = current_database()
    union all
    select
        'schema', quote_ident(nspname), nspowner, coalesce(nspacl, acldefault('n', nspowner))
    from pg_namespace
    where nspname !~ '^pg_(toast|temp|toast_temp)(_|$)' and (oid >= 16384 or nspname = 'public')
    union all
    select
        case c.relkind when 'S' then 'sequence' else 'table' end,
        format('%I.%I', n.nspname, c.relname), c.relowner, c.relacl
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where c.oid >= 16384 and c.relacl is not null
        and n.nspname !~ '^pg_(toast|temp|toast_temp)(_|$)'
    union all
    select 'column', format('%s.%I', c.oid::regclass, a.attname), c.relowner, a.attacl
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    where c.oid >= 16384 and a.attacl is not null
        and c.relnamespace::regnamespace::text !~ '^pg_(toast|temp|toast_temp)(_|$)'
    union all
    select
        'function', p.oid::regprocedure::text, p.proowner,
        coalesce(p.proacl, acldefault('f', p.proowner))
    from pg_proc p
    where p.oid >= 16384
        and not exists (
            select from pg_depend d
            where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
                and d.refobjid >= 16384
        )
    union all
    select 'type', oid::regtype::text, typowner, typacl
    from pg_type where oid >= 16384 and typacl is not null
    union all
    select 'language', quote_ident(lanname), lanowner, coalesce(lanacl, acldefault('l', lanowner))
    from pg_language where lanname not in ('internal', 'c', 'sql')
    union all
    select 'foreign server', quote_ident(srvname), srvowner, srvacl from pg_foreign_server
    union all
    select
        'what <role ' || defaclrole || '> makes',
        concat_ws(
            ' in ',
            case defaclobjtype
                when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions'
                when 'T' then 'types' when 'n' then 'schemas' else 'large objects'
            end,
            quote_ident(nspname)
        ),
        defaclrole, defaclacl
    from pg_default_acl
    left join pg_namespace n on n.oid = defaclnamespace
)
select
    'grant',
    format('on %s %s to <role %s>', kind, name, g.grantee),
    string_agg(
        lower(g.privilege_type) || case when g.is_grantable then ' with grant option' else '' end,
        ', ' order by g.privilege_type
    )
from granted
cross join aclexplode(acl) g
where g.grantee <> owner
group by kind, name, g.grantee
union all
-- Among these is session_replication_role, by which triggers don't fire.
select
    'grant', format('on parameter %s to <role %s>', p.parname, g.grantee),
    string_agg(lower(g.privilege_type), ', ' order by g.privilege_type)
from pg_parameter_acl p
cross join aclexplode(p.paracl) g
left join pg_roles r on r.oid = g.grantee
where g.grantee = 0 or r.rolname = current_setting('carsi.application_role')
group by p.parname, g.grantee
union all
-- What PostgreSQL itself has, and gives to nobody but its superusers or not to all.
select
    'grant',
    format('on %s %s to <role %s>', a.kind, a.name, g.grantee),
    string_agg(lower(g.privilege_type), ', ' order by g.privilege_type)
from (
    select 'function', 'pg_proc'::regclass, oid, oid::regprocedure::text, proowner, proacl
    from pg_proc where oid < 16384 and proacl is not null
    union all
    select 'table', 'pg_class', oid, oid::regclass::text, relowner, relacl
    from pg_class
    where oid < 16384 and relacl is not null
        and relnamespace <> 'information_schema'::regnamespace -- public in any database
    union all
    select 'schema', 'pg_namespace', oid, quote_ident(nspname), nspowner, nspacl
    from pg_namespace
    where oid < 16384 and nspacl is not null and nspname not in ('public', 'information_schema')
) a (kind, class, id, name, owner, acl)
cross join aclexplode(a.acl) g
left join pg_roles r on r.oid = g.grantee
where g.grantee <> a.owner
    and (g.grantee = 0 or r.rolname = current_setting('carsi.application_role'))
    and not exists (
        select from pg_init_privs i
        cross join aclexplode(i.initprivs) given
        where i.classoid = a.class and i.objoid = a.id and given.grantee = g.grantee
            and given.privilege_type = g.privilege_type
    )
group by a.kind, a.name, g.grantee
