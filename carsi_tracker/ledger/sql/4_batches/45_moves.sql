-- Rule 3: a wrong area or country is mended by a move to a successor, which says from the start what
-- it replaces: a posted commitment, so never itself, and for good.
create function rules.guard_replaces() returns trigger
language plpgsql set search_path = public, rules, pg_temp
as $$
begin
    if tg_op = 'UPDATE' and old.replaces_id is not distinct from new.replaces_id then
        return new;
    end if;
    if tg_op = 'UPDATE' and old.replaces_id is not null then
        perform refuse('replaces_for_good', jsonb_build_object('reference', new.reference));
    end if;
    if new.replaces_id is not null and not exists (
        select from ledger_commitment where id = new.replaces_id and first_version is not null
    ) then
        perform refuse('replaces_what_is_posted', jsonb_build_object('reference', new.reference));
    end if;
    return new;
end $$;

create trigger replaces before insert or update on ledger_commitment
    for each row execute function rules.guard_replaces();

-- A move moves: per commitment that a batch replaces, stage and day, what its lines take back is what
-- they enter under the successors. Gives where they do not.
create function rules.uneven_moves(p_batch bigint)
returns table (
    reference text, successors text, stage text, day date, taken numeric, entered numeric
)
language sql stable set search_path = public, rules, pg_temp
as $$
    with successor as materialized (
        select c.id, c.reference, c.replaces_id
        from ledger_commitment c
        where c.introduced_by_id = p_batch and c.replaces_id is not null
    ),
    moved as (
        select s.replaces_id, l.stage, l.effective_date, 0 as taken, l.amount as entered
        from successor s
        join ledger_line l on l.commitment_id = s.id and l.batch_id = p_batch
        union all
        select l.commitment_id, l.stage, l.effective_date, -l.amount, 0
        from ledger_line l
        where l.batch_id = p_batch and l.commitment_id in (select s.replaces_id from successor s)
    )
    select
        c.reference,
        (
            select string_agg(s.reference, ', ' order by s.reference)
            from successor s where s.replaces_id = m.replaces_id
        ),
        m.stage, m.effective_date, sum(m.taken), sum(m.entered)
    from moved m
    join ledger_commitment c on c.id = m.replaces_id
    group by c.reference, m.replaces_id, m.stage, m.effective_date
    having sum(m.taken) <> sum(m.entered)
    order by c.reference, m.effective_date, array_position(
        array['committed', 'obligated', 'disbursed'], m.stage::text
    )
$$;

-- A commitment is replaced by what something of it moves to, and by nothing else.
create function rules.require_moves(p_batch bigint) returns void
language plpgsql set search_path = public, rules, pg_temp
as $$
declare
    uneven jsonb;
    total integer;
    empty text;
begin
    if not exists (
        select from ledger_commitment where introduced_by_id = p_batch and replaces_id is not null
    ) then
        return;
    end if;
    select
        jsonb_agg(jsonb_build_object(
            'reference', m.reference, 'successors', m.successors, 'stage', m.stage, 'day', m.day,
            'taken', m.taken::text, 'entered', m.entered::text
        ) order by m.place) filter (where m.place <= 5),
        count(*)
    into uneven, total
    from uneven_moves(p_batch) with ordinality as m (
        reference, successors, stage, day, taken, entered, place
    );
    if total > 0 then
        perform refuse('move_uneven', jsonb_build_object('moves', uneven, 'total', total));
    end if;
    select c.reference into empty
    from ledger_commitment c
    where c.introduced_by_id = p_batch and c.replaces_id is not null
        and not exists (
            select from ledger_line l
            where l.batch_id = p_batch and l.commitment_id = c.id
            group by l.stage, l.effective_date having sum(l.amount) <> 0
        )
    order by c.reference limit 1;
    if found then
        perform refuse('move_of_nothing', jsonb_build_object('reference', empty));
    end if;
end $$;
