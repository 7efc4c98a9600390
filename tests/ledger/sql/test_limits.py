"""A commitment may be a limit: what says so, who may correct it once posted, and what reads it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from carsi_tracker.ledger.models import Batch, Change, Commitment, LabelRevision, Stage
from tests import factories
from tests.ledger.attack import acting, post, refused, run, value
from tests.ledger.conftest import Ledger
from tests.ledger.waiting import until_waiting

MARK = "bound = 'at-most', bound_note = 'One total for two years.'"
WHY = "select set_config('carsi.reason', 'GAO says so', true)"


def correct(session: psycopg.Connection, user: Any, change: str, reason: str = WHY) -> None:
    with acting(session, user):
        session.execute(reason)
        session.execute(f"update ledger_commitment set {change}")


@pytest.fixture
def draft(ledger: Ledger) -> Commitment:
    return factories.commitment(factories.batch(ledger.analyst), appropriation=ledger.appropriation)


@pytest.fixture
def posted(ledger: Ledger) -> Commitment:
    return factories.committed(ledger.appropriation, 100)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("bound = 'about', bound_note = 'x'", "in_bounds"),
        ("bound = 'AT-MOST', bound_note = 'x'", "in_bounds"),
        ("bound = 'at-most'", "limit_explained"),
        ("bound = 'at-most', bound_note = E'\\u2800 \\u200b'", "plain_text"),
        ("bound = 'at-most', bound_note = E'\\u2800'", "plain_text"),
        ("bound_note = 'x'", "limit_explained"),
        ("bound_note_es = 'x'", "limit_explained"),
        ("bound = 'at-most', bound_note_es = 'x'", "limit_explained"),
        (f"{MARK}, bound_note_es = E'\\u00a0'", "plain_text"),
        ("bound = 'at-most', bound_note = E'a\\u202eb'", "plain_text"),
        (f"{MARK}, bound_note_es = E'a\\nb'", "plain_text"),
    ],
)
def test_a_limit_says_in_english_what_makes_it_one(
    ledger: Ledger, draft: Commitment, application: psycopg.Connection, change: str, rule: str
) -> None:
    with refused(rule):
        run(application, ledger.analyst, f"update ledger_commitment set {change}")


@pytest.mark.parametrize(
    "change",
    [MARK, MARK.replace("most", "least"), f"{MARK}, bound_note_es = 'Un total.'"],
)
def test_a_draft_marks_its_own_and_takes_the_mark_back(
    ledger: Ledger, draft: Commitment, application: psycopg.Connection, change: str
) -> None:
    run(application, ledger.analyst, f"update ledger_commitment set {change}")
    run(application, ledger.analyst,
        "update ledger_commitment set bound = '', bound_note = '', bound_note_es = ''")  # fmt: skip


def test_an_analyst_corrects_a_posted_one_with_a_reason_in_history_outside_the_checksum(
    ledger: Ledger, posted: Commitment, application: psycopg.Connection
) -> None:
    head = "select checksum from ledger_head"
    before, revision = value(application, head), LabelRevision.objects.get().revision
    correct(application, ledger.analyst, MARK)
    change = Change.objects.get(table="ledger_commitment", row=posted.pk, action="UPDATE",
                                after__bound="at-most")  # fmt: skip
    assert (change.user, change.reason) == (ledger.analyst, "GAO says so")
    assert LabelRevision.objects.get().revision == revision + 1
    assert value(application, head) == before
    assert value(application, "select count(*) from rules.verify()") == 0


@pytest.mark.parametrize("reason", ["select 1", WHY.replace("GAO says so", " \u2800")])
def test_without_a_reason_a_posted_one_keeps_its_mark(
    ledger: Ledger, posted: Commitment, application: psycopg.Connection, reason: str
) -> None:
    with refused("limit_has_a_reason"):
        correct(application, ledger.analyst, MARK, reason)
    correct(application, ledger.analyst, MARK)
    with refused("limit_has_a_reason"):
        correct(application, ledger.analyst, "bound_note_es = 'Un total.'", reason)


def test_nobody_but_an_active_analyst_corrects_a_posted_one(
    ledger: Ledger, posted: Commitment, application: psycopg.Connection
) -> None:
    for person in (
        factories.approver(), factories.administrator(), factories.person(),
        factories.analyst(is_active=False),
    ):  # fmt: skip
        with refused("role_missing", role="analyst"):
            correct(application, person, MARK)
    assert value(application, "select bound from ledger_commitment") == ""


def test_a_corrected_mark_is_held_to_the_same(
    ledger: Ledger, posted: Commitment, application: psycopg.Connection
) -> None:
    correct(application, ledger.analyst, MARK)
    for change in ("bound = ''", "bound_note = ''"):
        with refused("limit_explained"):
            correct(application, ledger.analyst, change)


def test_with_its_mark_nothing_else_of_a_posted_one_is_changed(
    ledger: Ledger, posted: Commitment, application: psycopg.Connection
) -> None:
    factories.country()
    with refused("frozen", what="commitment"):
        correct(application, ledger.analyst,
                f"{MARK}, country_id = (select max(id) from ledger_country)")  # fmt: skip


@pytest.fixture
def citing(ledger: Ledger, posted: Commitment) -> Batch:
    """Give a submitted batch that adds to a posted commitment."""
    made = factories.batch(ledger.analyst)
    factories.line(made, posted, Stage.COMMITTED, 10)
    factories.submitted(made)
    return made


def test_what_was_read_is_not_posted_once_the_mark_is_another(
    ledger: Ledger, citing: Batch, application: psycopg.Connection
) -> None:
    digest = value(application, "select rules.batch_digest(%s)", citing.pk)
    correct(application, ledger.analyst, MARK)
    with refused("changed_since_read"), acting(application, ledger.approver):
        application.execute("select rules.post(%s, %s, '')", [citing.pk, digest])


@pytest.mark.commits
def test_a_posting_waits_for_a_correction_and_then_is_to_be_read_again(
    ledger: Ledger,
    citing: Batch,
    application: psycopg.Connection,
    another: psycopg.Connection,
) -> None:
    digest = value(application, "select rules.batch_digest(%s)", citing.pk)
    with ThreadPoolExecutor(1) as threads:
        with acting(application, ledger.analyst):
            application.execute(WHY)
            application.execute(f"update ledger_commitment set {MARK} where first_version > 0")
            answer = threads.submit(
                run, another, ledger.approver, "select rules.post(%s, %s)", citing.pk, digest
            )
            until_waiting(application, another)
        with refused("changed_since_read"):
            answer.result()
    assert post(another, ledger.approver, citing.pk)
