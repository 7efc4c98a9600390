-- Rule 3, foundation: what is referred to can't vanish, not even until commit. Django declares
-- foreign keys deferrable, which would let a referred row appear after a check was made, and without
-- an action, which would let one statement put another row (another country, say) in its place.
select rules.run(format(
    'alter table %s drop constraint %I, add constraint %2$I %s on delete restrict on update restrict',
    conrelid::regclass, conname,
    split_part(split_part(pg_get_constraintdef(k.oid), ' ON ', 1), ' DEFERRABLE', 1)
))
from pg_constraint k join pg_class c on c.oid = k.conrelid
where contype = 'f' and c.relnamespace = 'public'::regnamespace
    and c.relname like 'ledger\_%'
    and (condeferrable or confdeltype <> 'r' or confupdtype not in ('r', 'c'));

-- An amount counts against the appropriation of its own commitment.
alter table ledger_entry drop constraint if exists entry_commitment_of_appropriation;
alter table ledger_line drop constraint if exists line_commitment_of_appropriation;
alter table ledger_commitment drop constraint if exists commitment_of_appropriation;

alter table ledger_commitment
    add constraint commitment_of_appropriation unique (id, appropriation_id);

alter table ledger_entry
    add constraint entry_commitment_of_appropriation
    foreign key (commitment_id, appropriation_id)
    references ledger_commitment (id, appropriation_id)
    on delete restrict on update restrict;

alter table ledger_line
    add constraint line_commitment_of_appropriation
    foreign key (commitment_id, appropriation_id)
    references ledger_commitment (id, appropriation_id)
    on delete restrict on update cascade;

-- What the sums of rules 1 and 2 read: one appropriation, or one commitment, day by day.
select rules.keep_index(
    'entry_ceiling',
    $$on ledger_entry (appropriation_id, effective_date) include (stage, amount)
    where stage in ('appropriated', 'committed')$$
);
select rules.keep_index(
    'entry_stages', 'on ledger_entry (commitment_id, effective_date) include (stage, amount)'
);

-- What lists of entries show: one day after the other.
select rules.keep_index('entry_days', 'on ledger_entry (effective_date, version, line)');
