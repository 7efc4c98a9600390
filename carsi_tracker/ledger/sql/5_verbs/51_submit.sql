-- Rule 4: the verbs that take a batch to an approver and back.

-- How many lines a batch has at most.
create function rules.most_lines() returns integer
language sql immutable set search_path = pg_catalog, pg_temp
as $$ select 100000 $$;

-- What a batch must be to be submitted, and again to be posted on the given day.
create function rules.require_whole(p_batch bigint, p_day date) returns void
language plpgsql set search_path = public, rules, pg_temp
as $$
declare
    size integer;
    last_day date;
    unused text;
    reversed integer;
begin
    select count(*), max(effective_date) into size, last_day
    from ledger_line where batch_id = p_batch;
    if size = 0 then
        perform refuse('batch_is_empty');
    end if;
    if size > most_lines() then
        perform refuse('batch_too_long', jsonb_build_object('lines', size, 'limit', most_lines()));
    end if;
    if last_day > p_day then
        perform refuse('date_not_come', jsonb_build_object('date', last_day, 'today', p_day));
    end if;
    select c.reference into unused
    from ledger_commitment c
    where c.introduced_by_id = p_batch
        and not exists (
            select from ledger_line l where l.commitment_id = c.id and l.batch_id = p_batch
        )
    order by c.reference limit 1;
    if found then
        perform refuse('commitment_without_amount', jsonb_build_object('reference', unused));
    end if;
    perform require_moves(p_batch);
    select reverses_id into reversed from ledger_batch where id = p_batch;
    if reversed is not null then
        perform require_exact_reversal(p_batch, reversed);
    end if;
end $$;

-- Locks a batch to the end of the transaction and requires a state of it.
create function rules.lock_batch(p_batch bigint, p_state text) returns ledger_batch
language plpgsql set search_path = public, rules, pg_temp
as $$
declare
    batch ledger_batch;
    posting ledger_posting;
begin
    select * into batch from ledger_batch where id = p_batch for no key update;
    if not found then
        perform refuse('no_such_batch');
    end if;
    if batch.state = 'posted' then
        select * into posting from ledger_posting where batch_id = p_batch;
        perform refuse('posted_already', jsonb_build_object(
            'version', posting.version, 'approved_by', posting.approved_by,
            'posted_at', posting.posted_at
        ));
    end if;
    if batch.state <> p_state then
        perform refuse(case p_state when 'draft' then 'not_a_draft' else 'not_submitted' end);
    end if;
    return batch;
end $$;

create function rules.submit(p_batch bigint) returns text
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
declare
    person bigint := require_role('analyst');
    seen jsonb;
    shown text;
begin
    perform lock_batch(p_batch, 'draft');
    perform require_whole(p_batch, washington_day(clock()));
    perform require_sound_balances(p_batch);
    update ledger_batch
    set state = 'submitted', submitted_by_id = person, submitted_at = clock()
    where id = p_batch;
    insert into ledger_batcheditor (batch_id, user_id) values (p_batch, person)
    on conflict do nothing;
    seen := described(p_batch);
    select digest into shown from read_batch(p_batch, seen);
    insert into ledger_submission (batch_id, submitted_by_id, submitted_at, digest, content)
    select id, submitted_by_id, submitted_at, shown, batch_content(id, seen)
    from ledger_batch where id = p_batch;
    return shown;
end $$;

create function rules.withdraw(p_batch bigint) returns void
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
begin
    perform require_role('analyst');
    perform lock_batch(p_batch, 'submitted');
    perform note_hand(array[p_batch]);
end $$;

-- Sending back is not a hand: whoever reads and refuses a batch may post its next state.
create function rules.send_back(p_batch bigint, p_remark text) returns void
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
declare
    person bigint := require_role('approver');
begin
    perform lock_batch(p_batch, 'submitted');
    if is_empty(p_remark) then
        perform refuse('remark_missing');
    end if;
    update ledger_batch
    set state = 'draft', submitted_by_id = null, submitted_at = null, revision = revision + 1
    where id = p_batch;
    insert into ledger_remark (batch_id, author_id, written_at, text)
    values (p_batch, person, clock(), p_remark);
end $$;

-- Discarding a draft discards what it introduced.
create function rules.discard(p_batch bigint) returns void
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
begin
    perform require_role('analyst');
    perform lock_batch(p_batch, 'draft');
    delete from ledger_line where batch_id = p_batch;
    delete from ledger_commitment where introduced_by_id = p_batch;
    delete from ledger_remark where batch_id = p_batch;
    delete from ledger_submission where batch_id = p_batch;
    delete from ledger_reading where batch_id = p_batch;
    delete from ledger_batcheditor where batch_id = p_batch;
    delete from ledger_batch where id = p_batch;
end $$;
