"""`verify_ledger` names what was altered, even by the owner."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from carsi_tracker.database.address import application
from carsi_tracker.ledger import rules
from tests import databases
from tests.ledger.conftest import Ledger

pytestmark = pytest.mark.usefixtures("sourced_ledger")


def verify(database: str) -> tuple[str, str]:
    """Run the command as the owner; return what it says and what it ends with."""
    said = StringIO()
    with databases.speaking_to(databases.owner_of(database)):
        try:
            call_command("verify_ledger", stdout=said, stderr=said)
        except CommandError as error:
            return said.getvalue(), str(error)
    return said.getvalue(), ""


@contextmanager
def without_triggers(owner: psycopg.Connection) -> Iterator[None]:
    """Let the owner write what the triggers refuse."""
    tables = ("entry", "posting", "commitment", "document", "head", "batch")
    for table in tables:
        owner.execute(f"alter table ledger_{table} disable trigger user")
    yield
    for table in tables:
        owner.execute(f"alter table ledger_{table} enable trigger user")


def test_a_sound_ledger_verifies(database: str) -> None:
    said, failure = verify(database)
    assert said.startswith("Verified: 16 versions, 134 entries, checksum ")
    assert not failure


@pytest.mark.parametrize(
    ("alteration", "first", "said"),
    [
        ("update ledger_entry set amount = 613000.01 where amount = 613000", 7, "its entries"),
        ("update ledger_entry set note = 'x' where version = 9 and line = 1", 9, "its entries"),
        ("delete from ledger_entry where version = 16 and line = 4", 16, "its entries"),
        (
            "update ledger_commitment set country_id = (select id from ledger_country"
            " where code = 'GT') where reference = 'CARSI-08-INCLE-05'",
            4,
            "its entries",
        ),
        ("update ledger_document set key = 'other' where key = 'efe-honduras-2009'", 4, "entries"),
        ("update ledger_posting set reason = 'another' where version = 5", 5, "its line"),
        ("update ledger_posting set approved_by = 'Nobody' where version = 5", 5, "its line"),
        ("update ledger_posting set self_approval_reason = '' where version = 2", 2, "its line"),
        ("update ledger_head set checksum = repeat('0', 64)", 16, "the head"),
        ("delete from ledger_entry where version = 16; delete from ledger_posting where"
         " version = 16", 16, "the head"),
    ],
)  # fmt: skip
def test_what_the_owner_alters_is_named_with_the_first_version_that_fails(
    database: str, owner: psycopg.Connection, alteration: str, first: int, said: str
) -> None:
    with without_triggers(owner):
        owner.execute(alteration)
    told, failure = verify(database)
    assert said in told
    assert f"version {first} is the first that fails" in failure


FORGE = """
    update ledger_posting p set entries_sha256 = (
        select rules.sha256_hex(
            rules.entries_header() || E'\\n' || string_agg(text || E'\\n', '' order by line)
        ) from rules.entry_text e where e.version = p.version
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
        update ledger_head set checksum = previous;
    end $$;
"""
"""Makes the files and the chain agree with whatever the entries say now."""


@pytest.mark.parametrize(
    ("alteration", "first", "said"),
    [
        ("amount = 90000000 where version = 2 and line = 1", 2, "beyond what was appropriated"),
        ("effective_date = '1999-01-01' where stage = 'disbursed'", 12, "out of order"),
    ],
)
def test_an_owner_who_forges_the_whole_chain_still_meets_the_rules(
    database: str, owner: psycopg.Connection, alteration: str, first: int, said: str
) -> None:
    with without_triggers(owner):
        owner.execute(f"update ledger_entry set {alteration}")
        owner.execute(FORGE)
    told, failure = verify(database)
    assert said in told
    assert "its entries" not in told
    assert f"version {first} is the first that fails" in failure


def test_a_forged_chain_that_keeps_the_rules_shows_in_every_noted_checksum(
    database: str, owner: psycopg.Connection
) -> None:
    noted = owner.execute("select checksum from ledger_posting where version = 16").fetchone()
    with without_triggers(owner):
        owner.execute("update ledger_posting set reason = 'another' where version = 1")
        owner.execute(FORGE)
    said, failure = verify(database)
    assert not failure
    assert noted
    assert noted[0] not in said


@pytest.mark.parametrize(
    ("alteration", "name"),
    [
        ("drop trigger final on ledger_entry", "trigger final on ledger_entry"),
        ("alter table ledger_entry disable trigger final", "trigger final on ledger_entry"),
        (
            "create or replace function rules.runs_as_owner() returns boolean language sql stable"
            " as 'select true'",
            "function rules.runs_as_owner()",
        ),
        (f"grant insert on ledger_entry to {application().user}", "grant ledger_entry"),
        (
            "alter table ledger_line drop constraint amount_of_dollars_and_cents",
            "constraint amount_of_dollars_and_cents on ledger_line",
        ),
        ("create function rules.more() returns int language sql as 'select 1'", "rules.more()"),
        (
            "create function public.meddle() returns trigger language plpgsql as"
            " 'begin return null; end'; create trigger meddle before insert on ledger_entry"
            " for each row execute function public.meddle()",
            "trigger meddle on ledger_entry",
        ),
        (
            "create rule deaf as on update to ledger_head do instead nothing",
            "rewrite rule deaf on ledger_head",
        ),
        (
            f"grant update (version) on ledger_batch to {application().user}",
            "grant version of ledger_batch",
        ),
        ("grant truncate on ledger_line to public", "grant ledger_line"),
        (
            "alter table ledger_entry drop constraint entry_commitment_of_appropriation",
            "constraint entry_commitment_of_appropriation on ledger_entry",
        ),
        (f"grant execute on function rules.lock_batch to {application().user}", "rules.lock_batch"),
    ],
)
def test_a_rule_that_is_not_as_its_file_says_is_named(
    database: str, owner: psycopg.Connection, alteration: str, name: str
) -> None:
    owner.execute(alteration)
    told, failure = verify(database)
    assert name in told
    assert failure


def test_what_is_installed_is_what_the_files_say(database: str) -> None:
    with databases.speaking_to(databases.owner_of(database)):
        assert rules.differences(connection, databases.application_of(database).user) == []


def test_an_application_role_as_mighty_as_the_owner_is_named(database: str) -> None:
    owner = databases.owner_of(database)
    with databases.speaking_to(owner):
        found = rules.differences(connection, owner.user)
    assert ("role", f"{owner.user} may act as the owner") in found


def test_an_application_role_may_not_verify_by_changing_rules(
    sourced_ledger: Ledger, application: psycopg.Connection
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute("drop schema rules cascade")
