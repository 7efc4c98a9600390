"""The list of commitments shows their money, tells drafts apart and leads to what is recorded."""

import re
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse

from carsi_tracker.ledger.models import Batch, Commitment, Stage
from tests import factories
from tests.desk.conftest import People, add_lines, allocate, place, queries, reading

LIST = "/admin/ledger/commitment/"


def rows(response: HttpResponse) -> dict[str, str]:
    """What a person reads in each row, by reference."""
    found = {}
    for row in re.findall(r"(?s)<tr>(.*?)</tr>", response.content.decode().split("<tbody>")[1]):
        text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", row))).strip()
        found[text.split()[0]] = text
    return found


def asked(client: Any, **query: str) -> dict[str, str]:
    response = client.get(LIST, query)
    assert response.status_code == 200
    return rows(response)


def test_a_row_has_stages_balances_pending_entries_and_its_limit(people: People) -> None:
    commitment = Commitment.objects.get(reference="CARSI-09-INCLE-01")
    factories.line(factories.batch(by=people.ana), commitment, Stage.OBLIGATED, 3_013_000)
    row = asked(people.analyst, q=commitment.reference)[commitment.reference]
    assert commitment.title in row
    assert "≥ at least" in row
    assert "INCLE FY2009 · Regional ·" in row
    assert row.endswith("≥ 35,000,000 none found – ≥ 35,000,000 none found obligated +3,013,000 1")


def test_a_draft_is_told_apart_and_leads_to_its_batch(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    made = batch.introduces.get()
    response = people.analyst.get(LIST, {"q": made.reference})
    row = rows(response)[made.reference]
    assert row.startswith(f"{made.reference} draft {made.title}")
    assert "Public page" not in row
    assert "Record" not in row
    assert row.endswith("– – – – – committed +250,000 0")
    assert f'href="/admin/ledger/batch/{batch.pk}/change/">draft' in response.content.decode()
    assert set(asked(people.analyst, state="draft")) == {made.reference}
    assert made.reference not in asked(people.analyst, state="posted")


@pytest.mark.parametrize(
    ("found", "obligated", "disbursed"),
    [("no-obligation", False, False), ("no-payment", True, False), ("payment", True, True)],
)
def test_commitments_are_filtered_by_what_was_found(
    people: People, found: str, obligated: bool, disbursed: bool
) -> None:
    stages = {
        row.reference: {entry.stage for entry in row.entries.all()}
        for row in Commitment.objects.prefetch_related("entries")
    }
    expected = {
        reference
        for reference, those in stages.items()
        if ("obligated" in those, "disbursed" in those) == (obligated, disbursed)
    }
    assert set(asked(people.analyst, found=found)) == expected


def test_rows_lead_to_the_public_page_and_to_what_may_be_recorded(people: People) -> None:
    commitment = Commitment.objects.get(reference="CARSI-09-INCLE-01")
    html = people.analyst.get(LIST, {"q": commitment.reference}).content.decode()
    assert f'href="/commitments/{commitment.reference}/"' in html
    for act in ("record-obligation", "reduce", "move"):
        assert f'href="{place(commitment, act)}"' in html
    assert place(commitment, "record-payment") not in html
    approvers = people.approver.get(LIST, {"q": commitment.reference})
    assert "Record an obligation" not in reading(approvers)
    assert f'href="/commitments/{commitment.reference}/"' in approvers.content.decode()


@pytest.mark.parametrize("who", ["analyst", "administrator"])
def test_no_action_is_offered_that_is_always_refused(people: People, who: str) -> None:
    text = reading(getattr(people, who).get(LIST))
    assert "Delete selected" not in text
    assert "Action" not in text


def test_the_list_sorts_by_each_sum(people: People) -> None:
    for column in (1, 2, 3, 4, 5, 7):
        html = people.analyst.get(LIST, {"o": str(-column)}).content.decode()
        assert f'href="?o={column}' in html, column


def test_the_list_asks_as_often_for_many_rows(people: People) -> None:
    allocate(people.analyst, _draft="")
    few = queries(people.analyst, LIST)
    add_lines(people, Batch.objects.latest("pk"), 20)
    assert queries(people.analyst, LIST) == few
