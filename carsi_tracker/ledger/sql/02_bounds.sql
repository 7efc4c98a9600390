-- Every time, day, number and length that somebody other than the verbs may write has bounds, so that
-- no row can hold what a page could not show: no infinity, no day before Christ, no number that the
-- next change would take out of its type. They are not validated: what a version holds from before
-- them is final.
do $$
declare
    of_table record;
begin
    for of_table in
        select name, string_agg(rule, ' and ' order by rule) as rule
        from (
            select c.relname as name, format(
                '%1$I >= timestamptz ''1990-01-01 00:00+00'' and %1$I < timestamptz %2$L', a.attname,
                case c.relname  -- Django's cache writes the last moment that Python knows
                    when 'accounts_attempt' then '10000-01-01 00:00+00' else '2200-01-01 00:00+00'
                end
            ) as rule
            from pg_class c join pg_attribute a on a.attrelid = c.oid
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
                and a.atttypid = 'timestamptz'::regtype and not a.attisdropped
                and c.relname <> 'django_migrations'
            union all
            -- Up to 2^53 a number is the same to everything that reads JSON.
            select c.relname, format('%1$I > 0 and %1$I < 9007199254740992', a.attname)
            from pg_class c join pg_attribute a on a.attrelid = c.oid
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
                and a.attname = 'id' and not a.attisdropped
                and (c.relname like 'ledger\_%' or c.relname like 'accounts\_%'
                    or c.relname = 'django_admin_log')
            union all
            values
                ('ledger_batch', 'char_length(reason) <= 1000 and revision < 1000000000'),
                ('ledger_goal', 'number > 0'),
                ('ledger_document', 'char_length(note) <= 10000'),
                ('ledger_document', 'language::text = any (array[''en'', ''es''])'),
                ('ledger_line', 'revision < 1000000000'),
                ('ledger_upload', 'octet_length(content) <= 25000000'),
                ('ledger_change', 'char_length(reason) <= 1000'),
                ('django_session', 'octet_length(session_data) <= 1000000'),
                ('accounts_attempt', 'octet_length(value) <= 1000000'),
                (
                    'accounts_event',
                    'jsonb_typeof(detail) = ''object'' and octet_length(detail::text) <= 100000'
                ),
                ('django_admin_log', 'octet_length(change_message) <= 100000'),
                (
                    'usersessions_usersession',
                    'jsonb_typeof(data) = ''object'' and octet_length(data::text) <= 100000'
                ),
                ('mfa_authenticator', 'octet_length(data::text) <= 100000'),
                (
                    'mfa_authenticator',
                    'case type when ''totp'' then jsonb_typeof(data -> ''secret'') = ''string'' '
                    'when ''recovery_codes'' then jsonb_typeof(data -> ''seed'') = ''string'' '
                    'and jsonb_typeof(data -> ''used_mask'') = ''number'' else false end is true'
                )
        ) rules (name, rule)
        group by name
    loop
        execute format(
            'alter table %I drop constraint if exists in_bounds, '
            'add constraint in_bounds check (%s) not valid',
            of_table.name, of_table.rule
        );
    end loop;
end $$;

alter table ledger_appropriation
    drop constraint if exists fiscal_year_in_range,
    add constraint fiscal_year_in_range check (fiscal_year between 1990 and 2100) not valid;

alter table ledger_document
    drop constraint if exists published_on_in_range,
    drop constraint if exists address_of_the_web,
    add constraint published_on_in_range check (
        published_on >= date '1800-01-01' and published_on < date '2100-01-01'
    ) not valid,
    add constraint address_of_the_web check (
        url = '' or url ~* '^(https?|ftps?)://[^[:space:]]+$'
    ) not valid;
