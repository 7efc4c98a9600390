"""The page of a posted commitment shows its money, posted and not, and what may be done with it."""

from typing import Any

import pytest

from carsi_tracker.desk.posted import money
from carsi_tracker.ledger.models import Commitment, Stage
from tests import factories
from tests.desk.conftest import People, place, queries, reading

REFERENCE = "CARSI-09-INCLE-01"


@pytest.fixture
def commitment(people: People) -> Commitment:
    return Commitment.objects.get(reference=REFERENCE)


def pending(people: People, commitment: Commitment, *amounts: int, title: str = "Grants") -> Any:
    batch = factories.batch(by=people.ana, title=title)
    for amount in amounts:
        factories.line(batch, commitment, Stage.OBLIGATED, amount)
    return batch


def row(text: str, first: str) -> str:
    """What follows a row's heading on the page."""
    return text[text.index(first) :][:200]


def test_the_stages_stand_first_and_what_was_not_found_is_no_zero(
    people: People, commitment: Commitment
) -> None:
    text = reading(people.approver.get(place(commitment, "change")))
    assert "Committed ≥ 35,000,000 1 entry Obligated – No obligation found" in text
    assert "Disbursed (paid out) – No payment found" in text
    assert f"≥ At least. {commitment.bound_note}" in text
    assert "Obligated, not disbursed – – – – –" in text
    assert "1 posted entry" in text


def test_unposted_batches_stand_beside_what_is_posted(
    people: People, commitment: Commitment
) -> None:
    batch = pending(people, commitment, 2_400_000, 613_000)
    response = people.analyst.get(place(commitment, "change"))
    text = reading(response)
    assert row(text, "Committed, not obligated").startswith(
        "Committed, not obligated ≥ 35,000,000 −3,013,000 ≥ 31,987,000 ≥ 31,987,000 Mar 13, 2009"
    )
    assert "Obligated, not disbursed – +3,013,000 3,013,000" in text
    assert "1 posted entry, 2 lines in unposted batches" in text
    assert (
        f'<a href="/admin/ledger/batch/{batch.pk}/change/">Grants</a>' in response.content.decode()
    )
    assert "Grants draft" in text


def test_links_lead_to_the_public_page_the_history_and_the_titles(
    people: People, commitment: Commitment
) -> None:
    html = people.analyst.get(place(commitment, "change")).content.decode()
    assert f'href="/commitments/{REFERENCE}/"' in html
    assert f'href="{place(commitment, "history")}"' in html
    assert 'id="edit"' in html
    approvers = people.approver.get(place(commitment, "change")).content.decode()
    assert 'id="edit"' not in approvers
    spanish = people.analyst.get(f"/es{place(commitment, 'change')}").content.decode()
    assert f'href="/es/commitments/{REFERENCE}/"' in spanish


def test_only_the_latest_of_many_entries_are_listed(
    people: People, commitment: Commitment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(money, "LONGEST", 0)
    text = reading(people.analyst.get(place(commitment, "change")))
    assert "The public page lists the 1 entry" in text


def test_the_page_asks_as_often_for_many_lines_as_for_one(
    people: People, commitment: Commitment
) -> None:
    pending(people, commitment, 5)
    few = queries(people.analyst, place(commitment, "change"))
    for title in ("A", "B", "C"):
        pending(people, commitment, 5, 6, 7, title=title)
    assert queries(people.analyst, place(commitment, "change")) == few
