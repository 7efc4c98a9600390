"""What a batch says in whole."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carsi_tracker.figures.contents import contents
from carsi_tracker.ledger.models import Batch, Commitment, Stage
from tests import factories

pytestmark = pytest.mark.django_db


def filled() -> tuple[Batch, Commitment]:
    """Make a draft that commits 900 to two places and obligates 250 of one."""
    draft = factories.batch()
    first, second = (factories.commitment(draft) for _ in range(2))
    factories.line(draft, first, Stage.COMMITTED, 400)
    factories.line(draft, second, Stage.COMMITTED, 500)
    factories.line(draft, first, Stage.OBLIGATED, 300)
    factories.line(draft, first, Stage.OBLIGATED, -50, date(2010, 1, 4))
    return draft, first


def test_amounts_are_summed_by_stage_and_stages_are_never_added_together() -> None:
    draft, first = filled()
    of = contents([draft.pk])[draft.pk]
    assert of.lines == 4
    assert of.amounts == {Stage.COMMITTED: 900, Stage.OBLIGATED: 250}
    assert list(of.amounts) == [Stage.COMMITTED, Stage.OBLIGATED]
    assert len(of.appropriations) == len(of.countries) == 2
    assert first.country in of.countries
    assert {row.pk for row in of.documents} == {line.document_id for line in draft.lines.all()}


def test_an_empty_batch_says_nothing_and_an_appropriation_no_country() -> None:
    empty, of_law = factories.batch(), factories.batch()
    factories.line(of_law, factories.appropriation(), Stage.APPROPRIATED, 5)
    said = contents([empty.pk, of_law.pk])
    assert (said[empty.pk].lines, said[empty.pk].amounts) == (0, {})
    assert said[of_law.pk].amounts == {Stage.APPROPRIATED: 5}
    assert said[of_law.pk].countries == []


def test_many_batches_are_asked_in_no_more_queries_than_one() -> None:
    drafts = [filled()[0].pk for _ in range(4)]
    asked = []
    for some in (drafts[:1], drafts):
        with CaptureQueriesContext(connection) as queries:
            contents(some)
        asked.append(len(queries))
    assert asked[0] == asked[1] == 4
