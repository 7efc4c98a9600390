-- A ledger that was published elsewhere is loaded by the owner alone, into an empty one, in one transaction.
-- What these functions write is computed here; who calls them compares it with what was published.

-- Makes the next version of a batch, at the time and by the names with which it was published. Of hands and
-- approver it takes the people that stand for those names. Gives what it computed.
create function rules.load_version(
    p_batch bigint, p_posted_at timestamptz, p_prepared_by text[], p_hands bigint[],
    p_approved_by text, p_approver bigint, p_self_approval_rule text, p_self_approval_reason text,
    out entry_count integer, out entries_sha256 text, out checksum text
)
language plpgsql set search_path = public, rules, pg_temp
as $$
declare
    head ledger_head;
    batch ledger_batch;
    content record;
    seen jsonb;
    posting ledger_posting;
begin
    if not runs_as_owner() then
        perform refuse('loaded_by_owner');
    end if;
    select * into head from ledger_head for no key update;
    if head.version > 0 and not exists (
        select from ledger_posting
        where version = head.version and loaded_at = transaction_timestamp()
    ) then
        perform refuse('loaded_into_empty');
    end if;
    select * into batch from ledger_batch where id = p_batch;
    insert into ledger_batcheditor (batch_id, user_id) select p_batch, unnest(p_hands)
    on conflict do nothing;
    update ledger_commitment set first_version = head.version + 1 where introduced_by_id = p_batch;
    update ledger_appropriation set first_version = head.version + 1
    where first_version is null
        and id in (select appropriation_id from ledger_line where batch_id = p_batch);
    seen := described(p_batch);
    select * into content from read_batch(p_batch, seen);

    posting.version := head.version + 1;
    posting.posted_at := p_posted_at;
    posting.batch_id := p_batch;
    posting.title := batch.title;
    posting.reason := batch.reason;
    posting.language := batch.language;
    posting.reverses_id := batch.reverses_id;
    posting.prepared_by := p_prepared_by;
    posting.approver_id := p_approver;
    posting.approved_by := p_approved_by;
    posting.self_approval_rule := p_self_approval_rule;
    posting.self_approval_reason := p_self_approval_reason;
    posting.entry_count := content.entry_count;
    posting.entries_sha256 := content.entries_sha256;
    posting.checksum := next_checksum(head.checksum, posting_text(posting));
    posting.loaded_at := transaction_timestamp();

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
    insert into ledger_submission (batch_id, submitted_by_id, submitted_at, digest, content)
    values (p_batch, p_hands[1], p_posted_at, content.digest, batch_content(p_batch, seen));
    update ledger_batch
    set state = 'posted', version = posting.version, created_at = p_posted_at,
        submitted_by_id = p_hands[1], submitted_at = p_posted_at
    where id = p_batch;
    entry_count := posting.entry_count;
    entries_sha256 := posting.entries_sha256;
    checksum := posting.checksum;
end $$;

-- Adds the second person's word with which a loaded version was published.
create function rules.load_countersignature(
    p_version integer, p_person bigint, p_signed_by text, p_signed_at timestamptz, p_remark text
) returns void
language plpgsql set search_path = public, rules, pg_temp
as $$
begin
    if not runs_as_owner() then
        perform refuse('loaded_by_owner');
    end if;
    insert into ledger_countersignature (posting_id, person_id, signed_by, signed_at, remark)
    values (p_version, p_person, p_signed_by, p_signed_at, p_remark);
    update ledger_texts set revision = revision + 1;
end $$;

-- Notes in the audit trail which ledger was loaded; verification asks for it.
create function rules.note_loaded() returns void
language plpgsql set search_path = public, rules, pg_temp
as $$
begin
    if not runs_as_owner() then
        perform refuse('loaded_by_owner');
    end if;
    perform note_event(
        'ledger_loaded', jsonb_build_object('version', version, 'checksum', checksum)
    ) from ledger_head;
end $$;
