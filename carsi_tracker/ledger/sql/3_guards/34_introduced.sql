-- Rule 4: whoever makes, edits or deletes what a batch introduces has a hand in the batch, and the
-- batch is a draft again. A batch introduces what it is the first to bring into the ledger; that is
-- every table with a first_version, each by the way from its rows (r) to the batches.
create function rules.note_introduced() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
declare
    changed text := case tg_op
        when 'INSERT' then 'select * from new_rows where first_version is null'
        when 'DELETE' then 'select * from old_rows where first_version is null'
        else 'select * from new_rows where first_version is null except select * from old_rows'
    end;
    batches bigint[];
begin
    execute format(
        'select array_agg(distinct w.batch_id) from (%s) r cross join lateral (%s) w (batch_id)',
        changed, tg_argv[0]
    )
    into batches;
    if batches is not null then
        perform note_hand(batches);
    end if;
    return null;
end $$;

select rules.run(format(
    'create trigger introduced_%s after %1$s on %I referencing %s '
    'for each statement execute function rules.note_introduced(%L)',
    event, of_table, transition, way
))
from (values
    ('ledger_commitment', 'select r.introduced_by_id'),
    ('ledger_appropriation', 'select l.batch_id from ledger_line l where l.appropriation_id = r.id')
) as ways (of_table, way)
cross join (values
    ('insert', 'new table as new_rows'),
    ('update', 'old table as old_rows new table as new_rows'),
    ('delete', 'old table as old_rows')
) as events (event, transition);
