-- Rule 8: an amount is not zero, not NaN, has no fraction of a cent and is under a trillion;
-- a date is a real day from 1990 on (posting refuses days that have not come yet).
select rules.run(format($ddl$
    alter table %I
        drop constraint if exists amount_of_dollars_and_cents,
        drop constraint if exists effective_date_in_range,
        drop constraint if exists stage_and_commitment,
        drop constraint if exists basis_known,
        add constraint amount_of_dollars_and_cents check (
            amount <> 0 and amount > -1e12 and amount < 1e12 and trunc(amount, 2) = amount
        ),
        add constraint effective_date_in_range check (
            effective_date >= '1990-01-01' and effective_date < '2100-01-01'
        ),
        add constraint stage_and_commitment check (
            stage = 'appropriated' and commitment_id is null
            or stage::text = any (array['committed', 'obligated', 'disbursed']) and commitment_id is not null
        ),
        add constraint basis_known check (basis::text = any (array['stated', 'press', 'inferred']))
$ddl$, of_table))
from unnest(array['ledger_line', 'ledger_entry']) of_table;

alter table ledger_batch
    drop constraint if exists state_known,
    drop constraint if exists version_when_posted,
    drop constraint if exists submission_known,
    add constraint state_known check (state::text = any (array['draft', 'submitted', 'posted'])),
    add constraint version_when_posted check ((state = 'posted') = (version is not null)),
    add constraint submission_known check (
        (submitted_by_id is null) = (submitted_at is null)
        and (state = 'draft') = (submitted_at is null)
    );
