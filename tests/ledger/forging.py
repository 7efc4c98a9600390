"""Forgeries by the owner of a database, each in a transaction that is rolled back."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from carsi_tracker.database.address import DatabaseAddress
from carsi_tracker.ledger import verifying
from carsi_tracker.ledger.management.commands.verify_ledger import said
from tests import databases

GUARDED = [
    *(
        f"ledger_{name}"
        for name in (
            "account", "appropriation", "batch", "batcheditor", "change", "commitment",
            "countersignature", "country", "document", "documentfile", "entry", "head", "line",
            "office", "organization", "posting", "publishedfigure", "submission", "texts",
            "translation",
        )
    ),
    "accounts_event",
    "accounts_user",
]  # fmt: skip

FORGE = """
    update ledger_posting p set (entries_sha256, entry_count) = (
        select
            rules.sha256_hex(
                rules.entries_header() || E'\\n' || string_agg(text || E'\\n', '' order by position)
            ),
            count(*)
        from rules.amount_text e where e.version = p.version
    );
    do $$
    declare
        posting ledger_posting;
        previous text := rules.first_checksum();
    begin
        for posting in select * from ledger_posting order by version loop
            previous := rules.next_checksum(previous, rules.posting_text(posting));
            update ledger_posting set checksum = previous where version = posting.version;
        end loop;
        update ledger_head set (checksum, posted_at) = (
            select p.checksum, p.posted_at from ledger_posting p order by version desc limit 1
        );
        update accounts_event e
        set detail = e.detail || jsonb_build_object('checksum', p.checksum)
        from ledger_posting p
        where e.kind = 'ledger_loaded' and e.detail ->> 'version' = p.version::text;
    end $$;
"""
"""Makes the files, the chain and the head agree with whatever the entries and versions say now."""


@contextmanager
def as_owner(database: DatabaseAddress) -> Iterator[None]:
    """Let Django speak to a database in a transaction that is rolled back at the end."""
    with databases.speaking_to(database), transaction.atomic():
        yield
        transaction.set_rollback(True)


def run(statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statements)


def run_unguarded(statements: str) -> None:
    """Run what the triggers refuse, and switch them on again."""
    run("; ".join(f"alter table {table} disable trigger user" for table in GUARDED))
    run(statements)
    run("set constraints all immediate")
    run("; ".join(f"alter table {table} enable trigger user" for table in GUARDED))


def sentences(application_role: str) -> list[str]:
    """Return what verification says of the database that Django speaks to."""
    return [said(problem) for problem in verifying.problems(application_role)]


def sentences_about_rows(application_role: str) -> list[str]:
    """Return what it says of the rows, without a look at the schema."""
    about_rows = list(verifying.steps(application_role))[2:-1]
    return [said(problem) for step in about_rows for problem in step.find()]
