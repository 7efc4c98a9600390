"""Rule 4: a version posted without a second person is countersigned once, by somebody else."""

import threading

import psycopg
import pytest

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Countersignature, LabelRevision, Stage
from carsi_tracker.ledger.refusals import Refused
from tests import factories
from tests.ledger.attack import acting, denied, post, refused, run, value
from tests.ledger.conftest import Ledger
from tests.ledger.waiting import until_waiting

COUNTERSIGN = "select rules.countersign(%s, %s)"


@pytest.fixture
def login() -> str:
    return "alone"


@pytest.fixture
def alone(ledger: Ledger, application: psycopg.Connection) -> User:
    """Give an analyst and approver, who posted version 2 without a second person."""
    person = factories.analyst(is_approver=True)
    draft = factories.batch(person)
    factories.line(draft, ledger.appropriation, Stage.APPROPRIATED, 5)
    factories.submitted(draft)
    assert post(application, person, draft.pk, "Nobody else is here.") == 2
    return person


def test_another_approver_countersigns_and_public_pages_are_made_anew(
    ledger: Ledger, application: psycopg.Connection, alone: User
) -> None:
    before = LabelRevision.objects.get().revision
    run(application, ledger.approver, COUNTERSIGN, 2, "  Read against the law. ")
    signed = Countersignature.objects.get()
    assert (signed.posting_id, signed.person, signed.signed_by, signed.remark) == (
        2, ledger.approver, "pablo", "Read against the law.",
    )  # fmt: skip
    assert LabelRevision.objects.get().revision == before + 1
    assert value(application, "select count(*) from rules.verify()") == 0


def test_nobody_countersigns_what_they_posted_or_prepared(
    ledger: Ledger, application: psycopg.Connection, owner: psycopg.Connection, alone: User
) -> None:
    with refused("prepared_or_posted_it", version=2):
        run(application, alone, COUNTERSIGN, 2, "")
    owner.execute(
        "insert into ledger_batcheditor select batch_id, %s from ledger_posting where version = 2",
        [ledger.approver.pk],
    )
    with refused("prepared_or_posted_it", version=2):
        run(application, ledger.approver, COUNTERSIGN, 2, "")


@pytest.mark.parametrize(
    "fields", [{"is_analyst": True}, {"is_approver": True, "is_active": False}]
)
def test_only_an_active_approver_countersigns(
    application: psycopg.Connection, alone: User, fields: dict[str, bool]
) -> None:
    with refused("role_missing", role="approver"):
        run(application, factories.person(**fields), COUNTERSIGN, 2, "")


def test_a_version_posted_by_two_and_none_at_all_are_not_countersigned(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    with refused("posted_by_two", version=1):
        run(application, factories.approver(), COUNTERSIGN, 1, "")
    with refused("no_such_version", version=9):
        run(application, ledger.approver, COUNTERSIGN, 9, "")


@pytest.mark.parametrize(
    ("remark", "rule"),
    [("two\nlines", "plain_text"), ("x" * 1001, "countersigning_in_few_words")],
)
def test_its_remark_is_a_line_of_plain_text(
    ledger: Ledger, application: psycopg.Connection, alone: User, remark: str, rule: str
) -> None:
    with refused(rule):
        run(application, ledger.approver, COUNTERSIGN, 2, remark)


def test_two_at_once_countersign_once_and_the_second_is_told_by_whom(
    ledger: Ledger, application: psycopg.Connection, another: psycopg.Connection, alone: User
) -> None:
    refusals: list[str | None] = []
    second_person = factories.approver()

    def countersign_meanwhile() -> None:
        try:
            run(another, second_person, COUNTERSIGN, 2, "")
        except psycopg.errors.CheckViolation as error:
            refusals.append(error.diag.constraint_name)

    with acting(application, ledger.approver):
        application.execute(COUNTERSIGN, [2, ""])
        second = threading.Thread(target=countersign_meanwhile)
        second.start()
        until_waiting(application, another)
    second.join()
    assert refusals == ["countersigned_already"]
    with pytest.raises(Refused, match="Version 2 was countersigned already, by pablo on "):
        posting.countersign(2, second_person)


WRITES = {
    "insert": "insert into ledger_countersignature (posting_id, person_id, signed_by, signed_at, "
    "remark) values (1, {person}, 'x', now(), '')",
    "update": "update ledger_countersignature set remark = 'x'",
    "delete": "delete from ledger_countersignature",
}


@pytest.mark.parametrize("sql", WRITES.values(), ids=WRITES.keys())
def test_countersignatures_are_sealed_as_the_journal_is(
    ledger: Ledger,
    owner: psycopg.Connection,
    application: psycopg.Connection,
    alone: User,
    sql: str,
) -> None:
    run(application, ledger.approver, COUNTERSIGN, 2, "")
    sql = sql.format(person=alone.pk)
    with denied():
        run(application, alone, sql)
    owner.execute(f"grant all on all tables in schema public to {application.info.user}")
    with refused("version_is_final"):
        run(application, alone, sql)
    if not sql.startswith("insert"):
        with refused("version_is_final"):
            owner.execute(sql)
    with refused("version_is_final"):
        owner.execute("truncate ledger_countersignature")


def test_a_batch_sent_for_a_second_persons_word_keeps_its_checksum(
    ledger: Ledger, application: psycopg.Connection, alone: User
) -> None:
    checksum = value(application, "select checksum from ledger_head")
    posting.countersign(2, ledger.approver, "Read.")
    assert value(application, "select checksum from ledger_head") == checksum
    assert Batch.objects.get(version=2).state == Batch.State.POSTED
