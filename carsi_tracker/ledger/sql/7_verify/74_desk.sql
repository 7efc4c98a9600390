-- What was posted still stands on the desk as it was: the batch of each version, its lines, and what it
-- held when it was submitted, compared with the journal.
create function rules.verify_batches()
returns table (version integer, problem text, name text)
language sql stable set search_path = public, rules, pg_temp
as $$
    select coalesce(p.version, b.version), 'batch', coalesce('batch ' || b.id, 'no batch')
    from ledger_posting p
    full join (
        select * from ledger_batch t
        where t.state = 'posted' or t.version is not null
            or t.id in (select s.batch_id from ledger_posting s)
    ) b on b.id = p.batch_id
    where (b.state, b.version, b.title, b.reason, b.language, b.reverses_id)
        is distinct from ('posted', p.version, p.title, p.reason, p.language, p.reverses_id)
    union all
    select p.version, 'submission', 'batch ' || b.id
    from ledger_posting p
    join ledger_batch b on b.id = p.batch_id
    left join lateral (
        select s.submitted_by_id, s.submitted_at from ledger_submission s
        where s.batch_id = b.id order by s.id desc limit 1
    ) s on true
    where (b.submitted_by_id, b.submitted_at)
            is distinct from (s.submitted_by_id, s.submitted_at)
        or s.submitted_at is null
        or b.submitted_at > p.posted_at + interval '1 day'
$$;

create function rules.verify_lines()
returns table (version integer, problem text, name text)
language sql stable set search_path = public, rules, pg_temp
as $$
    with line as (
        select
            p.version,
            row_number() over (partition by l.batch_id order by l.id)::integer as line,
            l.appropriation_id, l.commitment_id, l.stage, l.amount, l.effective_date,
            l.document_id, l.locator, l.basis, l.note, l.quote
        from ledger_posting p
        join ledger_line l on l.batch_id = p.batch_id
    ),
    entry as (
        select
            e.version, e.line, e.appropriation_id, e.commitment_id, e.stage, e.amount,
            e.effective_date, e.document_id, e.locator, e.basis, e.note, e.quote
        from ledger_entry e
    )
    select coalesce(l.version, e.version), 'batch lines', 'line ' || min(coalesce(l.line, e.line))
    from line l
    full join entry e on e.version = l.version and e.line = l.line
    where l is distinct from e
    group by coalesce(l.version, e.version)
$$;

-- What was submitted last, and so read and posted, is kept by the codes of those days.
create function rules.verify_submissions()
returns table (version integer, problem text, name text)
language sql stable set search_path = public, rules, pg_temp
as $$
    with submitted as (
        select p.version, kept.key::bigint as line_id, kept.value as content
        from ledger_posting p
        cross join lateral (
            select s.content from ledger_submission s
            where s.batch_id = p.batch_id order by s.id desc limit 1
        ) s
        cross join jsonb_each(s.content -> 'lines') kept
    ),
    posted as (
        select
            p.version, l.id as line_id,
            jsonb_build_object(
                'commitment', c.reference, 'stage', l.stage,
                'amount', l.amount::numeric(16, 2)::text, 'effective_date', l.effective_date,
                'document', d.key, 'locator', l.locator, 'basis', l.basis, 'note', l.note,
                'quote', l.quote
            ) as content
        from ledger_posting p
        join ledger_line l on l.batch_id = p.batch_id
        join ledger_document d on d.id = l.document_id
        left join ledger_commitment c on c.id = l.commitment_id
    )
    select coalesce(s.version, p.version), 'submission', 'line ' || min(coalesce(s.line_id, p.line_id))
    from submitted s
    full join posted p on p.version = s.version and p.line_id = s.line_id
    where (s.content @> case when s.content ? 'quote' then p.content else p.content - 'quote' end)
        is not true -- earlier releases kept no quotes
    group by coalesce(s.version, p.version)
$$;
