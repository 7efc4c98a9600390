-- Rule 7: a reversal is the exact negation of one version at the same dates, once per version; it
-- keeps document and basis too, so that figures filtered by them come out even; and its texts, but for
-- characters from before the rule about texts, with their language.
create function rules.reverse(p_version integer, p_title text, p_reason text) returns bigint
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
declare
    made bigint;
    first record;
begin
    perform require_role('analyst');
    if not exists (select from ledger_posting where version = p_version) then
        perform refuse('no_such_version', jsonb_build_object('version', p_version));
    end if;
    insert into ledger_batch (title, reason, language, reverses_id, state, revision, created_at)
    select p_title, p_reason, language, version, 'draft', 0, clock_timestamp()
    from ledger_posting where version = p_version
    on conflict (reverses_id) do nothing
    returning id into made;
    if made is null then
        select id, title, state, version into first from ledger_batch where reverses_id = p_version;
        perform refuse('reversed_already', jsonb_build_object(
            'version', p_version, 'batch', first.id, 'title', first.title,
            'state', first.state, 'by_version', first.version
        ));
    end if;
    insert into ledger_line (
        batch_id, appropriation_id, commitment_id, stage, amount, effective_date, document_id,
        locator, basis, note, quote, revision
    )
    select
        made, appropriation_id, commitment_id, stage, -amount, effective_date, document_id,
        made_plain(locator), basis, made_plain(note), made_plain(quote), 0
    from ledger_entry
    where version = p_version
    order by line;
    return made;
end $$;

create function rules.require_exact_reversal(p_batch bigint, p_version integer) returns void
language plpgsql set search_path = public, rules, pg_temp
as $$
begin
    if exists (
        select from (
            select
                appropriation_id, commitment_id, stage, -amount as amount, effective_date,
                document_id, basis, 1 as side
            from ledger_line where batch_id = p_batch
            union all
            select
                appropriation_id, commitment_id, stage, amount, effective_date,
                document_id, basis, -1
            from ledger_entry where version = p_version
        ) both_sides
        group by
            appropriation_id, commitment_id, stage, amount, effective_date, document_id, basis
        having sum(side) <> 0
    ) then
        perform refuse('reversal_altered', jsonb_build_object('version', p_version));
    end if;
end $$;
