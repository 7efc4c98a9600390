"""Throwaway databases with as many entries as a measurement needs."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from carsi_tracker.database import address
from carsi_tracker.database.address import DatabaseAddress
from carsi_tracker.local import postgresql


@dataclass(frozen=True)
class Ledger:
    """A database of its own, for both roles."""

    owner: DatabaseAddress
    application: DatabaseAddress

    def run_as_owner(self, *statements: str) -> None:
        """Run SQL as the owner, with the guards of the journal and the desk switched off."""
        tables = ("entry", "posting", "head", "batch", "line", "commitment", "appropriation")
        with psycopg.connect(self.owner.conninfo(), autocommit=True) as session:
            for table in tables:
                session.execute(f"alter table ledger_{table} disable trigger user")
            for statement in statements:
                session.execute(statement)
            for table in tables:
                session.execute(f"alter table ledger_{table} enable trigger user")
        self.settle()

    def settle(self) -> None:
        """Let the planner know how large the tables have become, as a server does in time."""
        with psycopg.connect(self.owner.conninfo(), autocommit=True) as session:
            session.execute("vacuum analyze")


@contextmanager
def fresh_server() -> Iterator[Path]:
    """Start a durable PostgreSQL (fsync on) in a folder of its own, and remove it afterwards."""
    parent = Path(tempfile.mkdtemp(prefix="carsi-bench-"))
    parent.chmod(0o755)
    folder = parent / "postgres"
    postgresql.start(folder)
    try:
        yield folder
    finally:
        postgresql.release(folder)
        shutil.rmtree(parent)


def make(folder: Path, name: str) -> Ledger:
    """Make a database with the sourced ledger on the server of a folder."""
    with psycopg.connect(
        address.embedded(folder, postgresql.OWNER).conninfo(), autocommit=True
    ) as own:
        own.execute(f"create database {name}")
    ledger = Ledger(
        replace(address.embedded(folder, postgresql.OWNER), name=name),
        replace(address.embedded(folder, postgresql.APPLICATION), name=name),
    )
    manage(ledger, "migrate")
    manage(ledger, "load_ledger")
    return ledger


def drop(folder: Path, name: str) -> None:
    """Remove a database, which is large."""
    with psycopg.connect(
        address.embedded(folder, postgresql.OWNER).conninfo(), autocommit=True
    ) as own:
        own.execute(f"drop database {name} (force)")


def manage(ledger: Ledger, command: str) -> None:
    """Run a command of the tracker as the owner of a ledger."""
    from django.core.management import call_command

    with speaking_to(ledger.owner):
        call_command(command, verbosity=0)


@contextmanager
def speaking_to(database: DatabaseAddress) -> Iterator[None]:
    """Let Django speak to a database, in the role of the address."""
    from django.db import connection

    connection.close()
    connection.settings_dict.update(
        HOST=database.host, NAME=database.name, USER=database.user, PORT="", PASSWORD=""
    )
    try:
        yield
    finally:
        connection.close()


def add_entries(ledger: Ledger, number: int) -> None:
    """Add committed entries of a cent each, spread over commitments and days, as version 16."""
    ledger.run_as_owner(
        f"""
        insert into ledger_entry (
            version, line, appropriation_id, commitment_id, stage, amount, effective_date,
            document_id, locator, basis, note
        )
        select 16, 1000 + n, c.appropriation_id, c.id, 'committed', 0.01,
            '2009-03-11'::date + (n % 900), (select min(id) from ledger_document), '', 'stated', ''
        from generate_series(1, {number}) n
        join (
            select id, appropriation_id, row_number() over (order by id) - 1 as position,
                count(*) over () as all_of_them
            from ledger_commitment
        ) c on c.position = n % c.all_of_them
        """
    )


def settings() -> None:
    """Set Django up on no database in particular."""
    os.environ.setdefault("SECRET_KEY", "signs nothing")
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    import django

    django.setup()
