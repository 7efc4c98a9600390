"""Rules 1 and 2: every balance holds on every day, past ones included."""

from datetime import date
from decimal import Decimal
from itertools import permutations

import psycopg
import pytest
from django.db import connection

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Commitment, Stage
from carsi_tracker.ledger.posting import BrokenBalance
from carsi_tracker.ledger.refusals import Refused
from tests import factories
from tests.ledger.attack import post, refused, run, value
from tests.ledger.conftest import Ledger

DAY = {n: date(2009, 1, n) for n in range(1, 20)}
Amounts = list[tuple[Stage, int, int]]
C, O, D = Stage.COMMITTED, Stage.OBLIGATED, Stage.DISBURSED  # noqa: E741


def drafted(ledger: Ledger, commitment: Commitment, amounts: Amounts) -> Batch:
    """Draft amounts of a posted commitment, as (stage, amount, day of January 2009)."""
    draft = factories.batch(ledger.analyst)
    for stage, amount, day in amounts:
        factories.line(draft, commitment, stage, amount, DAY[day])
    return draft


@pytest.mark.parametrize(
    ("amounts", "balance", "day", "asked", "left"),
    [
        ([(O, 101, 5)], "unobligated", 5, 101, 100),
        ([(O, 10, 1)], "unobligated", 1, 10, 0),
        ([(D, 1, 5)], "unliquidated", 5, 1, 0),
        ([(O, 50, 5), (D, 51, 5)], "unliquidated", 5, 1, 0),
        ([(O, 50, 6), (D, 50, 5)], "unliquidated", 5, 50, 0),
        ([(C, -101, 5)], "committed", 5, 101, 100),
        ([(C, -1, 1)], "committed", 1, 1, 0),
        ([(O, -1, 5)], "obligated", 5, 1, 0),
        ([(D, -1, 5)], "disbursed", 5, 1, 0),
        ([(O, 80, 5), (C, -30, 9)], "unobligated", 9, 110, 100),
        ([(O, 80, 5), (C, -30, 3), (C, 30, 6)], "unobligated", 5, 110, 100),
    ],
)
def test_stages_follow_each_other_on_every_day(
    ledger: Ledger,
    amounts: Amounts,
    balance: str,
    day: int,
    asked: int,
    left: int,
) -> None:
    commitment = factories.committed(ledger.appropriation, 100, DAY[2])
    draft = drafted(ledger, commitment, amounts)
    expected = BrokenBalance(
        ledger.appropriation.pk, commitment.pk, balance, DAY[day], Decimal(asked), Decimal(left)
    )
    assert posting.broken_balances(draft.pk) == [expected]
    with pytest.raises(Refused) as caught:
        factories.submitted(draft)
    assert caught.value.rule == "balance_broken"


@pytest.mark.parametrize(
    "amounts",
    [
        [(O, 100, 2), (D, 100, 2)],
        [(D, 5, 4), (O, 5, 4)],
        [(O, 60, 5), (C, -60, 9), (O, -60, 9)],
        [(C, -100, 2)],
        [(C, 50, 2), (C, -50, 2), (O, 3, 2), (O, -3, 2)],
    ],
)
def test_amounts_that_keep_the_order_on_every_day_are_posted(
    ledger: Ledger, application: psycopg.Connection, amounts: Amounts
) -> None:
    commitment = factories.committed(ledger.appropriation, 100, DAY[2])
    for order in permutations(amounts):
        draft = drafted(ledger, commitment, list(order))
        assert posting.broken_balances(draft.pk) == []
        factories.submitted(draft)
        run(application, ledger.analyst, "select rules.withdraw(%s)", draft.pk)
    draft = drafted(ledger, commitment, amounts)
    factories.posted(draft, ledger.approver)
    assert value(application, "select count(*) from rules.verify()") == 0


