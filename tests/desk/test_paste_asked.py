"""A pasted table that is no import: asked about, shown as it is read, and then added."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carsi_tracker.ledger.models import Batch, Commitment, PasteHabit
from tests import factories
from tests.desk.conftest import People, address, reading
from tests.desk.forms import filled

PASTES = Path(__file__).parents[1] / "imports" / "pastes"
PLAN = (PASTES / "plan-thousands.txt").read_text()
SIMPLE = "Program ($ in thousands)\tAmount\tDate\nRule of law\t{}\t8/24/2010\nTotal\t{}\t\n"


@pytest.fixture
def batch(people: People) -> Batch:
    return factories.batch(people.ana)


def paste(client: Client, batch: Batch, text: str) -> HttpResponse:
    return client.post(address(batch, "lines/paste"), {"pasted": text, "revision": "0"})


def answer(client: Client, batch: Batch, page: HttpResponse, button: str, **sent: Any) -> Any:
    """Send the form of the page with other answers, the rows left out as they are checked."""
    form = filled(page, "put-right")
    out = {"out": sent.pop("out", sorted(page.context["pasted"].answers.out))}
    return client.post(address(batch, "lines/paste"), form | out | sent | {button: ""}, follow=True)


def simple(client: Client, batch: Batch, text: str = SIMPLE.format(10, 10)) -> Any:
    """Paste a table of one line, and answer what it asks."""
    page = paste(client, batch, text)
    said = {"default-stage": "obligated", "default-document": "activities-2010",
            "cell-2-reference-1": "CARSI-09-INCLE-01"}  # fmt: skip
    return answer(client, batch, page, "_check", **said)


def test_nothing_is_made_before_it_was_shown_and_wanted(people: People, batch: Batch) -> None:
    page = simple(people.analyst, batch)
    assert "No problems found." in reading(page)
    assert not batch.lines.exists()
    assert "Saved: 1 line added." in reading(answer(people.analyst, batch, page, "_add"))
    line = batch.lines.get()
    assert (line.amount, line.stage, line.basis) == (Decimal(10_000), "obligated", "stated")
    assert str(line.effective_date) == "2010-08-24"


def test_an_answer_that_changes_the_reading_is_shown_before_it_is_added(
    people: People, batch: Batch
) -> None:
    page = simple(people.analyst, batch)
    changed = answer(people.analyst, batch, page, "_add", unit="1")
    assert "Your answers change how the rows are read." in reading(changed)
    assert not batch.lines.exists()
    answer(people.analyst, batch, changed, "_add")
    assert batch.lines.get().amount == Decimal(10)


def test_a_row_that_was_left_out_is_brought_back_and_one_that_was_read_left_out(
    people: People, batch: Batch
) -> None:
    page = paste(people.analyst, batch, PLAN)
    without = answer(people.analyst, batch, page, "_check", out=[1, 2, 3, 4, 7, 10, 11, 12])
    pasted = without.context["pasted"]
    assert {line.row for line in pasted.all_lines} == {5, 6, 8, 9}
    assert "Row 4: left out by you" in reading(without)


def test_a_column_chosen_otherwise_finds_other_totals(people: People, batch: Batch) -> None:
    page = paste(people.analyst, batch, PLAN)
    other = answer(people.analyst, batch, page, "_check", **{"role-2": ""})
    pasted = other.context["pasted"]
    assert pasted.answers.amounts == [3]
    assert len(pasted.all_lines) == 4
    assert {6, 10, 11} <= pasted.answers.out


def test_a_total_that_is_wrong_is_said_and_not_left_out(people: People, batch: Batch) -> None:
    page = paste(people.analyst, batch, SIMPLE.format("8,100", "8,113"))
    said = reading(page)
    assert "Row 3 says it is a total: $8,113,000. Its rows add up to $8,100,000." in said
    assert 3 not in page.context["pasted"].answers.out
    assert page.context["pasted"].wrong
    without = answer(people.analyst, batch, page, "_check", out=[1, 3])
    assert not without.context["pasted"].wrong


def test_a_total_shows_what_it_adds_in_each_column(people: People, batch: Batch) -> None:
    rows = "Program\tINCLE\tESF\nRadios\t5\t\nSchools\t\t7\nTotal\t5\t7\n"
    assert "Row 4: total, 5 = 5; 7 = 7" in reading(paste(people.analyst, batch, rows))


def test_new_commitments_are_made_of_titles_and_defaults(people: People, batch: Batch) -> None:
    page = paste(people.analyst, batch, SIMPLE.format("10", "10"))
    said = {
        "by": "new", "default-stage": "committed", "default-document": "activities-2010",
        "default-account": "INCLE", "default-fiscal_year": "2009", "default-country": "HN",
        "default-area": "law-enforcement", "default-agency": "State/INL",
    }  # fmt: skip
    shown = answer(people.analyst, batch, page, "_check", **said)
    done = answer(people.analyst, batch, shown, "_add")
    assert "Saved: 1 line added." in reading(done)
    new = Commitment.objects.get(introduced_by=batch)
    assert (new.title, str(new.appropriation), new.country.code) == (
        "Rule of law", "INCLE FY2009", "HN",
    )  # fmt: skip


def test_answers_are_remembered_for_their_person_alone_and_forgotten_at_a_wish(
    people: People, batch: Batch
) -> None:
    page = simple(people.analyst, batch)
    answer(people.analyst, batch, page, "_add", **{"default-locator": "page 3"})
    other = SIMPLE.format(20, 20)
    again = paste(people.analyst, batch, other)
    defaults = again.context["pasted"].answers.defaults
    assert (defaults["stage"], defaults["document"]) == ("obligated", "activities-2010")
    assert not defaults.get("locator")
    assert "Read with your answers for an earlier table" in reading(again)
    theirs = paste(people.client(people.benito), batch, other)
    assert not theirs.context["pasted"].answers.defaults.get("document")
    forgotten = answer(people.analyst, batch, again, "_forget")
    assert not forgotten.context["pasted"].answers.defaults.get("document")
    assert not PasteHabit.objects.exists()


def test_a_row_with_a_problem_is_left_out_by_one_button(people: People, batch: Batch) -> None:
    page = paste(people.analyst, batch, SIMPLE.format(10, 11))
    assert "Row 3 says it is a total" in reading(page)
    assert "Leave row 3 out" in reading(page)
    form = filled(page, "put-right")
    out = {"out": sorted(page.context["pasted"].answers.out)}
    left = people.analyst.post(address(batch, "lines/paste"), form | out | {"_leave": "3"})
    assert left.context["pasted"].answers.out == {1, 3}
    assert "Leave row 3 out" not in reading(left)
    assert "says it is a total" not in reading(left)
    assert not batch.lines.exists()


def test_a_row_that_may_be_a_total_is_said_until_it_is_left_out(
    people: People, batch: Batch
) -> None:
    page = paste(people.analyst, batch, "Program\tAmount\nCourts\t3\nRadios\t1\nVans\t2\n")
    assert "Row 2 is the sum of rows 3\N{EN DASH}4." in reading(page)
    left = answer(people.analyst, batch, page, "_check", out=[1, 2])
    assert "is the sum of rows" not in reading(left)


def test_too_long_a_table_is_refused_in_words(people: People, batch: Batch) -> None:
    text = "Program\tAmount\n" + "Rule of law\t5\n" * 300
    said = reading(paste(people.analyst, batch, text))
    assert "The paste has 301 rows; at most 300 are read without the headings" in said


def test_the_page_asks_no_more_queries_for_more_rows(people: People, batch: Batch) -> None:
    counts = []
    for rows in (2, 2, 40):
        with CaptureQueriesContext(connection) as asked:
            paste(people.analyst, batch, "Program\tAmount\n" + "Rule of law\t5\n" * rows)
        counts.append(len(asked))
    assert counts[2] == counts[1]


def test_answers_stand_there_again_after_a_session_ended(people: People, batch: Batch) -> None:
    page = paste(people.analyst, batch, PLAN)
    said = {"unit": "1", "dates": "day-first", "default-locator": "page 14", "role-1": "agency",
            "cell-8-effective_date": "2010-09-30", "_again": "1"}  # fmt: skip
    again = answer(people.analyst, batch, page, "_add", out=[1, 2, 3, 5], **said)
    answers = again.context["pasted"].answers
    assert (answers.written.unit, answers.order) == (1, "day-first")
    assert (answers.defaults["locator"], answers.roles[1].name) == ("page 14", "agency")
    assert 5 in answers.out
    assert 10 not in answers.out
    assert filled(again, "put-right")["cell-8-effective_date"] == "2010-09-30"
    assert "Check what you typed" in reading(again)
    assert not batch.lines.exists()
