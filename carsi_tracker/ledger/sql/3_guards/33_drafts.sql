-- Rule 4: whoever adds, changes or deletes a line, edits a batch, or edits what it introduces
-- (34_introduced.sql), has a hand in it; and every such change makes a submitted batch a draft again.

-- Locks the batches, so that an edit and a posting wait for each other.
create function rules.note_hand(p_batches bigint[]) returns void
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
declare
    person bigint := require_actor();
    posted record;
begin
    perform from ledger_batch where id = any(p_batches) order by id for no key update;
    select id, version into posted
    from ledger_batch where id = any(p_batches) and state = 'posted' limit 1;
    if found then
        perform refuse('batch_is_posted', jsonb_build_object('version', posted.version));
    end if;
    update ledger_batch
    set state = 'draft', submitted_by_id = null, submitted_at = null, revision = revision + 1
    where id = any(p_batches);
    insert into ledger_batcheditor (batch_id, user_id, changed_at)
    select id, person, clock() from ledger_batch where id = any(p_batches)
    on conflict (batch_id, user_id) do update set changed_at = excluded.changed_at;
end $$;

create function rules.stamp_line() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
begin
    if tg_op = 'UPDATE' then
        if new.batch_id <> old.batch_id then
            perform refuse('line_keeps_its_batch');
        end if;
        new.revision := old.revision + 1;
    else
        new.revision := 0;
    end if;
    -- As actor() has it, written out because this runs for each of up to 100,000 lines.
    new.changed_by_id := nullif(current_setting('carsi.actor', true), '')::bigint;
    if new.changed_by_id is null then
        perform require_actor();
    end if;
    new.changed_at := clock_timestamp();
    return new;
end $$;

create trigger stamp before insert or update on ledger_line
    for each row execute function rules.stamp_line();

create function rules.note_lines() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
declare
    foreign_commitment text;
begin
    if tg_op = 'DELETE' then
        perform note_hand(array(select distinct batch_id from old_lines));
        return null;
    end if;
    perform note_hand(array(select distinct batch_id from new_lines));
    -- An appropriation that these lines introduce is really updated, so that whoever edits it from an
    -- older snapshot, which does not hold them, fails instead of having no hand in their batch.
    perform from ledger_appropriation
    where first_version is null and id in (select appropriation_id from new_lines);
    if found then
        update ledger_appropriation set law_id = law_id
        where first_version is null and id in (select appropriation_id from new_lines);
    end if;
    -- A statement may bring 100,000 lines of few commitments.
    with used as materialized (select distinct commitment_id, batch_id from new_lines)
    select c.reference into foreign_commitment
    from used u
    join ledger_commitment c on c.id = u.commitment_id
    where c.first_version is null and c.introduced_by_id <> u.batch_id
    limit 1;
    if found then
        perform refuse(
            'commitment_of_another_batch', jsonb_build_object('reference', foreign_commitment)
        );
    end if;
    return null;
end $$;

create trigger note_insert after insert on ledger_line
    referencing new table as new_lines
    for each statement execute function rules.note_lines();
create trigger note_update after update on ledger_line
    referencing new table as new_lines
    for each statement execute function rules.note_lines();
create trigger note_delete after delete on ledger_line
    referencing old table as old_lines
    for each statement execute function rules.note_lines();

-- A batch's state, version and people are written by the verbs alone; its title, reason and language
-- by anybody, as a hand.
create function rules.guard_batch() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
begin
    if tg_op = 'INSERT' then
        new.created_by_id := require_actor();
        new.keeper_id := new.created_by_id;
        new.created_at := clock_timestamp();
        new.revision := 0;
        if new.state <> 'draft' or new.version is not null or new.submitted_at is not null then
            perform refuse('batch_starts_as_draft');
        end if;
        return new;
    end if;
    if runs_as_owner() then
        return new;
    end if;
    if old.state = 'posted' then
        perform refuse('batch_is_posted', jsonb_build_object('version', old.version));
    end if;
    if (to_jsonb(new) - '{title,reason,language,state,submitted_by_id,submitted_at,revision}'::text[])
            <> (to_jsonb(old) - '{title,reason,language,state,submitted_by_id,submitted_at,revision}'::text[])
        or new.state not in (old.state, 'draft')
    then
        perform refuse('state_by_verbs_only');
    end if;
    if (new.title, new.reason, new.language) = (old.title, old.reason, old.language) then
        return old;
    end if;
    new.state := 'draft';
    new.submitted_by_id := null;
    new.submitted_at := null;
    new.revision := old.revision + 1;
    return new;
end $$;

create trigger guard before insert or update on ledger_batch
    for each row execute function rules.guard_batch();

create function rules.guard_batch_delete() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
begin
    if old.state = 'posted' then
        perform refuse('batch_is_posted', jsonb_build_object('version', old.version));
    end if;
    if not runs_as_owner() then
        perform refuse('state_by_verbs_only');
    end if;
    return old;
end $$;

create trigger guard_delete before delete on ledger_batch
    for each row execute function rules.guard_batch_delete();

create function rules.note_batch() returns trigger
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
begin
    insert into ledger_batcheditor (batch_id, user_id, changed_at)
    values (new.id, require_actor(), clock())
    on conflict (batch_id, user_id) do update set changed_at = excluded.changed_at;
    return null;
end $$;

create trigger note_insert after insert on ledger_batch
    for each row execute function rules.note_batch();
create trigger note_update after update on ledger_batch
    for each row
    -- Written out: of more than two columns, a dump would write rows that are compared in other words.
    when (
        old.title is distinct from new.title or old.reason is distinct from new.reason
        or old.language is distinct from new.language
    )
    execute function rules.note_batch();

-- A new commitment belongs to its batch; a posted one keeps all but what only describes it: its titles,
-- and whether its amount is a limit (rule 3).
create function rules.correctable() returns text[]
language sql immutable set search_path = pg_catalog, pg_temp
as $$
    select '{title,title_es,language,bound,bound_note,bound_note_es,treasury_account,available_until}'
        ::text[]
$$;

create function rules.guard_commitment() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
begin
    if tg_op <> 'INSERT' and old.first_version is not null then
        if tg_op = 'DELETE'
            or to_jsonb(new) - correctable() <> to_jsonb(old) - correctable()
        then
            perform refuse(
                'frozen', jsonb_build_object('what', 'commitment', 'reference', old.reference)
            );
        end if;
        -- Every sum that holds it changes its mark.
        if not runs_as_owner() and (old.bound, old.bound_note, old.bound_note_es)
            is distinct from (new.bound, new.bound_note, new.bound_note_es)
        then
            perform require_role('analyst');
            if is_empty(current_setting('carsi.reason', true)) then
                perform refuse('limit_has_a_reason');
            end if;
        end if;
        return new;
    end if;
    if runs_as_owner() and tg_op = 'UPDATE' and new.first_version is not null then
        return new;
    end if;
    if tg_op <> 'DELETE' and new.first_version is not null then
        perform refuse('version_is_final', '{"table": "ledger_commitment"}');
    end if;
    if tg_op = 'UPDATE' and new.introduced_by_id <> old.introduced_by_id then
        perform refuse('line_keeps_its_batch');
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;

create trigger guard before insert or update or delete on ledger_commitment
    for each row execute function rules.guard_commitment();
