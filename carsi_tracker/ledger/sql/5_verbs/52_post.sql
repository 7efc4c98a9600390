-- The one way into the journal. It locks the batch, its commitments and appropriations by id, the
-- documents whose files it cites, and the head, in this order; each lock and what is read under it are separate statements, so that
-- what is read is what others committed meanwhile.
create function rules.post(p_batch bigint, p_digest text, p_self_approval_reason text default '')
returns integer
language plpgsql security definer
set search_path = public, rules, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    person bigint := require_role('approver');
    batch ledger_batch := lock_batch(p_batch, 'submitted');
    content record;
    head ledger_head;
    posting ledger_posting;
    introduces_appropriations boolean;
begin
    perform from ledger_commitment
    where id in (select commitment_id from ledger_line where batch_id = p_batch)
    order by id for share;
    perform from ledger_appropriation
    where first_version is null
        and id in (select appropriation_id from ledger_line where batch_id = p_batch)
    order by id for no key update;
    introduces_appropriations := found;
    perform from ledger_document
    where id in (select document_id from ledger_line where batch_id = p_batch)
    order by id for key share;
    if introduces_appropriations then
        perform from ledger_document
        where id in (
            select a.law_id from ledger_line l join ledger_appropriation a on a.id = l.appropriation_id
            where l.batch_id = p_batch
        )
        order by id for key share;
    end if;
    -- An older snapshot would hold names and documents as they were: each change of them, committed since,
    -- changed this row too.
    if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
        perform from ledger_texts for share;
    end if;
    select * into content from read_batch(p_batch);
    if content.digest is distinct from p_digest then
        perform refuse('changed_since_read');
    end if;

    -- Rule 4: nobody posts what they had a hand in, but in an office of one, which says so.
    posting.self_approval_rule := '';
    posting.self_approval_reason := '';
    if exists (select from ledger_batcheditor where batch_id = p_batch and user_id = person) then
        select self_approval_rule into posting.self_approval_rule from ledger_office for share;
        posting.self_approval_reason := btrim(coalesce(p_self_approval_reason, ''));
        if posting.self_approval_rule = '' or is_empty(posting.self_approval_reason) then
            perform refuse('had_a_hand', jsonb_build_object(
                'self_approval_allowed', posting.self_approval_rule <> ''
            ));
        end if;
        if not is_plain(posting.self_approval_reason) then
            perform refuse('reason_of_one_line');
        end if;
    end if;

    -- Rule 5: versions are gapless, because the head stays locked to the commit.
    select * into head from ledger_head for no key update;
    posting.version := head.version + 1;
    posting.posted_at := greatest(clock(), head.posted_at + interval '1 microsecond');

    perform require_whole(p_batch, washington_day(posting.posted_at));
    perform require_sound_balances(p_batch);

    -- Rule 3: from here on, their attributes are frozen.
    if exists (select from ledger_commitment where introduced_by_id = p_batch) then
        update ledger_commitment set first_version = posting.version, language = batch.language
        where introduced_by_id = p_batch;
    end if;
    if introduces_appropriations then
        update ledger_appropriation set first_version = posting.version
        where first_version is null
            and id in (select appropriation_id from ledger_line where batch_id = p_batch);
    end if;

    posting.batch_id := p_batch;
    posting.title := batch.title;
    posting.reason := batch.reason;
    posting.language := batch.language;
    posting.reverses_id := batch.reverses_id;
    posting.approver_id := person;
    select display_name(u) into posting.approved_by from accounts_user u where u.id = person;
    posting.prepared_by := content.prepared_by;
    posting.entry_count := content.entry_count;
    posting.entries_sha256 := content.entries_sha256;
    posting.checksum := next_checksum(head.checksum, posting_text(posting));

    insert into ledger_posting select (posting).*;
    insert into ledger_entry (
        version, line, appropriation_id, commitment_id, stage, amount, effective_date, document_id,
        locator, basis, note, quote
    )
    select
        posting.version, row_number() over (order by id), appropriation_id, commitment_id, stage,
        amount, effective_date, document_id, locator, basis, note, quote
    from ledger_line where batch_id = p_batch;
    update ledger_head
    set version = posting.version, posted_at = posting.posted_at, checksum = posting.checksum;
    update ledger_batch set state = 'posted', version = posting.version where id = p_batch;
    return posting.version;
end $$;
