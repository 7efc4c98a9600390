"""Remarks: signed and dated by the database, for good, and no hand in the batch."""

import psycopg
import pytest

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Remark, Stage
from carsi_tracker.ledger.refusals import Refused
from tests import factories
from tests.ledger.attack import run, sealed
from tests.ledger.conftest import Ledger

REMARK = (
    "insert into ledger_remark (batch_id, author_id, written_at, text) "
    "values (%s, %s, '2001-01-01', %s)"
)


@pytest.fixture
def batch(ledger: Ledger) -> Batch:
    """Give a submitted batch."""
    made = factories.batch(ledger.analyst)
    factories.line(made, ledger.appropriation, Stage.APPROPRIATED, 5)
    factories.submitted(made)
    return made


def test_a_remark_is_of_who_acts_and_of_now_whatever_it_claims(
    ledger: Ledger, application: psycopg.Connection, batch: Batch
) -> None:
    run(application, ledger.approver, REMARK, batch.pk, ledger.analyst.pk, "Is this signed?")
    remark = Remark.objects.get()
    assert remark.author == ledger.approver
    assert remark.written_at.year > 2001


def test_a_remark_is_no_hand_and_leaves_what_was_read_as_it_was(
    ledger: Ledger, batch: Batch
) -> None:
    digest = posting.digest(batch.pk)
    posting.remark(batch.pk, ledger.approver, "Is this signed?")
    posting.remark(batch.pk, factories.analyst(), "It is.")
    version = posting.post(batch.pk, ledger.approver, digest)
    posting.remark(batch.pk, ledger.approver, "Filed.")
    texts = list(Remark.objects.values_list("text", flat=True))
    assert (version, texts) == (2, ["Is this signed?", "It is.", "Filed."])


def test_only_active_analysts_and_approvers_remark(ledger: Ledger, batch: Batch) -> None:
    for who in (factories.administrator(), factories.analyst(is_active=False)):
        with pytest.raises(Refused, match=r"Only an active analyst or approver can do this\."):
            posting.remark(batch.pk, who, "Hello")


@pytest.mark.parametrize("text", ["", " \n\u00a0", "\u2800", "x" * 2001])
def test_a_remark_is_of_some_length(ledger: Ledger, batch: Batch, text: str) -> None:
    with pytest.raises(Refused, match=r"Enter a comment of 1 to 2,000 characters\."):
        posting.remark(batch.pk, ledger.analyst, text)


def test_a_remark_has_lines_of_plain_text(ledger: Ledger, batch: Batch) -> None:
    posting.remark(batch.pk, ledger.analyst, "one\ntwo 👩\u200d🚒")
    for odd in ("\t", "\r", "\u202e", "\ufffe", "\u2028", "\u200b"):
        with pytest.raises(Refused) as refused_text:
            posting.remark(batch.pk, ledger.analyst, f"one{odd}two")
        assert refused_text.value.rule == "plain_text"


@pytest.mark.parametrize("login", ["application", "granted"])
@pytest.mark.parametrize(
    "sql", ["update ledger_remark set text = 'x'", "delete from ledger_remark"]
)
def test_a_remark_stands_as_it_was_written(
    ledger: Ledger, session: psycopg.Connection, batch: Batch, login: str, sql: str
) -> None:
    posting.remark(batch.pk, ledger.analyst, "It is.")
    with sealed(login, "remark_stands"):
        run(session, ledger.analyst, sql)


def test_discarding_a_batch_takes_its_remarks_along(ledger: Ledger, batch: Batch) -> None:
    posting.send_back(batch.pk, ledger.approver, "Look again")
    posting.discard(batch.pk, ledger.analyst)
    assert not Remark.objects.exists()
