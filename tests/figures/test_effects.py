"""What a batch that is not posted does to appropriations and commitments."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from carsi_tracker.figures.aggregates import Amount, Sums
from carsi_tracker.figures.bounds import Mark
from carsi_tracker.figures.effects import Effect, Effects, Progress, effects, progress
from carsi_tracker.ledger.models import Appropriation, Stage
from tests import factories

pytestmark = pytest.mark.usefixtures("sourced")


def appropriation() -> Appropriation:
    return Appropriation.objects.get(fiscal_year=2008, account__code="INCLE")


def told(effect: Effect) -> tuple[str, str, int, int, int]:
    amounts = (effect.before.amount, effect.change, effect.lowest.amount)
    return effect.name, effect.balance, *map(int, amounts)  # type: ignore[return-value]


def test_an_effect_says_what_is_left_before_and_after_and_on_the_lowest_day() -> None:
    of = appropriation()
    draft = factories.batch()
    new = factories.commitment(draft, appropriation=of)
    factories.line(draft, new, Stage.COMMITTED, 11_500_000)
    factories.line(draft, of, Stage.APPROPRIATED, 1_000_000, date(2010, 5, 1))
    found = effects(draft.pk)
    first, second = found.shown
    assert told(first) == (str(of), "available", 11_010_500, -10_500_000, -489_500)
    assert first.lowest_day == date(2009, 9, 25)
    assert first.after.amount == 510_500
    assert first.is_broken
    assert told(second) == (new.reference, "unobligated", 0, 11_500_000, 11_500_000)
    assert (found.total, found.broken, found.others) == (2, 1, 0)


def test_a_batch_that_only_obligates_touches_the_balances_of_its_commitment() -> None:
    commitment = factories.committed(factories.funded(), 100)
    draft = factories.batch()
    factories.line(draft, commitment, Stage.OBLIGATED, 80)
    assert [told(effect) for effect in effects(draft.pk).shown] == [
        (commitment.reference, "unobligated", 100, -80, 20),
        (commitment.reference, "unliquidated", 0, 80, 80),
    ]


def test_what_breaks_comes_before_what_does_not_behind_the_appropriations() -> None:
    draft = factories.batch()
    fits = factories.commitment(draft, reference="AAA-1")
    breaks = factories.commitment(draft, reference="BBB-1", appropriation=fits.appropriation)
    for commitment, obligated in ((fits, 5), (breaks, 15)):
        factories.line(draft, commitment, Stage.COMMITTED, 10, date(2010, 1, 1))
        factories.line(draft, commitment, Stage.OBLIGATED, obligated, date(2010, 2, 1))
    names = [(effect.name, effect.balance) for effect in effects(draft.pk).shown]
    assert names == [
        (str(fits.appropriation), "available"),
        ("BBB-1", "unobligated"),
        ("AAA-1", "unobligated"),
        ("AAA-1", "unliquidated"),
        ("BBB-1", "unliquidated"),
    ]


def test_disbursed_stands_there_where_it_alone_falls_below_zero() -> None:
    draft = factories.batch()
    commitment = factories.commitment(draft)
    factories.line(draft, commitment, Stage.DISBURSED, -5, date(2010, 1, 1))
    balances = [(effect.balance, effect.lowest.amount) for effect in effects(draft.pk).shown]
    assert balances == [("disbursed", -5), ("unliquidated", 5)]


def test_pending_is_what_other_unposted_batches_would_take() -> None:
    draft, other = factories.batch(), factories.batch()
    new = factories.commitment(other, appropriation=appropriation())
    factories.line(other, new, Stage.COMMITTED, 400)
    commitment = appropriation().commitment_set.get(reference="CARSI-08-INCLE-01")
    factories.line(other, commitment, Stage.OBLIGATED, 30)
    factories.line(other, commitment, Stage.COMMITTED, -7)
    factories.line(draft, commitment, Stage.COMMITTED, 1)
    pending = [(effect.balance, effect.pending) for effect in effects(draft.pk).shown]
    assert pending == [("available", 393), ("unobligated", 37)]


def test_a_batch_that_only_moves_an_amount_to_another_day_takes_nothing() -> None:
    draft, other = factories.batch(), factories.batch()
    commitment = appropriation().commitment_set.get(reference="CARSI-08-INCLE-01")
    factories.line(other, commitment, Stage.COMMITTED, -400, date(2009, 6, 15))
    factories.line(other, commitment, Stage.COMMITTED, 400, date(2009, 6, 1))
    more = factories.batch()
    factories.line(more, commitment, Stage.COMMITTED, 50)
    less = factories.batch()
    factories.line(less, commitment, Stage.COMMITTED, -9)
    factories.line(draft, commitment, Stage.OBLIGATED, 1)
    pending = {effect.balance: effect.pending for effect in effects(draft.pk).shown}
    assert pending["unobligated"] == 9, "what another batch adds may never be posted"


def test_a_balance_of_a_limit_is_a_limit() -> None:
    draft = factories.batch()
    new = factories.commitment(
        draft, appropriation=appropriation(), bound="at-most", bound_note="No exact amount"
    )
    factories.line(draft, new, Stage.COMMITTED, 100)
    available, unobligated = effects(draft.pk).shown
    assert available.after.limits.mark is Mark.AT_LEAST
    assert unobligated.after.limits.mark is Mark.AT_MOST
    assert unobligated.before.limits.mark is None


def test_the_balances_of_many_lines_are_asked_for_as_often_as_those_of_one(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = factories.batch()
    for _turn in range(3):
        commitment = factories.commitment(draft)
        factories.line(draft, commitment, Stage.COMMITTED, 10)
    with django_assert_num_queries(5):
        assert effects(draft.pk).total == 6
    monkeypatch.setattr("carsi_tracker.figures.effects.MOST", 4)
    assert effects(draft.pk).others == 2
    assert effects(factories.batch().pk) == Effects([])


def sums(**stages: int) -> Sums:
    return Sums({stage: Amount(Decimal(amount)) for stage, amount in stages.items()})


def test_progress_says_how_far_a_commitment_is() -> None:
    commitment = factories.commitment(factories.batch())
    draft = commitment.introduced_by
    factories.line(draft, commitment, Stage.COMMITTED, 100, date(2010, 1, 1))
    factories.line(draft, commitment, Stage.OBLIGATED, 80, date(2010, 2, 1))
    factories.line(draft, commitment, Stage.DISBURSED, 30, date(2010, 2, 1))
    factories.line(draft, commitment, Stage.COMMITTED, 20, date(2010, 3, 1))
    other = factories.commitment(draft)
    factories.line(draft, other, Stage.COMMITTED, 5, date(2009, 12, 1))
    untouched = factories.commitment(factories.batch())

    found = progress(draft.pk, [commitment.pk, untouched.pk])
    assert found == {
        commitment.pk: Progress(
            sums(committed=0, obligated=0, disbursed=0),
            sums(committed=120, obligated=80, disbursed=30),
        )
    }


def test_what_breaks_first_of_a_commitment_says_by_how_much_and_when() -> None:
    commitment = appropriation().commitment_set.get(reference="CARSI-08-INCLE-01")
    draft = factories.batch()
    factories.line(draft, commitment, Stage.OBLIGATED, 1_000_000_000, date(2026, 11, 1))
    factories.line(draft, appropriation(), Stage.APPROPRIATED, 1, date(2009, 1, 1))
    of = progress(draft.pk, [commitment.pk])[commitment.pk]
    assert of.change == sums(committed=0, obligated=1_000_000_000, disbursed=0)
    worst = effects(draft.pk).worst
    assert worst
    assert (worst.commitment, worst.balance) == (commitment, "unobligated")
    assert worst.lowest.amount == of.before.committed - of.before.obligated - 1_000_000_000
    assert worst.lowest_day == date(2026, 11, 1)
