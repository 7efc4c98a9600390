-- What a posted text says in Spanish is kept beside the ledger by active analysts and administrators: of
-- texts that the public reads, word for word, and of none that was written in Spanish.
create trigger kept_by before insert or update or delete on ledger_translation
    for each row execute function rules.guard_by_analysts();

create view rules.texts_in_english as
select title as text from ledger_posting where language::text = 'en'
union
select reason from ledger_posting where language::text = 'en'
union
select self_approval_rule from ledger_posting
union
select self_approval_reason from ledger_posting
union
select remark from ledger_countersignature
union
select e.note
from ledger_entry e join ledger_posting p on p.version = e.version
where p.language::text = 'en'
union
select e.locator
from ledger_entry e join ledger_posting p on p.version = e.version
where p.language::text = 'en'
union
select f.locator from ledger_publishedfigure f
union
select d.note
from ledger_document d
where d.background
    or exists (select from ledger_entry e where e.document_id = d.id)
    or exists (select from ledger_appropriation a where a.law_id = d.id and a.first_version is not null)
    or exists (select from ledger_publishedfigure f where f.document_id = d.id);

create function rules.require_text_in_english() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
begin
    if not exists (select from texts_in_english t where t.text = new.original) then
        perform refuse('no_text_to_translate');
    end if;
    return new;
end $$;

create trigger of_a_text before insert on ledger_translation
    for each row execute function rules.require_text_in_english();
