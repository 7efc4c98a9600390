-- The database, its schemas, and what can run in it or change what a statement means: functions, types,
-- extensions, and every kind of object that the tracker has none of.
with members as (
    select classid, objid, refobjid from pg_depend
    where deptype = 'e' and refclassid = 'pg_extension'::regclass
        and refobjid >= 16384 -- the server's own, plpgsql, is not described, so it can hide nothing
),
rare (kind, class, id) as (
    select 'operator', 'pg_operator'::regclass, oid from pg_operator
    union all select 'operator class', 'pg_opclass', oid from pg_opclass
    union all select 'operator family', 'pg_opfamily', oid from pg_opfamily
    union all select 'cast', 'pg_cast', oid from pg_cast
    union all select 'collation', 'pg_collation', oid from pg_collation
    union all select 'conversion', 'pg_conversion', oid from pg_conversion
    union all select 'language', 'pg_language', oid from pg_language
    union all select 'access method', 'pg_am', oid from pg_am
    union all select 'transform', 'pg_transform', oid from pg_transform
    union all select 'event trigger', 'pg_event_trigger', oid from pg_event_trigger
    union all select 'publication', 'pg_publication', oid from pg_publication
    union all
    select 'subscription', 'pg_subscription', oid from pg_subscription
    where subdbid = (select oid from pg_database where datname = current_database())
    union all select 'foreign data wrapper', 'pg_foreign_data_wrapper', oid
        from pg_foreign_data_wrapper
    union all select 'foreign server', 'pg_foreign_server', oid from pg_foreign_server
    union all select 'statistics', 'pg_statistic_ext', oid from pg_statistic_ext
    union all select 'text search configuration', 'pg_ts_config', oid from pg_ts_config
    union all select 'text search dictionary', 'pg_ts_dict', oid from pg_ts_dict
    union all select 'text search parser', 'pg_ts_parser', oid from pg_ts_parser
    union all select 'text search template', 'pg_ts_template', oid from pg_ts_template
)
select
    'database', 'itself',
    format('owner <role %s>, %s', datdba, pg_encoding_to_char(encoding))
from pg_database where datname = current_database()
union all
select 'schema', quote_ident(nspname), format('owner <role %s>', nspowner)
from pg_namespace
where nspname !~ '^pg_(toast|temp|toast_temp)(_|$)' and (oid >= 16384 or nspname = 'public')
union all
select
    'function', p.oid::regprocedure::text,
    format('owner <role %s>, ', p.proowner) || case
        when p.prokind = 'a' then (
            select format(
                'aggregate of %s final %s start %s', aggtransfn, aggfinalfn, agginitval
            )
            from pg_aggregate where aggfnoid = p.oid
        )
        else pg_get_functiondef(p.oid)
    end
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
where p.oid >= 16384 and n.nspname !~ '^pg_temp_'
    and not exists (select from members where classid = 'pg_proc'::regclass and objid = p.oid)
union all
select
    case t.typtype when 'd' then 'domain' when 'e' then 'enumeration' else 'type' end,
    t.oid::regtype::text,
    concat_ws(
        ', ', format('owner <role %s>', t.typowner),
        'of ' || format_type(nullif(t.typbasetype, 0), t.typtypmod),
        case when t.typnotnull then 'not null' end,
        'default ' || t.typdefault,
        (
            select 'values ' || string_agg(quote_literal(enumlabel), ' ' order by enumsortorder)
            from pg_enum where enumtypid = t.oid
        )
    )
from pg_type t
join pg_namespace n on n.oid = t.typnamespace
where t.oid >= 16384 and n.nspname !~ '^pg_(toast|temp|toast_temp)(_|$)'
    and t.typtype <> 'c'
    and not exists (select from pg_type a where a.typarray = t.oid)
    and not exists (select from members where classid = 'pg_type'::regclass and objid = t.oid)
union all
select r.kind, (pg_identify_object(r.class, r.id, 0)).identity, ''
from rare r
where r.id >= 16384
    and not exists (select from members m where m.classid = r.class and m.objid = r.id)
union all
-- What an extension brought is described as a whole, so that nothing can be hidden among it.
select
    'extension', quote_ident(e.extname),
    format(
        '%s in %I: %s', e.extversion, n.nspname, (
            select string_agg(
                concat_ws(' ', o.type, o.identity, p.prosrc, p.probin, p.prosecdef,
                    p.provolatile, p.proconfig), E'\n'
                order by o.type, o.identity collate "C"
            )
            from members m
            cross join pg_identify_object(m.classid, m.objid, 0) o
            left join pg_proc p on p.oid = m.objid and m.classid = 'pg_proc'::regclass
            -- Only from PostgreSQL 18 on are array types among them.
            where m.refobjid = e.oid and o.identity !~ '\[\]$'
        )
    )
from pg_extension e
join pg_namespace n on n.oid = e.extnamespace
where e.oid >= 16384