def test_same_day_entries_post_in_any_order_of_batches(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    commitment = factories.committed(ledger.appropriation, 100, DAY[2])
    for amounts in ([(O, 100, 3)], [(D, 100, 3)], [(D, -100, 3)], [(O, -100, 3)], [(C, -100, 3)]):
        factories.posted(drafted(ledger, commitment, amounts), ledger.approver)
    assert value(application, "select count(*) from rules.verify()") == 0


def test_a_ceiling_holds_on_past_days_and_names_the_day_with_the_least(ledger: Ledger) -> None:
    appropriation = factories.funded(1000, DAY[5])
    later = factories.batch()
    factories.line(later, appropriation, Stage.APPROPRIATED, 500, DAY[15])
    factories.posted(later)
    factories.committed(appropriation, 400, DAY[6])
    factories.committed(appropriation, 300, DAY[10])
    draft = factories.batch(ledger.analyst)
    commitment = factories.commitment(draft, appropriation=appropriation)
    line = factories.line(draft, commitment, Stage.COMMITTED, 301, DAY[7])
    tightest = BrokenBalance(
        appropriation.pk, None, "available", DAY[10], Decimal(301), Decimal(300)
    )
    assert posting.broken_balances(draft.pk) == [tightest]
    with posting.acting(ledger.analyst):
        line.amount = Decimal(700)
        line.save()
    (broken,) = posting.broken_balances(draft.pk)
    assert (broken.day, broken.left) == (DAY[10], 300)
    with posting.acting(ledger.analyst):
        line.amount = Decimal(300)
        line.save()
    assert posting.broken_balances(draft.pk) == []
    with posting.acting(ledger.analyst):
        line.effective_date = DAY[4]
        line.save()
    before_law = BrokenBalance(
        appropriation.pk, None, "available", DAY[4], Decimal(300), Decimal(0)
    )
    assert posting.broken_balances(draft.pk) == [before_law]


def test_an_appropriation_is_not_taken_back_below_what_is_committed(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    factories.committed(ledger.appropriation, 600_000)
    draft = factories.batch(ledger.analyst)
    factories.line(draft, ledger.appropriation, Stage.APPROPRIATED, -400_001)
    with refused("balance_broken"):
        run(application, ledger.analyst, "select rules.submit(%s)", draft.pk)


def test_a_ceiling_reached_between_submitting_and_posting_refuses_the_posting(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    drafts = [factories.batch(ledger.analyst) for _ in range(2)]
    for draft in drafts:
        commitment = factories.commitment(draft, appropriation=ledger.appropriation)
        factories.line(draft, commitment, Stage.COMMITTED, 600_000)
        factories.submitted(draft)
    post(application, ledger.approver, drafts[0].pk)
    with refused("balance_broken", total=1):
        post(application, ledger.approver, drafts[1].pk)
    drafts[1].refresh_from_db()
    assert drafts[1].state == Batch.State.SUBMITTED


def test_a_refusal_names_twenty_balances_and_counts_them_all(ledger: Ledger) -> None:
    draft = factories.batch(ledger.analyst)
    shared = {
        "appropriation": ledger.appropriation,
        "area": factories.area(),
        "country": factories.country(),
        "agency": factories.organization(),
    }
    source = factories.document()
    for _ in range(25):
        commitment = factories.commitment(draft, **shared)
        factories.line(draft, commitment, Stage.COMMITTED, 1, document=source)
        factories.line(draft, commitment, Stage.OBLIGATED, 2, document=source)
    with pytest.raises(Refused) as caught:
        factories.submitted(draft)
    assert len(caught.value.lines) == 21
    assert caught.value.lines[-1] == "And 5 more balances."


def test_huge_sums_and_single_cents_add_up_exactly(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    appropriation = factories.appropriation()
    draft = factories.batch(ledger.analyst)
    for _ in range(11):
        factories.line(draft, appropriation, Stage.APPROPRIATED, "999999999999.99")
    factories.posted(draft, ledger.approver)
    draft = factories.batch(ledger.analyst)
    commitment = factories.commitment(draft, appropriation=appropriation)
    for _ in range(11):
        factories.line(draft, commitment, Stage.COMMITTED, "999999999999.99")
    factories.line(draft, commitment, Stage.OBLIGATED, "0.01")
    cent = factories.line(draft, commitment, Stage.COMMITTED, "0.01")
    assert posting.broken_balances(draft.pk) == [
        BrokenBalance(
            appropriation.pk, None, "available", factories.SPENT_ON,
            Decimal("10999999999999.90"), Decimal("10999999999999.89"),
        )
    ]  # fmt: skip
    run(application, ledger.analyst, "delete from ledger_line where id = %s", cent.pk)
    factories.posted(draft, ledger.approver)
    assert value(application, "select count(*) from rules.verify()") == 0


def test_the_balances_through_each_day_are_plain_sums(ledger: Ledger) -> None:
    commitment = factories.committed(ledger.appropriation, 100, DAY[2])
    posted = [(C, 100, 2), (O, 60, 4), (D, 20, 6), (O, 20, 6), (C, 30, 9), (D, 10, 11)]
    before = [(C, -40, 5), (O, 5, 12)]
    asked = [(O, 70, 7), (C, 5, 3), (D, -25, 9), (C, -5, 12)]
    run_first = drafted(ledger, commitment, posted[1:])
    factories.posted(run_first)
    first, draft = (drafted(ledger, commitment, amounts) for amounts in (before, asked))
    other = factories.committed(ledger.appropriation, 7, DAY[3])
    factories.line(draft, other, C, 1, DAY[5])

    def sums(amounts: Amounts, of: dict[Stage, int], day: int) -> int:
        return sum(of.get(stage, 0) * amount for stage, amount, on in amounts if on <= day)

    sides = {
        "committed": {C: 1}, "obligated": {O: 1}, "disbursed": {D: 1},
        "unobligated": {C: 1, O: -1}, "unliquidated": {O: 1, D: -1},
    }  # fmt: skip
    days = {max(day, 5) for _stage, _amount, day in posted + before + asked}
    expected = {
        (balance, DAY[day]): (sums(posted + before, of, day), sums(asked, of, day), True)
        for balance, of in sides.items()
        for day in days
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "select balance, day, posted, moved, touched from rules.balances_by_day("
            "null, %s, %s, %s, %s)",
            [[commitment.pk], DAY[5], draft.pk, [first.pk]],
        )
        assert {row[:2]: row[2:] for row in cursor.fetchall()} == expected
        cursor.execute(
            "select day, posted, moved, touched from rules.balances_by_day(%s, null, %s, %s, %s)",
            [[ledger.appropriation.pk], DAY[8], draft.pk, [first.pk]],
        )
        assert cursor.fetchall() == [
            (DAY[8], 1_000_000 - 107 + 40, -6, True),
            (DAY[9], 1_000_000 - 137 + 40, -6, True),
            (DAY[12], 1_000_000 - 137 + 40, -1, True),
        ]
