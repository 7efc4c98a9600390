"""The notes of commitments: each of its own amount, by the day."""

from datetime import date
from decimal import Decimal

import pytest

from carsi_tracker.figures.notes import noted, notes_of
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import Stage
from tests import factories


@pytest.mark.usefixtures("db")
def test_a_note_has_its_own_amount_and_version_and_what_repeats_is_one_note() -> None:
    draft = factories.batch()
    made = factories.commitment(draft, appropriation=factories.funded(5_000))
    for amount in (700, 300):
        factories.line(draft, made, Stage.COMMITTED, amount, date(2009, 6, 1), note="Rounded")
    first = factories.posted(draft)
    later = factories.batch()
    factories.line(later, made, Stage.COMMITTED, 5, date(2009, 7, 1), note="The rest")
    second = factories.posted(later)
    expected = [("Rounded", first, Decimal(1_000)), ("The rest", second, Decimal(5))]
    for day, count in ((date(2009, 5, 31), 0), (date(2009, 6, 30), 1), (date(2009, 7, 1), 2)):
        query = Query(newest()[0], day)
        found = [each.notes for each in noted(query, 5)]
        assert found == list(notes_of(query, [made.reference]).values())
        said = [(note.text, note.version, note.amount) for notes in found for note in notes]
        assert said == expected[:count]
