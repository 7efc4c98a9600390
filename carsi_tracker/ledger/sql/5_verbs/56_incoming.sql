-- What an import brings waits in a temporary table until it is entered. The application role may make
-- nothing in the database, not even temporary things, whose names could stand in for ours; so the
-- table is made, and counted for the planner, in its place.
create function rules.open_incoming() returns void
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
begin
    drop table if exists pg_temp.incoming;
    create temporary table incoming (
        row integer not null,
        reference text,
        appropriation_id bigint,
        stage text not null,
        amount numeric not null,
        effective_date date not null,
        document_id bigint not null,
        locator text not null,
        basis text not null,
        note text not null,
        quote text not null,
        waits_for bigint
    ) on commit drop;
    execute format('grant select, insert on pg_temp.incoming to %I', session_user);
end $$;

create function rules.count_incoming() returns void
language plpgsql security definer set search_path = public, rules, pg_temp
as $$
begin
    analyze pg_temp.incoming;
end $$;
