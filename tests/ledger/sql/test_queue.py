"""Batches tried one behind the other, as `44_queue.sql` does it."""

from datetime import date

import pytest
from django.db import connection, transaction

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Appropriation, Batch, Commitment, Stage
from carsi_tracker.ledger.refusals import Refused
from carsi_tracker.ledger.turns import Taker, turns, waiting
from tests import factories

pytestmark = pytest.mark.usefixtures("ledger")


def allocated(of: Appropriation, amount: int) -> Batch:
    """A submitted batch that commits an amount of an appropriation."""
    draft = factories.batch()
    commitment = factories.commitment(draft, appropriation=of)
    factories.line(draft, commitment, Stage.COMMITTED, amount)
    factories.submitted(draft)
    return draft


def obligated(commitment: Commitment, amount: int, on: date = factories.SPENT_ON) -> Batch:
    draft = factories.batch()
    factories.line(draft, commitment, Stage.OBLIGATED, amount, on)
    factories.submitted(draft)
    return draft


def test_each_batch_is_tried_behind_those_that_fit() -> None:
    of = factories.funded(1_000)
    first, large, small = allocated(of, 600), allocated(of, 500), allocated(of, 400)
    ids = [batch.pk for batch in waiting()]
    assert ids == [first.pk, large.pk, small.pk]
    tried = turns(ids, ids)
    assert [tried[pk].now for pk in ids] == [None, None, None]
    assert tried[first.pk].in_turn is None
    refusal = tried[large.pk].in_turn
    assert refusal is not None
    assert "$500.00 is more than the uncommitted balance of $400.00 on" in refusal.lines[0]
    assert tried[large.pk].takers == (Taker(first.pk, first.title),)
    assert tried[small.pk].in_turn is None


def test_room_within_a_commitment_is_taken_day_by_day() -> None:
    commitment = factories.committed(factories.funded(1_000), 1_000)
    later = obligated(commitment, 700, date(2009, 5, 1))
    earlier = obligated(commitment, 600, date(2009, 4, 1))
    tried = turns([later.pk, earlier.pk], [earlier.pk])[earlier.pk]
    assert tried.now is None
    assert tried.in_turn is not None
    assert "$600.00 is more than" in tried.in_turn.lines[0]
    assert "the $300.00 committed but not obligated on May 1, 2009" in tried.in_turn.lines[0]
    assert tried.takers == (Taker(later.pk, later.title),)


def test_a_batch_that_gives_room_lets_a_later_one_fit() -> None:
    of = factories.funded(1_000)
    commitment = factories.committed(of, 1_000)
    asks = factories.batch()
    factories.line(asks, factories.commitment(asks, appropriation=of), Stage.COMMITTED, 200)
    gives = factories.batch()
    factories.line(gives, commitment, Stage.COMMITTED, -300)
    factories.submitted(gives)
    tried = turns([gives.pk, asks.pk], [asks.pk])[asks.pk]
    assert tried.now is not None
    assert tried.in_turn is None
    assert tried.takers == ()


def test_what_is_foretold_is_what_posting_does() -> None:
    of = factories.funded(1_000)
    queue = [allocated(of, amount) for amount in (300, 800, 500, 300, 200)]
    ids = [batch.pk for batch in queue]
    foretold = {pk: turn.in_turn is None for pk, turn in turns(ids, ids).items()}
    approver = factories.approver()
    for batch in queue:
        if foretold[batch.pk]:
            posting.post(batch.pk, approver, posting.digest(batch.pk))
        else:
            with pytest.raises(Refused, match="is more than"):
                posting.post(batch.pk, approver, posting.digest(batch.pk))
    assert list(foretold.values()) == [True, False, True, False, True]


@pytest.mark.commits
def test_trying_a_queue_takes_no_lock_and_changes_nothing() -> None:
    of = factories.funded(1_000)
    ids = [allocated(of, 600).pk, allocated(of, 600).pk]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set transaction read only")
        turns(ids, ids)
        cursor.execute(
            "select count(*) from pg_locks where pid = pg_backend_pid()"
            " and locktype in ('relation', 'tuple') and mode <> 'AccessShareLock'"
        )
        assert cursor.fetchone() == (0,)


def test_an_empty_queue_is_tried_without_a_fault() -> None:
    assert turns([], []) == {}
