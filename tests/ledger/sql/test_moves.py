"""Rule 3: a move takes back exactly what it enters under the successor, per stage and day."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import psycopg
import pytest

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Commitment, Stage
from carsi_tracker.ledger.refusals import Refused
from tests import factories
from tests.ledger.attack import post, refused, run, value
from tests.ledger.conftest import Ledger

FIRST, LATER = date(2009, 3, 13), date(2010, 3, 13)
COMMITTED, OBLIGATED = "committed", "obligated"
Amounts = Iterable[tuple[Any, str, int, date]]


@pytest.fixture
def old(ledger: Ledger) -> Commitment:
    """Give a posted commitment of $100, of which $60 are obligated a year later."""
    made = factories.committed(ledger.appropriation, 100, reference="OLD")
    draft = factories.batch()
    factories.line(draft, made, Stage.OBLIGATED, 60, LATER)
    factories.posted(draft)
    return made


def successor(ledger: Ledger, batch: Batch, replaces: Commitment, reference: str) -> Commitment:
    return factories.commitment(
        batch, appropriation=ledger.appropriation, replaces=replaces, reference=reference
    )


def enter(batch: Batch, amounts: Amounts) -> None:
    for of, stage, amount, day in amounts:
        factories.line(batch, of, Stage(stage), amount, day)


def move(ledger: Ledger, old: Commitment, reference: str = "NEW") -> tuple[Batch, Commitment]:
    """Draft a move of all of a commitment as `old` holds it."""
    batch = factories.batch(ledger.analyst)
    new = successor(ledger, batch, old, reference)
    enter(
        batch,
        [
            (old, COMMITTED, -100, FIRST), (new, COMMITTED, 100, FIRST),
            (old, OBLIGATED, -60, LATER), (new, OBLIGATED, 60, LATER),
        ],
    )  # fmt: skip
    return batch, new


def test_a_move_moves_and_moves_on_and_is_reversed_and_reinstated(
    ledger: Ledger, old: Commitment, application: psycopg.Connection
) -> None:
    batch, new = move(ledger, old)
    version = factories.posted(batch)
    reversal = posting.reverse(version, ledger.analyst, "Back", "Wrong")
    posting.submit(reversal, ledger.analyst)
    back = post(application, ledger.approver, reversal)
    again = posting.reverse(back, ledger.analyst, "Again", "Right")
    posting.submit(again, ledger.analyst)
    post(application, ledger.approver, again)
    new.refresh_from_db()
    onward, _newer = move(ledger, new, "NEWER")
    factories.posted(onward)
    assert value(application, "select count(*) from rules.verify()") == 0


UNEVEN: dict[str, list[tuple[str, str, int, date]]] = {
    "nothing is taken back": [("new", COMMITTED, 100, FIRST)],
    "less is taken back": [("old", COMMITTED, -30, FIRST), ("new", COMMITTED, 40, FIRST)],
    "more is taken back": [("old", COMMITTED, -40, FIRST), ("new", COMMITTED, 30, FIRST)],
    "more is taken back, at another stage": [
        ("old", COMMITTED, -40, FIRST), ("new", COMMITTED, 40, FIRST),
        ("old", OBLIGATED, -5, LATER),
    ],
    "it is taken back on another day": [
        ("old", COMMITTED, -40, LATER), ("new", COMMITTED, 40, FIRST),
    ],
    "one of several amounts of a day lacks": [
        ("old", COMMITTED, -10, FIRST), ("old", COMMITTED, -20, FIRST),
        ("new", COMMITTED, 10, FIRST), ("new", COMMITTED, 20, FIRST), ("new", COMMITTED, 5, FIRST),
    ],
    "another commitment pays for it": [
        ("other", COMMITTED, -40, FIRST), ("new", COMMITTED, 40, FIRST),
    ],
}  # fmt: skip


def test_what_does_not_move_is_refused_at_submit_and_at_post(
    ledger: Ledger, old: Commitment, owner: psycopg.Connection, application: psycopg.Connection
) -> None:
    other = factories.committed(ledger.appropriation, 100)
    for number, (why, amounts) in enumerate(UNEVEN.items()):
        batch = factories.batch(ledger.analyst)
        new = successor(ledger, batch, old, f"NEW-{number}")
        named = {"old": old, "new": new, "other": other}
        enter(batch, [(named[of], *amount) for of, *amount in amounts])
        with pytest.raises(Refused) as refusal:
            posting.submit(batch.pk, ledger.analyst)
        assert refusal.value.rule == "move_uneven", why
        pretend_submitted(owner, ledger, batch)
        with refused("move_uneven", total=len(refusal.value.detail["moves"])):
            post(application, ledger.approver, batch.pk)
        run(application, ledger.analyst, "select rules.withdraw(%s)", batch.pk)


def pretend_submitted(owner: psycopg.Connection, ledger: Ledger, batch: Batch) -> None:
    """Let a batch be submitted as before a move had to move."""
    run(owner, ledger.analyst,
        "update ledger_batch set state = 'submitted', submitted_by_id = created_by_id, "
        "submitted_at = now() where id = %s", batch.pk)  # fmt: skip


def test_a_refusal_says_which_stage_and_day_and_amounts(ledger: Ledger, old: Commitment) -> None:
    batch, new = move(ledger, old)
    with posting.acting(ledger.analyst):
        batch.lines.filter(commitment=old).delete()
    with pytest.raises(Refused) as refusal:
        posting.rehearse(batch.pk)
    assert refusal.value.lines == [
        "A reclassification reduces by as much as it enters. From OLD to NEW, committed on "
        "March 13, 2009: "
        "reduced by $0.00, entered $100.00.",
        "A reclassification reduces by as much as it enters. From OLD to NEW, obligated on "
        "March 13, 2010: "
        "reduced by $0.00, entered $60.00.",
    ]
    enter(batch, [(new, COMMITTED, day, date(2011, 1, day)) for day in range(1, 10)])
    with pytest.raises(Refused) as refusal:
        posting.rehearse(batch.pk)
    assert refusal.value.lines[-1] == "And 6 more amounts."


def test_several_successors_share_what_is_taken_back(ledger: Ledger, old: Commitment) -> None:
    batch = factories.batch(ledger.analyst)
    first, second = (successor(ledger, batch, old, name) for name in ("A-1", "A-2"))
    enter(
        batch,
        [
            (old, COMMITTED, -25, FIRST), (old, COMMITTED, -10, FIRST),
            (first, COMMITTED, 20, FIRST), (second, COMMITTED, 15, FIRST),
        ],
    )  # fmt: skip
    factories.submitted(batch)
    third = successor(ledger, batch, old, "A-3")
    enter(batch, [(third, COMMITTED, 5, FIRST)])
    with pytest.raises(Refused, match=r"From OLD to A-1, A-2, A-3, .* \$35.00, .* \$40.00"):
        factories.submitted(batch)
    enter(batch, [(old, COMMITTED, -5, FIRST)])
    factories.posted(batch)


def test_amounts_do_not_go_from_one_move_to_the_other(ledger: Ledger, old: Commitment) -> None:
    other = factories.committed(ledger.appropriation, 100, reference="OTHER")
    batch = factories.batch(ledger.analyst)
    first, second = successor(ledger, batch, old, "B-1"), successor(ledger, batch, other, "B-2")
    enter(
        batch,
        [
            (old, COMMITTED, -30, FIRST), (other, COMMITTED, -10, FIRST),
            (first, COMMITTED, 10, FIRST), (second, COMMITTED, 30, FIRST),
        ],
    )  # fmt: skip
    with pytest.raises(Refused) as refusal:
        factories.submitted(batch)
    assert [move["reference"] for move in refusal.value.detail["moves"]] == ["OLD", "OTHER"]


def test_nothing_is_replaced_by_what_nothing_moves_to(ledger: Ledger, old: Commitment) -> None:
    batch, _new = move(ledger, old)
    empty = successor(ledger, batch, old, "EMPTY")
    with pytest.raises(Refused) as refusal:
        factories.submitted(batch)
    assert refusal.value.rule == "commitment_without_amount"
    enter(batch, [(empty, COMMITTED, 5, FIRST), (empty, COMMITTED, -5, FIRST)])
    with pytest.raises(
        Refused, match=("EMPTY replaces a commitment, but nothing is reclassified to it")
    ):
        factories.submitted(batch)


def test_a_new_commitment_becomes_a_successor_only_by_a_move(
    ledger: Ledger, old: Commitment, application: psycopg.Connection
) -> None:
    batch = factories.batch(ledger.analyst)
    made = factories.commitment(batch, appropriation=ledger.appropriation)
    enter(batch, [(made, COMMITTED, 5, FIRST)])
    factories.submitted(batch)
    run(application, ledger.analyst,
        "update ledger_commitment set replaces_id = %s where id = %s", old.pk, made.pk)  # fmt: skip
    with refused("move_uneven"):
        run(application, ledger.analyst, "select rules.submit(%s)", batch.pk)
