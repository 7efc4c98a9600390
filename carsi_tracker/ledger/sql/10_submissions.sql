-- Rule 4: what a batch held when it was submitted is kept, so that people can tell what changed
-- since. Lines and new commitments stand by their numbers, their columns by code, never by name.
create function rules.batch_content(p_batch bigint) returns jsonb
language sql stable set search_path = public, rules, pg_temp
as $$
    select jsonb_build_object(
        'texts', jsonb_build_object('title', b.title, 'reason', b.reason),
        'lines', (
            select coalesce(jsonb_object_agg(l.id, jsonb_build_object(
                'commitment', c.reference, 'appropriation', k.code || ' FY' || a.fiscal_year,
                'stage', l.stage, 'amount', l.amount::numeric(16, 2)::text,
                'effective_date', l.effective_date, 'document', d.key, 'locator', l.locator,
                'basis', l.basis, 'note', l.note, 'quote', l.quote
            )), '{}')
            from ledger_line l
            join ledger_appropriation a on a.id = l.appropriation_id
            join ledger_account k on k.id = a.account_id
            join ledger_document d on d.id = l.document_id
            left join ledger_commitment c on c.id = l.commitment_id
            where l.batch_id = p_batch
        ),
        'commitments', (
            select coalesce(jsonb_object_agg(c.id, jsonb_build_object(
                'reference', c.reference, 'title', c.title, 'title_es', c.title_es,
                'appropriation', k.code || ' FY' || a.fiscal_year, 'area', p.code,
                'country', n.code, 'goal', g.number, 'agency', o.code, 'partner', q.code,
                'replaces', r.reference
            )), '{}')
            from ledger_commitment c
            join ledger_appropriation a on a.id = c.appropriation_id
            join ledger_account k on k.id = a.account_id
            join ledger_programmingarea p on p.id = c.area_id
            join ledger_country n on n.id = c.country_id
            join ledger_organization o on o.id = c.agency_id
            left join ledger_goal g on g.id = c.goal_id
            left join ledger_organization q on q.id = c.partner_id
            left join ledger_commitment r on r.id = c.replaces_id
            where c.introduced_by_id = p_batch
        )
    )
    from ledger_batch b where b.id = p_batch
$$;

-- The rows of one kind, 'lines' or 'commitments', that two contents hold differently.
create function rules.rows_changed(p_before jsonb, p_after jsonb, p_kind text)
returns table (id bigint, before jsonb, after jsonb)
language sql immutable set search_path = public, rules, pg_temp
as $$
    select coalesce(b.key, a.key)::bigint, b.value, a.value
    from jsonb_each(p_before -> p_kind) b
    full join jsonb_each(p_after -> p_kind) a using (key)
    where b.value is distinct from a.value
    order by 1
$$;

create trigger verbs_only before insert or update or delete on ledger_submission
    for each statement execute function rules.guard_by_verbs('state_by_verbs_only');
