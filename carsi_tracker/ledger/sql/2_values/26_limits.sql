-- A commitment that is a limit says what makes it one, in English at least; one that is none says nothing.
select rules.hold('ledger_commitment', 'limit_explained', array[
    $$(new.bound = '') = (new.bound_note = '')$$,
    $$new.bound_note_es = '' or new.bound_note <> ''$$
]);
