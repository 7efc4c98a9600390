"""Whether the rows keep what the schema declares: a constraint can be taken away and put back."""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

from carsi_tracker.ledger.schema import SchemaDifference, printed_plainly

BROKEN = """
    with ours as (
        select c.oid as id, c.oid::regclass::text as name
        from pg_class c
        where c.relkind = 'r' and c.oid >= 16384
            and c.relnamespace::regnamespace::text !~ '^pg_(toast|temp|toast_temp)(_|$)'
    )
    select
        'broken by a row',
        format('foreign key %s.%I', t.name, k.conname),
        format(
            'select from %s a where %s and not exists (select from %s b where %s)',
            t.name, string_agg(format('a.%I is not null', a.attname), ' and ' order by n),
            k.confrelid::regclass,
            string_agg(format('b.%I = a.%I', b.attname, a.attname), ' and ' order by n)
        )
    from pg_constraint k
    join ours t on t.id = k.conrelid
    cross join unnest(k.conkey, k.confkey) with ordinality as c (mine, its, n)
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = c.mine
    join pg_attribute b on b.attrelid = k.confrelid and b.attnum = c.its
    where k.contype = 'f'
    group by t.name, k.oid, k.conname, k.confrelid
    union all
    select
        'broken by a row',
        format('constraint %s.%I', t.name, k.conname),
        format('select from %s where not (%s)', t.name, pg_get_expr(k.conbin, k.conrelid))
    from pg_constraint k
    join ours t on t.id = k.conrelid
    where k.contype = 'c' and k.convalidated
    union all
    select
        'broken by a row',
        format('column %s.%I', t.name, a.attname),
        format('select from %s where num_nulls(%I) > 0', t.name, a.attname)
    from pg_attribute a
    join ours t on t.id = a.attrelid
    where a.attnotnull and a.attnum > 0 and not a.attisdropped
    union all
    select
        'broken by a row',
        format('index %s', i.indexrelid::regclass),
        format(
            'select from %s where %s group by %s having count(*) > 1',
            t.name,
            concat_ws(
                ' and ',
                '(' || pg_get_expr(i.indpred, i.indrelid) || ')',
                string_agg(format('(%s) is not null', key), ' and ' order by n)
            ),
            string_agg(key, ', ' order by n)
        )
    from pg_index i
    join ours t on t.id = i.indrelid
    cross join generate_series(1, i.indnkeyatts) n
    cross join pg_get_indexdef(i.indexrelid, n, true) key
    where i.indisunique
    group by t.name, i.indexrelid, i.indpred, i.indrelid
    order by 2
"""

# A number below one in use would be given again, and fail only then. Where the application role
# writes rows it could number them itself in earlier releases, so there it is nobody's forgery.
NUMBERED_BY_HAND = "behind numbers that are in use"
SEQUENCES = """
    select
        case when has_table_privilege(p.oid, d.refobjid, 'insert')
            and d.refobjid <> 'public.accounts_event'::regclass -- numbered by its guard
            then 'behind numbers that are in use' else 'behind its table' end,
        format('sequence %s', s.oid::regclass),
        format(
            'select from %s having max(%I) >= %s',
            d.refobjid::regclass, a.attname,
            coalesce(pg_sequence_last_value(s.oid) + q.seqincrement, q.seqstart)
        )
    from pg_class s
    join pg_sequence q on q.seqrelid = s.oid
    join pg_depend d
        on d.objid = s.oid and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i')
    join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    left join pg_roles p on p.rolname = current_setting('carsi.application_role')
    where s.oid >= 16384 and s.relpersistence <> 't'
    order by 2
"""


def broken(connection: BaseDatabaseWrapper, application_role: str) -> Iterator[SchemaDifference]:
    """Yield the constraints that some row breaks, and the sequences that are behind their table."""
    with printed_plainly(connection, application_role), connection.cursor() as cursor:
        for catalogue in (BROKEN, SEQUENCES):
            cursor.execute(catalogue)
            for how, name, rows in cursor.fetchall():
                cursor.execute(f"select exists ({rows})")
                if cursor.fetchone() == (True,):
                    yield SchemaDifference(name, how)
