-- Codes of lists that others keep (Treasury, the DAC, IATI) are written as those write them, or left empty.
select rules.hold('ledger_account', 'code_of_another_list', array[
    $$new.federal_account ~ '^([0-9]{3}-[0-9]{4})?$'$$
]);
select rules.hold('ledger_appropriation', 'code_of_another_list', array[
    $$new.treasury_account ~ '^([0-9]{3}-([0-9]{4}/[0-9]{4}|X)-[0-9]{4}-[0-9]{3})?$'$$,
    $$case
        when new.available_until ~ '^(no-year|FY(199[0-9]|20[0-9]{2}|2100))?$' then true
        when new.available_until ~ '^(199[0-9]|20[0-9]{2}|2100)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
            then right(new.available_until, 2)::integer <= date_part('day', make_date(
                left(new.available_until, 4)::integer, substr(new.available_until, 6, 2)::integer, 1
            ) + interval '1 month -1 day')
        else false
    end$$
]);
select rules.hold('ledger_programmingarea', 'code_of_another_list', array[
    $$new.dac_sector ~ '^([1-9][0-9]{4})?$'$$
]);
select rules.hold('ledger_organization', 'code_of_another_list', array[
    $$new.iati_identifier ~ '^([A-Z]{2,3}-[A-Z]{3,}-[A-Za-z0-9._-]+)?$'$$,
    $$new.iati_type::text = any (
        '{"",10,11,15,21,22,23,24,30,40,60,70,71,72,73,80,90}'::text[]
    )$$
]);
