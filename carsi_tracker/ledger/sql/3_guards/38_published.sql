-- What others published is kept beside the ledger by active analysts and administrators: it is no entry,
-- stands in no file that is hashed, and asks the ledger a question that has an answer.
create function rules.guard_by_analysts() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
begin
    if not runs_as_owner() then
        perform from accounts_user
        where id = require_actor() and is_active and (is_analyst or is_administrator)
        for share;
        if not found then
            perform refuse('role_missing', '{"role": "analyst"}');
        end if;
    end if;
    return coalesce(new, old);
end $$;

create trigger kept_by before insert or update or delete on ledger_publishedfigure
    for each row execute function rules.guard_by_analysts();

select rules.hold('ledger_publishedfigure', 'published_amount', array[
    'new.amount >= 0 and new.amount < 1e12 and trunc(new.amount, 2) = new.amount',
    'new.tolerance >= 0 and new.tolerance < 1e12 and trunc(new.tolerance, 2) = new.tolerance'
]);
select rules.hold('ledger_publishedfigure', 'published_period', array[
    'new.as_of >= date ''1990-01-01'' and new.as_of <= rules.washington_day(rules.clock())',
    'new.date_from >= date ''1990-01-01'' and new.date_from <= new.as_of'
]);
-- What is appropriated is of no area, country or agency yet.
select rules.hold('ledger_publishedfigure', 'published_question', array[
    'new.measure::text <> all (array[''appropriated'', ''available''])'
    ' or num_nonnulls(new.area_id, new.country_id, new.agency_id) = 0'
]);
-- What a page in English would not show is not written in Spanish alone.
select rules.hold('ledger_publishedfigure', 'published_in_english', array[
    'new.wider <> '''' or new.wider_es = ''''',
    'new.explanation <> '''' or new.explanation_es = '''''
]);

-- What documents leave open, and what would settle it, is kept in the same way.
create trigger kept_by before insert or update or delete on ledger_openquestion
    for each row execute function rules.guard_by_analysts();
select rules.hold('ledger_openquestion', 'published_question', array[
    'new.measure::text <> ''available'''
    ' or num_nonnulls(new.area_id, new.country_id, new.agency_id) = 0'
]);
