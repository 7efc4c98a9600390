"""Dates as people type them, and what is asked where a number may be a month or a day."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from carsi_tracker.accounts.models import User
from carsi_tracker.imports.cells import FIRST_DAY, read_day
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Batch, Line
from tests import factories
from tests.desk.forms import filled
from tests.imports.conftest import Way, nothing_made, rows, words

IMPORT = "/admin/ledger/batch/import/"
NUMERIC = rows(
    {"effective_date": "10/1/2009"},
    {"effective_date": "9/30/2009"},
    {"effective_date": "2009-12-11", "amount_usd": "7.00"},
)


def days(batch: Batch) -> list[str]:
    return [str(line.effective_date) for line in Line.objects.filter(batch=batch).order_by("pk")]


def test_dates_as_people_and_spreadsheets_write_them(any_way: Way) -> None:
    written = ["15-Mar-2010", "15 de marzo de 2010", "2010-03-15 00:00:00", "2010-03-15T00:00:00",
               "March 15, 2010", "3/15/2010 0:00"]  # fmt: skip
    content = rows(*({"effective_date": day, "amount_usd": f"{n}.00"}
                     for n, day in enumerate(written, start=1)))  # fmt: skip
    outcome = any_way("amounts.csv", content)
    assert outcome.batch, outcome.said
    assert days(outcome.batch) == ["2010-03-15"] * len(written)


@pytest.mark.parametrize("day", [FIRST_DAY, today()], ids=["first", "today"])
def test_the_first_day_that_is_accepted_and_today_are_accepted(day: date) -> None:
    assert read_day(day.isoformat()) == day


def test_a_time_of_day_is_refused_as_in_workbooks(any_way: Way) -> None:
    outcome = any_way("amounts.csv", rows({"effective_date": "2009-09-30 13:30:00"}))
    assert outcome.places == [(2, "effective_date", "2009-09-30 13:30:00")]
    assert "has a time of day" in outcome.said


def test_the_command_takes_what_comes_first_for_all_rows(command: Way) -> None:
    assert command("a.csv", NUMERIC).places == [(2, "effective_date", "10/1/2009")]
    outcome = command("a.csv", NUMERIC, "--dates=month-first")
    assert outcome.batch
    assert days(outcome.batch) == ["2009-10-01", "2009-09-30", "2009-12-11"]
    assert "month first, as was chosen: “10/1/2009” as October 1, 2009" in outcome.said
    outcome = command("a.csv", NUMERIC, "--dates=day-first")
    assert outcome.places == [(3, "effective_date", "9/30/2009")]
    assert "no date with the day first" in outcome.said


def test_the_import_page_asks_once_and_reads_all_rows_so(ana: User) -> None:
    client = Client()
    client.force_login(ana)
    sent = client.post(IMPORT, {"file": SimpleUploadedFile("a.csv", NUMERIC)})
    address = sent["Location"]
    page = client.get(address)
    assert "what comes first?" in words(page.content.decode())
    assert filled_none(page, "ask-order")
    other = client.get(address, {"dates": "day-first"})
    assert "“9/30/2009” is no date with the day first" in words(other.content.decode())
    assert filled(other, "ask-order")["dates"] == "day-first"
    assert "dates=day-first" in other.content.decode().split("/remarks/")[1][:40]
    read = client.get(address, {"dates": "month-first"})
    assert "“10/1/2009” as October 1, 2009" in words(read.content.decode())
    assert nothing_made()
    confirmed = {"title": "Dates", "reason": "Dates", "language": "en", "dates": "month-first"}
    assert f'name="dates" value="{confirmed["dates"]}"' in read.content.decode()
    client.post(address, confirmed)
    assert days(Batch.objects.get(title="Dates")) == ["2009-10-01", "2009-09-30", "2009-12-11"]


def filled_none(page: object, form_id: str) -> bool:
    """Say whether nothing is chosen yet in a form of radio buttons."""
    text = page.content.decode()  # type: ignore[attr-defined]
    form = text.split(f'id="{form_id}"')[1].split("</form>")[0]
    return form.count('type="radio"') == 2 and "checked" not in form


@pytest.mark.parametrize("chosen", ["month-first", "day-first"])
def test_a_paste_into_a_draft_asks_on_the_same_page_and_keeps_the_rows(
    ana: User, chosen: str
) -> None:
    client, batch = Client(), factories.batch(ana)
    client.force_login(ana)
    address = f"/admin/ledger/batch/{batch.pk}/lines/paste/"
    text = (
        "reference\tstage\tamount_usd\teffective_date\tdocument\tbasis\n"
        "CARSI-08-INCLE-10\tcommitted\t1,000.00\t10/1/2009\tactivities-2010\tstated\n"
    )
    asked = client.post(address, {"pasted": text, "revision": batch.revision})
    assert "month first: October 1, 2009" in words(asked.content.decode())
    assert "dates" not in filled(asked, "put-right")
    again = filled(asked, "put-right")
    shown = client.post(address, again | {"dates": chosen, "_add": ""}, follow=True)
    assert "Your answers change how the rows are read." in words(shown.content.decode())
    again = filled(shown, "put-right")
    answer = client.post(address, again | {"_add": ""}, follow=True)
    assert "Saved: 1 line added." in words(answer.content.decode())
    assert days(batch) == ["2009-10-01" if chosen == "month-first" else "2009-01-10"]
    assert "first, as was chosen" in words(answer.content.decode())
