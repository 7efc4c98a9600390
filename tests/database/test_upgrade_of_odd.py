"""What an earlier release let in, and the rules refuse today, is told of and stops nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from psycopg.errors import CheckViolation

from tests import databases
from tests.conftest import Templates
from tests.database.dump import restore
from tests.ledger.attack import value

TURNED, UNSEEN = "\u202e", "\u200b"
AS = (
    "select set_config('carsi.actor',"
    " (select id::text from accounts_user where username = %s), true)"
)
BATCH = """
    insert into ledger_batch (title, reason, state, revision, created_at)
    values (%s, 'Because', 'draft', 0, now()) returning id
"""
COMMITMENT = """
    insert into ledger_commitment (
        reference, title, title_es, appropriation_id, area_id, country_id, agency_id,
        introduced_by_id, replaces_id
    )
    select %s, %s, '', appropriation_id, area_id, country_id,
        coalesce((select id from ledger_organization where code = %s), agency_id), %s,
        (select id from ledger_commitment where reference = %s)
    from ledger_commitment where reference = 'CARSI-08-INCLE-01' returning id
"""
LINE = """
    insert into ledger_line (
        batch_id, appropriation_id, commitment_id, stage, amount, effective_date, document_id,
        locator, basis, note, quote, revision
    )
    select
        %s, c.appropriation_id, c.id, 'committed', 1000, '2009-10-01', d.id, '', 'stated', %s, '', 0
    from ledger_commitment c, ledger_document d
    where c.id = %s and d.key = 'letter-of-the-dump'
"""


@dataclass
class Old:
    """The upgraded database: what was said of it, a session of the application, its batches."""

    told: str
    verified: str
    also_said: str
    session: psycopg.Connection
    batches: dict[str, int]

    def call(self, who: str, verb: str, *values: Any) -> Any:
        with self.session.transaction():
            self.session.execute(AS, [who])
            return value(self.session, f"select rules.{verb}", *values)


def fill(session: psycopg.Connection) -> dict[str, int]:
    """Write, by the rules of the old release, what those of today refuse; return the batches."""

    def batch(called: str, reference: str, **of: str) -> int:
        with session.transaction():
            session.execute(AS, ["ana"])
            made = int(value(session, BATCH, called))
            words = (
                reference,
                of.get("title", "A title"),
                of.get("agency"),
                made,
                of.get("replaces"),
            )
            session.execute(LINE, [made, of.get("note", ""), value(session, COMMITMENT, *words)])
            return made

    def submitted(made: int) -> int:
        with session.transaction():
            session.execute(AS, ["ana"])
            session.execute("select rules.submit(%s)", [made])
        return made

    def posted(made: int) -> int:
        submitted(made)
        with session.transaction():
            session.execute(AS, ["pablo"])
            return int(value(session, "select rules.post(%s, rules.batch_digest(%s))", made, made))

    with session.transaction():
        session.execute(AS, ["ada"])
        session.execute(
            "insert into ledger_organization (code, name_en, name_es, retired) values"
            " ('state/inl', 'Another', 'Otra', false), ('none', 'None', 'Nadie', false)"
        )
        session.execute("update accounts_user set last_name = %s where username = 'ada'", [TURNED])
    posted(batch("Only entered, not taken back", "OLD-UNEVEN", replaces="DUMP-MOVED"))
    posted(batch("Two names that are one", "OLD-TWICE", agency="state/inl"))
    odd = posted(batch(f"Odd{TURNED}", "OLD-ODD", title=f"Odd{TURNED}", note=f"odd{UNSEEN}"))
    return {
        "version": odd,
        "waits": submitted(batch(f"Odd{TURNED}", "OLD-WAITS")),
        "waits too": submitted(batch(f"Odd{TURNED}", "OLD-WAITS-TOO")),
        "title": submitted(batch("An odd title", "OLD-TITLE", title=f"Odd{TURNED}")),
        "draft": batch(f"Odd{UNSEEN}", "OLD-DRAFT"),
    }


@pytest.fixture(scope="module")
def old(templates: Templates, worker_id: str, django_db_blocker: Any) -> Iterator[Old]:
    """Give an upgraded database that was filled before by the rules of its release."""
    name = f"{databases.prefix(worker_id)}_odd"
    restore(name)
    application = databases.application_of(name).conninfo()
    with psycopg.connect(application, autocommit=True) as session:
        batches = fill(session)
    told, verified, also_said = StringIO(), StringIO(), StringIO()
    with django_db_blocker.unblock(), databases.speaking_to(databases.owner_of(name)):
        call_command("migrate", verbosity=0, stderr=told)
        call_command("verify_ledger", verbosity=0, stdout=verified, stderr=also_said)
    with psycopg.connect(application, autocommit=True) as session:
        yield Old(told.getvalue(), verified.getvalue(), also_said.getvalue(), session, batches)
    databases.remove(name)


def test_migrate_tells_of_it(old: Old) -> None:
    assert "These names are one: State/INL, state/inl." in old.told
    assert "the move of version 20 (OLD-UNEVEN)" in old.told
    for rows in (
        "4 plain_text of ledger_batch (", "1 plain_text of ledger_posting (22)",
        "1 plain_text of ledger_entry (22-1)", "2 plain_text of ledger_commitment (",
        "1 plain_text of accounts_user (", "1 code_but_none of ledger_organization (",
    ):  # fmt: skip
        assert rows in old.told


def test_the_ledger_verifies_and_says_what_is_no_fault(old: Old) -> None:
    assert old.verified.startswith("Verified: 22 versions, ")
    assert old.also_said.count("\n") == 2
    assert "version 20: its move was uneven" in old.also_said
    assert "names twice: " in old.also_said


def test_what_waits_goes_back_to_be_mended_and_is_not_posted(old: Old) -> None:
    for waits in ("waits", "title"):
        with pytest.raises(CheckViolation, match="plain_text"):
            old.call("pablo", "post(%s, rules.batch_digest(%s))", *[old.batches[waits]] * 2)
    old.call("ana", "withdraw(%s)", old.batches["waits"])
    old.call("pablo", "send_back(%s, 'Odd characters')", old.batches["waits too"])
    with pytest.raises(CheckViolation, match="plain_text"):
        old.call("ana", "submit(%s)", old.batches["waits"])
    old.call("ana", "discard(%s)", old.batches["waits"])
    old.call("ana", "discard(%s)", old.batches["draft"])


def test_an_odd_version_is_taken_back_in_plain_text(old: Old) -> None:
    taken = old.call("ana", "reverse(%s, 'Taken back', 'Odd')", old.batches["version"])
    old.call("ana", "submit(%s)", taken)
    version = old.call("pablo", "post(%s, rules.batch_digest(%s))", taken, taken)
    note = "select note from ledger_entry where version = %s"
    assert value(old.session, note, version) == "odd"


def test_people_and_things_with_odd_names_still_change(old: Old) -> None:
    with old.session.transaction():
        old.session.execute(AS, ["ada"])
        for change in (
            "accounts_user set last_login = now() where username = 'ada'",
            "ledger_organization set retired = true where code = 'none'",
            "ledger_commitment set title = 'Mended' where reference = 'OLD-ODD'",
            "accounts_user set last_name = 'Plain' where username = 'ada'",
        ):
            assert old.session.execute(f"update {change}").rowcount == 1
    with pytest.raises(CheckViolation, match="plain_text"):
        old.session.execute("update accounts_user set last_name = %s", [TURNED])
