-- Texts are found without regard to accents and case, and a part of a note by an index of its
-- three-letter pieces. The function stays outside the schema `rules`, so that the index outlives
-- a new application of these files; its body is bound when it is made, so no path can turn it.
create extension if not exists pg_trgm with schema public;

create or replace function public.folded(written text) returns text
language sql immutable strict parallel safe
return lower(regexp_replace(normalize(written, nfd), U&'[\0300-\036F]', '', 'g'));

select rules.keep_index(
    'entry_' || name,
    format('on ledger_entry using gin (folded(%1$I) gin_trgm_ops) where %1$I <> ''''', of_column),
    'folded(text)'
)
from (
    values ('notes', 'note'), ('quotes', 'quote'), ('locators', 'locator')
) as kept (name, of_column);
