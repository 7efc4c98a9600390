"""What a batch that is not posted does to appropriations and commitments."""

from datetime import date
from decimal import Decimal

import pytest

from carsi_tracker.figures.aggregates import Amount, Sums
from carsi_tracker.figures.effects import Effect, Lowest, Progress, effects, progress
from carsi_tracker.ledger.models import Appropriation, Stage
from tests import factories

pytestmark = pytest.mark.usefixtures("sourced")


def appropriation() -> Appropriation:
    return Appropriation.objects.get(fiscal_year=2008, account__code="INCLE")


def test_an_effect_says_what_is_left_before_and_after_and_on_the_lowest_day() -> None:
    of = appropriation()
    draft = factories.batch()
    factories.line(
        draft, factories.commitment(draft, appropriation=of), Stage.COMMITTED, 11_500_000
    )
    factories.line(draft, of, Stage.APPROPRIATED, 1_000_000, date(2010, 5, 1))
    expected = Effect(
        of, Decimal(11_010_500), Decimal(-10_500_000), Decimal(-489_500), date(2009, 9, 25)
    )
    assert effects(draft.pk) == [expected]
    assert expected.after == 510_500


def test_a_batch_that_only_obligates_touches_no_appropriation() -> None:
    of = appropriation()
    commitment = of.commitment_set.all()[0]
    draft = factories.batch()
    factories.line(draft, commitment, Stage.OBLIGATED, 1)
    assert effects(draft.pk) == []


def sums(**stages: int) -> Sums:
    return Sums({stage: Amount(Decimal(amount)) for stage, amount in stages.items()})


def test_progress_says_how_far_a_commitment_is_and_when_its_balances_are_lowest() -> None:
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
            Lowest(Decimal(20), date(2010, 2, 1)),
            Lowest(Decimal(0), date(2010, 1, 1)),
        )
    }
    assert found[commitment.pk].after == sums(committed=120, obligated=80, disbursed=30)
    assert not found[commitment.pk].is_broken


def test_progress_counts_from_the_first_day_on_which_the_batch_touches_the_commitment() -> None:
    commitment = appropriation().commitment_set.get(reference="CARSI-08-INCLE-01")
    draft = factories.batch()
    factories.line(draft, commitment, Stage.OBLIGATED, 1_000_000_000, date(2026, 11, 1))
    factories.line(draft, appropriation(), Stage.APPROPRIATED, 1, date(2009, 1, 1))
    of = progress(draft.pk, [commitment.pk])[commitment.pk]
    assert of.change == sums(committed=0, obligated=1_000_000_000, disbursed=0)
    assert of.unobligated == Lowest(
        of.before.committed - of.before.obligated - 1_000_000_000, date(2026, 11, 1)
    )
    assert of.is_broken
