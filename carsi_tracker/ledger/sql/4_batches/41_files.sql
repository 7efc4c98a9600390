-- Rule 6: the text of the public files, whose exact bytes are hashed. One line a row, ended by a
-- line feed; fields with a comma or quote are quoted (RFC 4180).
create function rules.csv(variadic fields text[]) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
as $$
    select string_agg(
        case
            when field ~ '[",]' then '"' || replace(field, '"', '""') || '"'
            else coalesce(field, '')
        end,
        ',' order by position
    )
    from unnest(fields) with ordinality as f (field, position)
$$;

create function rules.entries_header() returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
    select 'reference,fiscal_year,account,area,country,goal,agency,partner,stage,amount_usd,'
        'effective_date,document,locator,basis,note,quote'
$$;

create function rules.versions_header() returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
    select 'version,posted_at,title,reason,prepared_by,approved_by,self_approval_rule,'
        'self_approval_reason,reverses,entries,entries_sha256'
$$;

create function rules.sha256_hex(content text) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
as $$
    select encode(sha256(convert_to(content, 'UTF8')), 'hex')
$$;

-- The name of a person as versions print it; control characters would break the public file, others stand
-- in names from before the rule about texts, and a semicolon, by which the file parts people, would make
-- two of one. Blanks and control characters are named by their codes, so that they are the same in every
-- locale.
create function rules.display_name(person accounts_user) returns text
language sql immutable set search_path = pg_catalog, pg_temp set standard_conforming_strings = on
as $$
    select translate(
        coalesce(
            nullif(
                btrim(rules.made_plain(regexp_replace(
                    person.first_name || ' ' || person.last_name, blank, ' ', 'g'
                ))),
                ''
            ),
            nullif(btrim(rules.made_plain(regexp_replace(person.username, blank, ' ', 'g'))), ''),
            'person ' || person.id
        ),
        E';\u037e\uff1b', ',,,'
    )
    from (values (
        '[\u0001-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+'
    )) as v (blank)
$$;

-- Each line of a batch and each entry of a version, in codes, and as the line of a file that it is.
create view rules.amount_text as
select
    e.batch_id, e.version, e.position, c.reference, a.fiscal_year, k.code as account, e.stage,
    e.amount::numeric(16, 2)::text as amount, e.effective_date, d.key as document, e.locator, e.basis,
    e.note, e.quote,
    rules.csv(
        c.reference, a.fiscal_year::text, k.code, p.code, n.code, g.number::text, o.code, q.code,
        e.stage, e.amount::numeric(16, 2)::text, to_char(e.effective_date, 'YYYY-MM-DD'), d.key,
        e.locator, e.basis, e.note, e.quote
    ) as text
from (
    select
        batch_id, null::integer as version, id as position, appropriation_id, commitment_id, stage,
        amount, effective_date, document_id, locator, basis, note, quote
    from ledger_line
    union all
    select
        null::bigint as batch_id, version, line::bigint, appropriation_id, commitment_id, stage,
        amount, effective_date, document_id, locator, basis, note, quote
    from ledger_entry
) e
join ledger_appropriation a on a.id = e.appropriation_id
join ledger_account k on k.id = a.account_id
join ledger_document d on d.id = e.document_id
left join ledger_commitment c on c.id = e.commitment_id
left join ledger_programmingarea p on p.id = c.area_id
left join ledger_country n on n.id = c.country_id
left join ledger_goal g on g.id = c.goal_id
left join ledger_organization o on o.id = c.agency_id
left join ledger_organization q on q.id = c.partner_id;

-- The same of entries alone, for whom drafts are hidden from.
create view rules.posted_text with (security_barrier) as
select version, position, text from rules.amount_text where version is not null;

create function rules.posting_text(posting ledger_posting) returns text
language sql stable set search_path = public, rules, pg_temp
as $$
    select csv(
        posting.version::text,
        to_char(posting.posted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        posting.title, posting.reason, array_to_string(posting.prepared_by, '; '),
        posting.approved_by, posting.self_approval_rule, posting.self_approval_reason,
        posting.reverses_id::text, posting.entry_count::text, posting.entries_sha256
    )
$$;

-- The chain starts from the header, so that what the columns mean is covered too.
create function rules.first_checksum() returns text
language sql immutable set search_path = public, rules, pg_temp
as $$
    select sha256_hex(versions_header() || E'\n')
$$;

create function rules.next_checksum(previous text, line text) returns text
language sql immutable set search_path = public, rules, pg_temp
as $$
    select sha256_hex(previous || E'\n' || line || E'\n')
$$;

insert into ledger_head (one, version, posted_at, checksum)
values (true, 0, '2000-01-01 00:00:00+00', rules.first_checksum())
on conflict do nothing;
