"""Ledgers of any size, of the shape that an office would make: what entries hang on grows too."""

from dataclasses import replace
from pathlib import Path

import psycopg

from benchmarks import ledgers
from benchmarks.ledgers import Ledger
from carsi_tracker.database import address
from carsi_tracker.local import postgresql

OF_A_COMMITMENT = 25  # entries
OF_A_VERSION = 100  # entries

PEOPLE = """
    insert into accounts_user (
        id, username, password, is_superuser, first_name, last_name, email, is_active,
        date_joined, is_analyst, is_approver, is_administrator, must_change_password
    ) values
        (1001, 'ana', '!', false, '', '', '', true, now(), true, false, false, false),
        (1002, 'petra', '!', false, '', '', '', true, now(), false, true, false, false)
"""
VERSIONS = """
    with model as (
        select p.*, b.created_by_id, b.submitted_by_id
        from ledger_posting p join ledger_batch b on b.id = p.batch_id
        where p.version = %(head)s
    ),
    batch as (
        insert into ledger_batch (
            title, reason, state, version, revision, created_by_id, created_at, submitted_by_id,
            submitted_at
        )
        select 'Obligations of month ' || n, 'Agreement ' || n, 'posted', %(head)s + n, 0,
            created_by_id, posted_at, submitted_by_id, posted_at
        from model, generate_series(1, %(versions)s) n
        returning id, version, title, reason
    )
    insert into ledger_posting (
        version, posted_at, batch_id, title, reason, prepared_by, approver_id, approved_by,
        self_approval_rule, self_approval_reason, entry_count, entries_sha256, checksum
    )
    select batch.version, model.posted_at + (batch.version - %(head)s) * interval '1 second',
        batch.id, batch.title, batch.reason, model.prepared_by, model.approver_id,
        model.approved_by, '', '', %(of_a_version)s,
        encode(sha256(batch.version::text::bytea), 'hex'),
        encode(sha256(('of ' || batch.version)::bytea), 'hex')
    from batch, model
"""
COMMITMENTS = """
    insert into ledger_commitment (
        reference, title, title_es, appropriation_id, area_id, country_id, goal_id, agency_id,
        partner_id, introduced_by_id, first_version
    )
    select 'G-' || n, c.title || ', lot ' || n, c.title_es || ', lote ' || n, c.appropriation_id,
        c.area_id, c.country_id, c.goal_id, c.agency_id, c.partner_id, b.id, b.version
    from generate_series(1, %(commitments)s) n
    join (
        select *, row_number() over (order by id) - 1 as position, count(*) over () as all_of_them
        from ledger_commitment
    ) c on c.position = n %% c.all_of_them
    join ledger_batch b on b.version = %(head)s + 1 + (n - 1) %% %(versions)s
"""
ENTRIES = """
    insert into ledger_entry (
        version, line, appropriation_id, commitment_id, stage, amount, effective_date,
        document_id, locator, basis, note
    )
    select %(head)s + 1 + (n - 1) / %(of_a_version)s, 1 + (n - 1) %% %(of_a_version)s,
        c.appropriation_id, c.id,
        case when time < 10 then 'committed' when time < 18 then 'obligated' else 'disbursed' end,
        0.01, '2009-03-11'::date + 100 * time + n %% 97, d.id, 'p. ' || n %% 200, 'stated',
        case n %% 10 when 0 then 'Tranche ' || n || ' of the agreement' else '' end
    from generate_series(1, %(entries)s) n
    cross join lateral (select (n - 1) / %(commitments)s as time) t
    join ledger_commitment c on c.reference = 'G-' || 1 + (n - 1) %% %(commitments)s
    cross join (select min(id) as id from ledger_document) d
"""
HEAD = """
    update ledger_head set (version, posted_at, checksum) = (
        select version, posted_at, checksum from ledger_posting order by version desc limit 1
    )
"""


def grown(folder: Path, name: str, entries: int) -> Ledger:
    """Return a ledger of so many entries of a cent each, on a database of its own.

    Each commitment has 25 entries, each version 100; a tenth of the entries has a note. Their
    checksums are made up, so that `verify_ledger` would refuse it.
    """
    ledger = ledgers.make(folder, name)
    superuser = replace(address.embedded(folder, postgresql.SUPERUSER), name=name)
    with psycopg.connect(superuser.conninfo(), autocommit=True) as session:
        ((head, present),) = session.execute(
            "select (select version from ledger_head), count(*) from ledger_entry"
        )
        more = entries - present
        sizes = {
            "head": head,
            "entries": more,
            "of_a_version": OF_A_VERSION,
            "commitments": max(1, more // OF_A_COMMITMENT),
            "versions": -(-more // OF_A_VERSION),
        }
        session.execute("set session_replication_role = replica")  # without rules and foreign keys
        session.execute("set synchronous_commit = off")
        session.execute("set work_mem = '256MB'")
        session.execute("set statement_timeout = 0")
        session.execute(PEOPLE)
        for statement in (VERSIONS, COMMITMENTS, ENTRIES):
            session.execute(statement, sizes)
        session.execute(HEAD)
    ledger.settle()
    return ledger
