-- Every time, day, number and length that somebody other than the verbs may write has bounds, so that
-- no row can hold what a page could not show: no infinity, no day before Christ, no number that the
-- next change would take out of its type.
select rules.hold(name, 'in_bounds', array_agg(rule order by rule))
from (
    select c.relname as name, format(
        'new.%1$I >= timestamptz ''1990-01-01 00:00+00'' and new.%1$I < timestamptz %2$L', a.attname,
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
    select c.relname, format('new.%1$I > 0 and new.%1$I < 9007199254740992', a.attname)
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
        and a.attname = 'id' and not a.attisdropped
        and (c.relname like 'ledger\_%' or c.relname like 'accounts\_%'
            or c.relname = 'django_admin_log')
    union all
    values
        ('ledger_batch', 'char_length(new.reason) <= 1000 and new.revision < 1000000000'),
        ('ledger_goal', 'new.number > 0'),
        ('ledger_document', 'char_length(new.note) <= 10000'),
        ('ledger_batch', 'new.language::text = any (array[''en'', ''es''])'),
        ('ledger_commitment', 'new.language::text = any (array[''en'', ''es''])'),
        ('ledger_document', 'new.language::text = any (array[''en'', ''es''])'),
        ('ledger_commitment', 'new.bound::text = any (array['''', ''at-most'', ''at-least''])'),
        ('ledger_posting', 'new.language::text = any (array[''en'', ''es''])'),
        (
            'ledger_translation',
            -- what is looked up whole has to fit into its index
            'octet_length(new.original) <= 2600 and char_length(new.spanish) <= 2000'
        ),
        ('ledger_publishedfigure', 'new.year between 1990 and 2100'),
        (
            'ledger_publishedfigure',
            'new.relation::text = any (array[''equals'', ''about'', ''at-least'', ''at-most''])'
        ),
        (
            'ledger_publishedfigure',
            'new.measure::text = any (array[''appropriated'', ''committed'', ''obligated'', '
            '''disbursed'', ''available'', ''unobligated'', ''unliquidated''])'
        ),
        ('ledger_openquestion', 'new.year between 1990 and 2100'),
        (
            'ledger_openquestion',
            'new.measure::text = any (array[''committed'', ''obligated'', ''disbursed'', '
            '''available'', ''unobligated'', ''unliquidated''])'
        ),
        ('ledger_line', 'new.revision < 1000000000'),
        ('ledger_upload', 'octet_length(new.content) <= 25000000'),
        (
            'ledger_pastehabit',
            'jsonb_typeof(new.answers) = ''object'' and octet_length(new.answers::text) <= 20000'
        ),
        ('ledger_change', 'char_length(new.reason) <= 1000'),
        ('django_session', 'octet_length(new.session_data) <= 1000000'),
        ('accounts_attempt', 'octet_length(new.value) <= 1000000'),
        (
            'mail_waitingmail',
            'octet_length(new.content) <= 1000000 and char_length(new.sender) <= 400 and '
            'jsonb_typeof(new.recipients) = ''array'' and octet_length(new.recipients::text) <= 100000'
        ),
        (
            'accounts_event',
            'jsonb_typeof(new.detail) = ''object'' and octet_length(new.detail::text) <= 100000'
        ),
        ('django_admin_log', 'octet_length(new.change_message) <= 100000'),
        (
            'usersessions_usersession',
            'jsonb_typeof(new.data) = ''object'' and octet_length(new.data::text) <= 100000'
        ),
        ('mfa_authenticator', 'octet_length(new.data::text) <= 100000'),
        (
            'mfa_authenticator',
            'case new.type when ''totp'' then jsonb_typeof(new.data -> ''secret'') = ''string'' '
            'when ''recovery_codes'' then jsonb_typeof(new.data -> ''seed'') = ''string'' '
            'and jsonb_typeof(new.data -> ''used_mask'') = ''number'' '
            'when ''webauthn'' then jsonb_typeof(new.data -> ''name'') = ''string'' '
            'and jsonb_typeof(new.data -> ''credential'') = ''object'' else false end is true'
        )
) rules (name, rule)
group by name;

select rules.hold(
    'ledger_appropriation', 'fiscal_year_in_range', array['new.fiscal_year between 1990 and 2100'],
    'new.first_version is distinct from old.first_version'
);
select rules.hold('ledger_document', 'published_on_in_range', array[
    'new.published_on >= date ''1800-01-01'' and new.published_on < date ''2100-01-01'''
]);
select rules.hold('ledger_document', 'address_of_the_web', array[
    $$new.url = '' or new.url ~* '^(https?|ftps?)://[^[:space:]]+$'$$
]);
