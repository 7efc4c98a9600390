"""Rules 2 and 5 from many connections: one ceiling, no gaps, whole versions."""

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier, Event

import psycopg
import pytest

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import (
    Appropriation,
    Batch,
    Country,
    Document,
    Organization,
    ProgrammingArea,
    Stage,
)
from carsi_tracker.ledger.refusals import Refused
from tests import factories
from tests.ledger.attack import post, refused, value
from tests.ledger.conftest import Ledger
from tests.sourced import COMMITTED

Connect = Callable[[], psycopg.Connection]


def opened(connect: Connect, number: int) -> list[psycopg.Connection]:
    """Open sessions as the application role, each statement committed."""
    sessions = [connect() for _ in range(number)]
    for session in sessions:
        session.autocommit = True
    return sessions


def post_at_once(sessions: list[psycopg.Connection], user: User, batches: list[int]) -> list[str]:
    """Post batches from as many sessions at the same moment; return the rule that refused each."""
    barrier = Barrier(len(batches))

    def one(session: psycopg.Connection, batch: int) -> str:
        barrier.wait()
        try:
            post(session, user, batch)
        except psycopg.errors.CheckViolation as refusal:
            return refusal.diag.constraint_name or "?"
        return ""

    with ThreadPoolExecutor(len(batches)) as threads:
        return list(threads.map(one, sessions, batches))


def asking(ledger: Ledger, amount: int, number: int) -> list[int]:
    """Submit batches that each commit an amount of the ledger's appropriation."""
    batches = []
    area, country = factories.area(), factories.country()
    agency, source = factories.organization(), factories.document()
    for _ in range(number):
        draft = factories.batch(ledger.analyst)
        commitment = factories.commitment(
            draft, appropriation=ledger.appropriation, area=area, country=country, agency=agency
        )
        factories.line(draft, commitment, Stage.COMMITTED, amount, document=source)
        factories.submitted(draft)
        batches.append(draft.pk)
    return batches


def test_many_approvers_at_one_ceiling_never_pass_it(
    ledger: Ledger, connect_application: Connect, application: psycopg.Connection
) -> None:
    sessions = opened(connect_application, 32)
    rounds = 20 if os.environ.get("EVERYTHING") else 4
    for _ in range(rounds):
        ledger.appropriation = factories.funded(150_000)
        answers = post_at_once(sessions, ledger.approver, asking(ledger, 10_000, 32))
        assert sorted(answers) == [""] * 15 + ["balance_broken"] * 17
    head = value(application, "select version from ledger_head")
    assert head == value(application, "select count(*) from ledger_posting") == 1 + rounds * 16
    assert value(application, "select count(*) from rules.verify()") == 0


def test_of_two_batches_that_ask_for_the_same_money_one_is_posted(
    sourced_ledger: Ledger, connect_application: Connect, application: psycopg.Connection
) -> None:
    nadr = Appropriation.objects.get(fiscal_year=2008, account__code="NADR")
    batches = []
    for reference in ("CARSI-08-NADR-60", "CARSI-08-NADR-61"):
        draft = factories.batch(sourced_ledger.analyst)
        commitment = factories.commitment(
            draft,
            reference=reference,
            appropriation=nadr,
            area=ProgrammingArea.objects.get(code="law-enforcement"),
            country=Country.objects.get(code="regional"),
            agency=Organization.objects.get(code="State"),
        )
        factories.line(
            draft,
            commitment,
            Stage.COMMITTED,
            1_000_000,
            date(2009, 9, 30),
            document=Document.objects.get(key="gao-13-295r"),
        )
        factories.submitted(draft)
        batches.append(draft)
    answers = post_at_once(
        opened(connect_application, 2), sourced_ledger.approver, [batch.pk for batch in batches]
    )
    assert sorted(answers) == ["", "balance_broken"]
    loser = batches[answers.index("balance_broken")]
    loser.refresh_from_db()
    assert loser.state == Batch.State.SUBMITTED
    with pytest.raises(Refused) as refusal:
        posting.post(loser.pk, sourced_ledger.approver, posting.digest(loser.pk))
    reference = loser.introduces.get().reference
    assert refusal.value.lines == [
        f"{reference}, NADR FY2008: $1,000,000.00 is more than the uncommitted balance of "
        f"$365,000.00 on September 30, 2009. Lower the amount or change the date."
    ]
    assert (
        value(application, "select sum(amount) from ledger_entry where stage = 'committed'")
        == COMMITTED + 1_000_000
    )


