"""Nobody can hold the ledger: whoever waits is told so, and readers never wait."""

import threading
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.test import Client
from psycopg import sql

from carsi_tracker.database.limits import LIMITS, wait_patiently
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Posting
from carsi_tracker.ledger.refusals import Refused
from tests import databases, factories
from tests.desk.conftest import People, address, allocate, page_of, post_it, told
from tests.imports.conftest import CASES
from tests.ledger.attack import denied, value
from tests.reports.addresses import EXAMPLES, NOT_SET
from tests.sourced import NEXT

pytestmark = pytest.mark.commits

WAITS = """
    select exists (
        select from pg_locks l join pg_stat_activity a using (pid)
        where a.datname = current_database() and not l.granted
    )
"""
TABLES = """
    select string_agg(oid::regclass::text, ', ') from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace
"""
BUSY = "Someone else is posting or changing this. Nothing was changed."


@pytest.fixture
def owner(people: People) -> Iterator[psycopg.Connection]:
    """Give a session as the owner of the database, which `migrate` has brought up to date."""
    of = databases.owner_of(connection.settings_dict["NAME"])
    with databases.speaking_to(of):
        call_command("migrate", verbosity=0)
    with psycopg.connect(of.conninfo(), autocommit=True) as session:
        yield session


@pytest.fixture
def stray(owner: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """Give what somebody's psql would be: a session of the application role."""
    of = databases.application_of(owner.info.dbname)
    with psycopg.connect(of.conninfo()) as session:
        yield session
        session.rollback()


def set_on_database(owner: psycopg.Connection, name: str, value: str) -> None:
    """Change a limit for the sessions that begin from now on."""
    owner.execute(
        sql.SQL("alter database {} set {} = {}").format(
            sql.Identifier(owner.info.dbname), sql.Identifier(name), value
        )
    )
    connection.close()


@pytest.fixture
def impatient(owner: psycopg.Connection) -> None:
    """Let sessions that begin from now on wait for a fifth of a second only."""
    set_on_database(owner, "lock_timeout", "200ms")


def test_every_session_has_the_limits_and_may_make_nothing_of_its_own(
    stray: psycopg.Connection, people: People
) -> None:
    for name, limit in LIMITS.items():
        assert value(stray, f"select current_setting('{name}')::interval = %s::interval", limit)
    stray.rollback()
    for thing in (
        "temp table t (id int)",
        "domain pg_temp.date as int",
        "function pg_temp.f() returns int return 1",
        "table public.t (id int)",
        "schema mine",
    ):
        with denied():
            stray.execute(f"create {thing}")
        stray.rollback()


def test_an_import_needs_nothing_of_its_own(owner: psycopg.Connection, people: People) -> None:
    said = StringIO()
    call_command("import_ledger", str(CASES / "two-rows.csv"), "--user=ana", stdout=said)
    assert "Made batch" in said.getvalue()


@pytest.mark.usefixtures("impatient")
def test_a_post_that_cannot_get_the_head_is_told_so_and_readers_do_not_wait(
    people: People, stray: psycopg.Connection
) -> None:
    held, other = allocate(people.analyst), allocate(people.analyst)
    analyst, approver = people.analyst, people.approver
    stray.execute("select set_config('carsi.actor', %s, true)", [str(people.petra.pk)])
    stray.execute("select rules.post(%s, rules.batch_digest(%s))", [held.pk, held.pk])
    assert BUSY in post_it(approver, other)
    assert BUSY in post_it(approver, held)
    assert BUSY in told(analyst, address(held, "withdraw"))
    remark = {"text": "Name the page"}
    assert BUSY in told(approver, address(held, "send-back"), **remark)
    for page in ("/", "/changes/", "/entries/", "/ready/"):
        assert Client().get(page).status_code == 200
    assert analyst.get(page_of(held)).status_code == 200
    stray.rollback()
    assert set(Batch.objects.filter(version=None).values_list("state")) == {("submitted",)}
    assert f"Posted as version {NEXT}" in post_it(approver, other)
    assert f"Posted as version {NEXT + 1}" in post_it(approver, held)


def test_a_session_that_does_nothing_with_the_head_is_ended(
    owner: psycopg.Connection, people: People
) -> None:
    held, approver = allocate(people.analyst), people.approver
    set_on_database(owner, "idle_in_transaction_session_timeout", "1s")
    of = databases.application_of(owner.info.dbname)
    with psycopg.connect(of.conninfo(), autocommit=True) as stray:
        stray.execute(
            f"begin; select set_config('carsi.actor', '{people.petra.pk}', true); "
            f"select rules.post({held.pk}, rules.batch_digest({held.pk}))"
        )
        assert f"Posted as version {NEXT}" in post_it(approver, held)
        with pytest.raises(psycopg.Error, match="idle-in-transaction timeout"):
            stray.execute("select 1")


def test_a_deed_may_take_longer_than_a_page(owner: psycopg.Connection, people: People) -> None:
    set_on_database(owner, "statement_timeout", "100ms")
    long = "select pg_sleep(0.3)"
    with connection.cursor() as cursor:
        with pytest.raises(OperationalError, match="statement timeout"):
            cursor.execute(long)
        with posting.acting(people.ana):
            cursor.execute(long)
        with transaction.atomic():
            wait_patiently(connection)
            cursor.execute(long)


@pytest.mark.usefixtures("impatient")
def test_no_public_page_takes_a_lock_that_waits(owner: psycopg.Connection, people: People) -> None:
    with owner.transaction():
        owner.execute(f"lock table {value(owner, TABLES)} in exclusive mode")
        answers = {page: Client().get(page, follow=True).status_code for page in EXAMPLES.values()}
    missing = {page for page, code in answers.items() if code != 200}
    assert missing == {EXAMPLES["document-file"], *NOT_SET}


def in_a_thread(deed: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Begin a deed on a connection of its own; give what it comes to, or what it raises."""
    came: list[Any] = []

    def run() -> None:
        try:
            came.append(deed())
        except Refused as refused:
            came.append(refused)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, came


def test_every_verb_that_met_another_in_the_wrong_order_tries_again(
    owner: psycopg.Connection, stray: psycopg.Connection, people: People
) -> None:
    ana, petra = people.ana, people.petra
    set_on_database(owner, "default_transaction_isolation", "repeatable read")
    owner.execute("update ledger_office set self_approval_rule = 'An office of one'")
    alone = factories.person(is_analyst=True, is_approver=True)
    drafted = allocate(people.analyst, _draft="")
    unwanted = allocate(people.analyst, _draft="")
    alones = factories.batch(alone)
    factories.line(alones, drafted.lines.get().appropriation, factories.Stage.APPROPRIATED, 1)
    factories.line(alones, drafted.lines.get().appropriation, factories.Stage.APPROPRIATED, 2,
                   by=alone)  # fmt: skip
    verbs: dict[str, Callable[[], Any]] = {
        "submit": lambda: posting.submit(drafted.pk, ana),
        "withdraw": lambda: posting.withdraw(drafted.pk, ana),
        "submit again": lambda: posting.submit(drafted.pk, ana),
        "send back": lambda: posting.send_back(drafted.pk, petra, "Name the page"),
        "submit once more": lambda: posting.submit(drafted.pk, ana),
        "post": lambda: posting.post(drafted.pk, petra, posting.digest(drafted.pk)),
        "discard": lambda: posting.discard(unwanted.pk, ana),
        "submit alone": lambda: posting.submit(alones.pk, alone),
        "post alone": lambda: posting.post(alones.pk, alone, posting.digest(alones.pk), "Alone"),
        "countersign": lambda: posting.countersign(NEXT + 1, petra),
        "rehearse a reversal": lambda: posting.rehearse_reversal(NEXT + 1, ana),
        "reverse": lambda: posting.reverse(NEXT + 1, ana, "Back", "Twice"),
        "hand over": lambda: posting.hand_over(ana, people.benito, people.adela),
    }
    for name, verb in verbs.items():
        with stray.transaction():
            stray.execute("update accounts_user set last_login = now()")
            thread, came = in_a_thread(verb)
            while thread.is_alive() and not value(owner, WAITS):
                pass
        thread.join()
        assert not isinstance(came[0], Refused), (name, came)
    assert Posting.objects.count() == NEXT + 1
