-- Rules 3, 7 and 8 over the whole journal: amounts, dates and stages; from which version on a commitment
-- or an appropriation is public; what a successor replaces; what a reversal negates.
create function rules.verify_journal()
returns table (version integer, problem text, name text)
language sql stable set search_path = public, rules, pg_temp
as $$
    select e.version, 'amounts', 'entry ' || min(e.line)
    from ledger_entry e
    left join ledger_posting p on p.version = e.version
    where (
        e.amount <> 0 and e.amount > -1e12 and e.amount < 1e12 and trunc(e.amount, 2) = e.amount
        and e.effective_date >= '1990-01-01' and e.effective_date <= washington_day(p.posted_at)
        and case e.stage
            when 'appropriated' then e.commitment_id is null
            else e.commitment_id is not null and e.stage in ('committed', 'obligated', 'disbursed')
        end
        and e.basis in ('stated', 'press', 'inferred')
    ) is not true
    group by e.version
    union all
    select e.version, 'amounts', 'more than ' || to_char(most_lines(), 'FM999,999') || ' entries'
    from ledger_entry e group by e.version having count(*) > most_lines()
    union all
    select e.version, 'another appropriation', c.reference
    from ledger_entry e
    join ledger_commitment c on c.id = e.commitment_id
    where e.appropriation_id <> c.appropriation_id
    group by e.version, c.reference
$$;

create function rules.verify_first_versions()
returns table (version integer, problem text, name text)
language sql stable set search_path = public, rules, pg_temp
as $$
    with commitment_used as (
        select e.commitment_id as id, min(e.version) as first
        from ledger_entry e where e.commitment_id is not null group by e.commitment_id
    ),
    appropriation_used as (
        select e.appropriation_id as id, min(e.version) as first
        from ledger_entry e group by e.appropriation_id
    )
    select coalesce(u.first, c.first_version), 'first version', 'commitment ' || c.reference
    from ledger_commitment c
    left join commitment_used u on u.id = c.id
    where c.first_version is distinct from u.first
    union all
    select coalesce(u.first, a.first_version), 'first version',
        'appropriation ' || k.code || ' FY' || a.fiscal_year
    from ledger_appropriation a
    join ledger_account k on k.id = a.account_id
    left join appropriation_used u on u.id = a.id
    where a.first_version is distinct from u.first
    union all
    select coalesce(u.first, b.version), 'introduced', c.reference
    from ledger_commitment c
    left join commitment_used u on u.id = c.id
    left join ledger_batch b on b.id = c.introduced_by_id
    where u.first is distinct from b.version
$$;

-- A successor holds what was taken back from what it replaces, to the stage and day. Versions from before
-- posting asked for that are final; where they do not, they are told of as old.
create function rules.verify_moves()
returns table (version integer, problem text, name text)
language sql stable set search_path = public, rules, pg_temp
as $$
    with successor as (
        select c.id, c.reference, c.replaces_id, c.first_version
        from ledger_commitment c
        where c.replaces_id is not null and c.first_version is not null
    ),
    involved as (
        select s.replaces_id, s.first_version, s.id from successor s
        union
        select s.replaces_id, s.first_version, s.replaces_id from successor s
    ),
    uneven as (
        select i.replaces_id, i.first_version
        from involved i
        join ledger_entry e on e.version = i.first_version and e.commitment_id = i.id
        group by i.replaces_id, i.first_version, e.stage, e.effective_date
        having sum(e.amount) <> 0
    )
    select
        s.first_version,
        case
            when c.first_version < s.first_version and p.posted_at < (
                select m.applied from django_migrations m
                where m.app = 'ledger' and m.name = '0006_bounds'
            ) then 'old move'
            else 'move'
        end,
        s.reference
    from successor s
    join ledger_commitment c on c.id = s.replaces_id
    left join ledger_posting p on p.version = s.first_version
    where (c.first_version < s.first_version) is not true
        or (s.replaces_id, s.first_version) in (select * from uneven)
$$;

create function rules.verify_reversals()
returns table (version integer, problem text, name text)
language sql stable set search_path = public, rules, pg_temp
as $$
    with reversal as (
        select p.version, p.reverses_id from ledger_posting p where p.reverses_id is not null
    ),
    sides as (
        select
            r.version, e.appropriation_id, e.commitment_id, e.stage, e.amount, e.effective_date,
            e.document_id, e.basis, 1 as side
        from reversal r join ledger_entry e on e.version = r.version
        union all
        select
            r.version, e.appropriation_id, e.commitment_id, e.stage, -e.amount, e.effective_date,
            e.document_id, e.basis, -1
        from reversal r join ledger_entry e on e.version = r.reverses_id
    ),
    uneven as (
        select s.version from sides s
        group by
            s.version, s.appropriation_id, s.commitment_id, s.stage, s.amount, s.effective_date,
            s.document_id, s.basis
        having sum(s.side) <> 0
    )
    select r.version, 'reversal', 'of version ' || r.reverses_id
    from reversal r
    where r.version <= r.reverses_id
        or r.version in (select u.version from uneven u)
        or exists (
            select from reversal o where o.reverses_id = r.reverses_id and o.version < r.version
        )
$$;