def test_postings_in_opposite_orders_both_end(
    ledger: Ledger, connect_application: Connect, application: psycopg.Connection
) -> None:
    first, second = (
        factories.committed(ledger.appropriation, 1_000, by=ledger.analyst) for _ in range(2)
    )
    sessions = opened(connect_application, 8)
    for _ in range(5):
        batches = []
        for number in range(8):
            draft = factories.batch(ledger.analyst)
            pair = (first, second) if number % 2 else (second, first)
            for commitment in pair:
                factories.line(draft, commitment, Stage.OBLIGATED, 1)
            factories.submitted(draft)
            batches.append(draft.pk)
        assert set(post_at_once(sessions, ledger.approver, batches)) == {""}
    assert value(application, "select count(*) from rules.verify()") == 0


@pytest.mark.parametrize("back", ["1 minute", "1 hour"])
def test_a_clock_that_goes_back_makes_neither_gaps_nor_earlier_versions(
    ledger: Ledger, owner: psycopg.Connection, application: psycopg.Connection, back: str
) -> None:
    first, second = asking(ledger, 1, 2)
    post(application, ledger.approver, first)
    before = value(application, "select posted_at from ledger_head")
    owner.execute(
        "create or replace function rules.clock() returns timestamptz language sql volatile"
        f" set search_path = pg_catalog as $$ select clock_timestamp() - interval '{back}' $$"
    )
    assert post(application, ledger.approver, second) == 3
    after = value(application, "select posted_at from ledger_posting where version = 3")
    assert after == before + timedelta(microseconds=1)
    assert value(application, "select count(*) from rules.verify()") == 0


def test_a_reader_sees_whole_versions_while_postings_land(
    ledger: Ledger, connect_application: Connect
) -> None:
    batches = asking(ledger, 7, 30)
    writers, (reader,) = opened(connect_application, 3), opened(connect_application, 1)
    done = Event()

    def read() -> list[tuple[int, ...]]:
        seen = []
        while not done.is_set():
            row = reader.execute(
                "select h.version, count(distinct e.version), max(e.version),"
                " sum(e.amount) filter (where stage = 'committed'),"
                " (select sum(entry_count) from ledger_posting), count(*)"
                " from ledger_head h, ledger_entry e group by h.version"
            ).fetchone()
            assert row is not None
            seen.append(row)
        return seen

    with ThreadPoolExecutor(1) as readers, ThreadPoolExecutor(3) as threads:
        reading = readers.submit(read)
        list(
            threads.map(
                lambda number: [
                    post(writers[number], ledger.approver, batch) for batch in batches[number::3]
                ],
                range(3),
            )
        )
        done.set()
    assert reading.result()
    for head, versions, newest, committed, counted, entries in reading.result():
        assert head == versions == newest
        assert (committed or 0) == 7 * (head - 1)
        assert counted == entries


def test_posting_twice_at_once_makes_one_version(
    ledger: Ledger, connect_application: Connect, application: psycopg.Connection
) -> None:
    (batch,) = asking(ledger, 1, 1)
    answers = post_at_once(opened(connect_application, 4), ledger.approver, [batch] * 4)
    assert sorted(answers) == ["", "posted_already", "posted_already", "posted_already"]
    with refused("posted_already", version=2):
        post(application, ledger.approver, batch)


def test_a_refusal_carries_what_was_asked_and_left_as_exact_text(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    draft = factories.batch(ledger.analyst)
    commitment = factories.commitment(draft, appropriation=ledger.appropriation)
    factories.line(draft, commitment, Stage.COMMITTED, "1000000.01")
    with pytest.raises(psycopg.errors.CheckViolation) as caught, application.transaction():
        value(application, "select set_config('carsi.actor', %s, true)", str(ledger.analyst.pk))
        value(application, "select rules.submit(%s)", draft.pk)
    (broken,) = json.loads(caught.value.diag.message_detail or "")["broken"]
    assert (broken["asked"], broken["left"]) == ("1000000.01", "1000000")
