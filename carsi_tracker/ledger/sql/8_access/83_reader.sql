-- What the reading role may do, on a server that has one: read what the public sees, and nothing else. No
-- drafts, people, sessions, secrets or audit trail, and of what a draft introduces nothing before it is
-- posted. Machines that serve the public site alone speak as it.

-- Whether the public sees a document: it is cited, a law, background, or a total was published in it.
create function rules.is_shown(p_document bigint) returns boolean
language sql stable security definer set search_path = public, rules, pg_temp
as $$
    select exists (select from ledger_entry where document_id = p_document)
        or exists (
            select from ledger_appropriation
            where law_id = p_document and first_version is not null
        )
        or exists (select from ledger_publishedfigure where document_id = p_document)
        or exists (select from ledger_document where id = p_document and background)
$$;

do $$
declare
    item text;
    has_reader boolean := exists (select from pg_roles where rolname = 'carsi_reader');
begin
    foreach item in array array[
        'ledger_commitment', 'ledger_appropriation', 'ledger_document', 'ledger_documentfile'
    ] loop
        execute format('alter table %I enable row level security', item);
        execute format('drop policy if exists everybody on %I', item);
        execute format('create policy everybody on %I using (true) with check (true)', item);
        execute format('drop policy if exists only_posted on %I', item);
        continue when not has_reader;
        execute format(
            'create policy only_posted on %I as restrictive for select to carsi_reader using (%s)', item,
            case item
                when 'ledger_document' then 'rules.is_shown(id)'
                when 'ledger_documentfile' then 'rules.is_shown(document_id)'
                else 'first_version is not null'
            end
        );
    end loop;
    revoke execute on function rules.is_shown(bigint) from public;
    if not has_reader then
        return;
    end if;
    for item in
        select c.oid::regclass::text from pg_class c
        where c.relkind in ('r', 'v', 'S') and pg_has_role(c.relowner, 'usage')
            and c.relnamespace in ('public'::regnamespace, 'rules'::regnamespace)
    loop
        execute format('revoke all on %s from carsi_reader', item);
    end loop;
    grant usage on schema public, rules to carsi_reader;
    grant select on
        ledger_account, ledger_appropriation, ledger_commitment, ledger_countersignature, ledger_country,
        ledger_document, ledger_documentfile, ledger_entry, ledger_goal, ledger_head, ledger_openquestion,
        ledger_organization, ledger_posting, ledger_programmingarea, ledger_publishedfigure, ledger_texts,
        ledger_translation, django_migrations, rules.posted_text
    to carsi_reader;
    foreach item in array array[
        'is_shown(bigint)', 'neutralised(text)', 'csv(text[])', 'entries_header()', 'versions_header()',
        'posting_text(ledger_posting)', 'is_empty(text)'
    ] loop
        execute format('grant execute on function rules.%s to carsi_reader', item);
    end loop;
end $$;
