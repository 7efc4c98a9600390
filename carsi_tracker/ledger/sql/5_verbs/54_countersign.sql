-- Rule 4: a version that was posted without a second person may get one later, once. It is another
-- approver, who had no hand in the batch; the version and its checksum stay as they are. Where the clock ran
-- ahead when it was posted, it is signed no earlier.
alter table ledger_countersignature
    drop constraint if exists countersigning_in_few_words,
    add constraint countersigning_in_few_words check (length(remark) <= 1000);

create function rules.countersign(p_version integer, p_remark text) returns void
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
declare
    acting bigint := require_role('approver');
    posted ledger_posting;
    first ledger_countersignature;
begin
    select * into posted from ledger_posting where version = p_version;
    if not found then
        perform refuse('no_such_version', jsonb_build_object('version', p_version));
    end if;
    if posted.self_approval_reason = '' then
        perform refuse('posted_by_two', jsonb_build_object('version', p_version));
    end if;
    if acting = posted.approver_id or exists (
        select from ledger_batcheditor where batch_id = posted.batch_id and user_id = acting
    ) then
        perform refuse('prepared_or_posted_it', jsonb_build_object('version', p_version));
    end if;
    insert into ledger_countersignature (posting_id, person_id, signed_by, signed_at, remark)
    select p_version, acting, display_name(u), greatest(clock(), posted.posted_at), btrim(coalesce(p_remark, ''))
    from accounts_user u where u.id = acting
    on conflict (posting_id) do nothing;
    if not found then
        select * into first from ledger_countersignature where posting_id = p_version;
        perform refuse('countersigned_already', jsonb_build_object(
            'version', p_version, 'who', first.signed_by, 'when', first.signed_at
        ));
    end if;
    update ledger_texts set revision = revision + 1;
end $$;

create trigger final before update or delete on ledger_countersignature
    for each row execute function rules.refuse_change_of_journal();
create trigger verbs_only before insert on ledger_countersignature
    for each statement execute function rules.guard_journal();
