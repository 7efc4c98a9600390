-- Batches that wait for an approver, tried one behind the other: each as if those before it that fit
-- were posted. They are tried, not posted: it takes no lock and changes nothing.

-- The batches of p_after whose lines take room from a balance up to a day, in the order of p_after.
create function rules.takers_of_room(
    p_after bigint[], p_appropriation bigint, p_commitment bigint, p_balance text, p_day date
)
returns table (batch_id bigint, title text)
language sql set search_path = public, rules, pg_temp
as $$
    select b.id, b.title
    from ledger_line l
    join ledger_batch b on b.id = l.batch_id
    join balance_sides s on s.balance = p_balance
    where l.batch_id = any(p_after)
        and l.effective_date <= p_day
        and case when p_commitment is null
            then l.appropriation_id = p_appropriation else l.commitment_id = p_commitment
        end
    group by b.id, b.title
    having sum(case l.stage when s.adds then l.amount when s.takes then -l.amount else 0 end) < 0
    order by array_position(p_after, b.id)
$$;

-- Tries batches in the given order. For each: what it would break behind those before it that fit
-- (null where it fits), and which of them take the room that it lacks.
create function rules.try_in_turn(p_batches bigint[])
returns table (batch_id bigint, unsound jsonb, takers jsonb)
language plpgsql set search_path = public, rules, pg_temp
as $$
declare
    fitting bigint[] := '{}';
begin
    foreach batch_id in array p_batches loop
        unsound := unsound_balances(batch_id, fitting);
        takers := '[]';
        if unsound is null then
            fitting := fitting || batch_id;
        else
            select coalesce(
                jsonb_agg(
                    jsonb_build_object('batch', t.batch_id, 'title', t.title)
                    order by array_position(fitting, t.batch_id)
                ),
                '[]'
            )
            into takers
            from (
                select distinct r.batch_id, r.title
                from broken_balances(try_in_turn.batch_id, fitting) b
                cross join lateral takers_of_room(
                    fitting, b.appropriation_id, b.commitment_id, b.balance, b.day
                ) r
            ) t;
        end if;
        return next;
    end loop;
end $$;
