-- What the application role may do: read all, write the desk and the reference data, call the
-- verbs. It owns nothing, and it has no way to write the journal. Whatever else was granted to it or
-- to others, but reading, is taken back.
do $$
declare
    application text := current_setting('carsi.application_role');
    item text;
begin
    for item in
        select distinct format(
            'revoke %s on %s from %s', g.privilege_type, c.oid::regclass,
            case g.grantee when 0 then 'public' else g.grantee::regrole::text end
        )
        from pg_class c
        cross join lateral (
            select c.relacl as acl
            union all
            select attacl from pg_attribute where attrelid = c.oid
        ) a
        cross join aclexplode(a.acl) g
        where c.relkind in ('r', 'v', 'S') and g.grantee <> c.relowner
            and c.relnamespace in ('public'::regnamespace, 'rules'::regnamespace)
            and g.privilege_type not in ('SELECT', 'USAGE')
    loop
        execute item;
    end loop;
    revoke create on schema public from public;
    execute format('revoke create on schema public from %I', application);
    execute format('grant usage on schema public, rules to %I', application);
    execute format('grant select on all tables in schema public, rules to %I', application);
    execute format('grant usage on all sequences in schema public to %I', application);

    foreach item in array array[
        'ledger_account', 'ledger_programmingarea', 'ledger_country', 'ledger_goal',
        'ledger_organization', 'ledger_document', 'ledger_appropriation', 'ledger_commitment',
        'ledger_line', 'accounts_user', 'accounts_user_groups', 'accounts_user_user_permissions',
        'django_session', 'ledger_documentfile', 'ledger_upload', 'ledger_pastehabit', 'ledger_publishedfigure',
        'ledger_openquestion', 'ledger_translation',
        'account_emailaddress', 'mfa_authenticator', 'socialaccount_socialaccount', 'usersessions_usersession', 'accounts_attempt',
        'mail_waitingmail'
    ] loop
        execute format('grant insert, update, delete on %I to %I', item, application);
    end loop;
    execute format('grant delete on socialaccount_socialtoken to %I', application);
    execute format('grant insert, update (title, reason, language) on ledger_batch to %I', application);
    execute format('grant insert on ledger_remark, accounts_event, django_admin_log to %I', application);
    execute format('grant insert on monitoring_verification, monitoring_witnessedversion to %I', application);

    revoke execute on all functions in schema rules from public;
    foreach item in array array[
        'actor()', 'require_actor()', 'require_role(text)', 'is_empty(text)', 'what_shows()', 'refuse(text, jsonb)', 'runs_as_owner()', 'clock()',
        'washington_day(timestamptz)', 'note_hand(bigint[])', 'csv(text[])', 'entries_header()',
        'versions_header()', 'posting_text(ledger_posting)', 'first_checksum()', 'sha256_hex(text)',
        'next_checksum(text, text)', 'balances_by_day(bigint[], bigint[], date, bigint, bigint[])',
        'touched_by(bigint)', 'broken_balances(bigint, bigint[])',
        'resting_on(bigint, integer)', 'unsound_balances(bigint, bigint[])',
        'takers_of_room(bigint[], bigint, bigint, text, date)', 'try_in_turn(bigint[])',
        'require_sound_balances(bigint)', 'require_exact_reversal(bigint, integer)',
        'most_lines()', 'require_whole(bigint, date)', 'read_batch(bigint, jsonb)',
        'batch_digest(bigint)', 'submit(bigint)',
        'withdraw(bigint)', 'send_back(bigint, text)', 'discard(bigint)',
        'reverse(integer, text, text)', 'post(bigint, text, text)', 'hand_over(bigint, bigint)',
        'described(bigint)', 'preparers(bigint)', 'batch_content(bigint, jsonb)',
        'content_read(bigint, text)',
        'note_reading(bigint)', 'rows_changed(jsonb, jsonb, text)', 'uneven_moves(bigint)',
        'require_moves(bigint)', 'countersign(integer, text)',
        'open_incoming()', 'count_incoming()', 'verify()',
        'verify_files(integer, integer)', 'verify_chain()', 'verify_journal()',
        'verify_balances()', 'verify_first_versions()', 'verify_moves()', 'verify_reversals()',
        'verify_batches()', 'verify_lines()', 'verify_submissions()', 'names_of_people()',
        'verify_people()', 'verify_trail()', 'verify_history()', 'disagree(jsonb, jsonb)',
        'change_allowed(text, jsonb, jsonb)', 'correctable()',
        'display_name(accounts_user)', 'made_plain(text)', 'is_plain(text, boolean)', 'odd_in_text(boolean)',
        'name_as_printed_now(text)', 'neutralised(text)'
    ] loop
        execute format('grant execute on function rules.%s to %I', item, application);
    end loop;
end $$;
