-- The file of a document is what it was when it was added: size and SHA-256 are those of its content,
-- it is never changed, and it stays once an entry cites the document, or a posted appropriation has it
-- as its law; another file is another document. Its coming and going stands in the document's history,
-- and public pages are told of it.
alter table ledger_documentfile
    drop constraint if exists file_as_it_was,
    drop constraint if exists file_of_bounded_size,
    drop constraint if exists file_of_a_known_kind,
    drop constraint if exists file_name_without_folders,
    add constraint file_as_it_was check (
        size = octet_length(content) and sha256 = encode(sha256(content), 'hex')
    ),
    add constraint file_of_bounded_size check (size > 0 and size <= 10000000),
    add constraint file_of_a_known_kind check (
        media_type::text = any (array[
            'application/pdf', 'image/png', 'image/jpeg', 'text/plain', 'text/csv',
            'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
            'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
            'application/vnd.oasis.opendocument.spreadsheet',
            'application/vnd.oasis.opendocument.text'
        ])
    ),
    add constraint file_name_without_folders check (name !~ '[/\\]');

create function rules.guard_file() returns trigger
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
declare
    file ledger_documentfile := coalesce(new, old);
    document jsonb;
    described jsonb;
begin
    if tg_op = 'UPDATE' then
        perform refuse('file_is_final');
    end if;
    -- A posting that cites the document holds it from before it is read to the end (52_post.sql):
    -- wait for it, and then see what it wrote, which an older snapshot would not.
    perform from ledger_document where id = file.document_id for update;
    if tg_op = 'DELETE' then
        if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
            perform refuse('reads_what_is_committed');
        end if;
        if exists (select from ledger_entry where document_id = old.document_id)
            or exists (
                select from ledger_appropriation
                where law_id = old.document_id and first_version is not null
            )
        then
            perform refuse('file_of_cited_document', jsonb_build_object('name', old.name));
        end if;
    end if;
    if tg_op = 'INSERT' then
        new.added_by_id := require_actor();
        new.added_at := clock_timestamp();
    end if;
    select to_jsonb(d) into document from ledger_document d where id = file.document_id;
    described := document || jsonb_build_object(
        'file',
        format('%s, %s bytes, SHA-256 %s, %s', file.name, file.size, file.sha256, file.media_type)
    );
    insert into ledger_change ("table", "row", action, before, after, user_id, reason, changed_at)
    values (
        'ledger_document', file.document_id, 'UPDATE',
        case tg_op when 'INSERT' then document else described end,
        case tg_op when 'INSERT' then described else document end,
        require_actor(), coalesce(current_setting('carsi.reason', true), ''), clock_timestamp()
    );
    update ledger_texts set revision = revision + 1;
    return coalesce(new, old);
end $$;

create trigger guard before insert or update or delete on ledger_documentfile
    for each row execute function rules.guard_file();
