-- Texts are found without regard to accents and case, and a part of a note by an index of its
-- three-letter pieces. The function stays outside the schema `rules`, so that the index outlives
-- a new application of these files; its body is bound when it is made, so no path can turn it.
create extension if not exists pg_trgm with schema public;

create or replace function public.folded(written text) returns text
language sql immutable strict parallel safe
return lower(regexp_replace(normalize(written, nfd), U&'[\0300-\036F]', '', 'g'));

create index if not exists entry_notes on ledger_entry using gin (folded(note) gin_trgm_ops)
    where note <> '';
create index if not exists entry_quotes on ledger_entry using gin (folded(quote) gin_trgm_ops)
    where quote <> '';
create index if not exists entry_locators on ledger_entry
    using gin (folded(locator) gin_trgm_ops)
    where locator <> '';
