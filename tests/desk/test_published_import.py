"""A file of published totals at the desk: every fault named, a preview, and nothing half."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Change, Country, PublishedFigure
from carsi_tracker.ledger.sourced import LEDGER
from tests import factories
from tests.desk.conftest import People, queries, reading
from tests.ledger.waiting import until_waiting

IMPORT = "/admin/ledger/publishedfigure/import/"
FILE = LEDGER / "published_figures.csv"
NEW = {
    "key": "gao-new", "document": "gao-13-771", "locator": "Page 2", "quote": "=$10 million",
    "measure": "disbursed", "account": "incle", "year": "FY2008", "area": "", "country": "hn",
    "agency": "", "date_from": "2008-10-01", "as_of": "2013-06-01", "relation": "about",
    "amount_usd": "$10,000,000", "tolerance_usd": "", "wider": "Haiti", "wider_es": "Haití",
    "explanation": "", "explanation_es": "",
}  # fmt: skip


def as_csv(*rows: dict[str, str]) -> bytes:
    written = io.StringIO()
    made = csv.DictWriter(written, list(rows[0]))
    made.writeheader()
    made.writerows(rows)
    return written.getvalue().encode()


def fixture_rows() -> list[dict[str, str]]:
    """Return the rows of the file, those first that tests change and leave as they are."""
    first = ("article-total", "el-faro-total")
    rows = csv.DictReader(io.StringIO(FILE.read_text("utf-8")))
    return sorted(rows, key=lambda row: (row["key"] not in first, row["key"]))


def uploaded(client: Client, content: bytes, name: str = "totals.csv") -> str:
    response = client.post(IMPORT, {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 302
    return str(response["Location"])


def confirmed(client: Client, address: str, **changes: str) -> Any:
    digest = client.get(address).context["read"].digest
    return client.post(address, {"digest": digest, "change_reason": "Read"} | changes, follow=True)


def test_the_sourced_file_and_the_public_download_change_nothing(people: People) -> None:
    for content, name in (
        (FILE.read_bytes(), "published_figures.csv"),
        (Client().get("/tables/published.csv").getvalue(), "published.csv"),
        (Client().get("/tables/published.xlsx").getvalue(), "published.xlsx"),
    ):
        text = reading(people.analyst.get(uploaded(people.analyst, content, name)))
        assert "New: 0. Changed: 0. Unchanged: 41." in text, name


def test_a_preview_shows_what_is_new_and_what_changes_and_keeps_nothing(people: People) -> None:
    changed = fixture_rows()[0] | {"amount_usd": "164000000", "locator": ""}
    address = uploaded(people.analyst, as_csv(changed, fixture_rows()[1], NEW))
    text = reading(people.analyst.get(address))
    assert "New: 1. Changed: 1. Unchanged: 1." in text
    assert "amount_usd: 165000000.00 → 164000000.00" in text
    assert "locator: The initiative's total → –" in text
    assert "country: HN" in text
    assert not PublishedFigure.objects.filter(key="gao-new").exists()


def test_a_confirmation_keeps_it_with_its_reason_once(people: People) -> None:
    changed = fixture_rows()[0] | {"amount_usd": "164000000"}
    address = uploaded(people.analyst, as_csv(changed, fixture_rows()[1], NEW))
    assert "Saved the published totals" in reading(confirmed(people.analyst, address))
    made = PublishedFigure.objects.get(key="gao-new")
    assert (made.amount, made.tolerance, made.year, made.quote) == (10**7, 0, 2008, "=$10 million")
    assert (made.account and made.account.code, made.country and made.country.code) == (
        "INCLE", "HN",
    )  # fmt: skip
    assert (made.wider_es, str(made.date_from)) == ("Haití", "2008-10-01")
    kept = Change.objects.filter(table="ledger_publishedfigure", user=people.ana, reason="Read")
    assert sorted(change.action for change in kept) == ["INSERT", "UPDATE"]
    again = people.analyst.post(address, {"digest": "0" * 64, "change_reason": "x"}, follow=True)
    assert "This file was already imported" in reading(again)


def test_a_workbook_is_read_with_its_days_and_numbers(people: People) -> None:
    figure = PublishedFigure.objects.get(key="gao-obligated-2013")
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        sheet = book.add_worksheet("Totals")
        sheet.write_row(0, 0, list(NEW))
        sheet.write_row(1, 0, list(NEW.values()))
        columns = list(NEW)
        sheet.write_string(1, columns.index("quote"), NEW["quote"])
        sheet.write_number(1, columns.index("amount_usd"), 463_000_000)
        day = book.add_format({"num_format": "m/d/yyyy"})
        sheet.write_datetime(1, columns.index("as_of"), figure.as_of, day)
    confirmed(people.analyst, uploaded(people.analyst, written.getvalue(), "totals.xlsx"))
    made = PublishedFigure.objects.get(key="gao-new")
    assert (made.amount, made.as_of) == (463_000_000, figure.as_of)


@pytest.mark.parametrize(
    ("changes", "column", "said"),
    [
        ({"key": "GAO new"}, "key", "is not a key. Use a-z, 0-9 and hyphens"),
        ({"key": "article-total"}, "key", "Row 2 has the same key."),
        ({"key": "none"}, "key", "Choose another code."),
        ({"document": "gao-13-777"}, "document", "Probably meant: gao-13-77"),
        ({"measure": "allocated"}, "measure", "is not one of appropriated, committed"),
        ({"relation": "like"}, "relation", "is not one of equals, about, at-least, at-most"),
        ({"country": "XX"}, "country", "is not one of"),
        ({"year": "1066"}, "year", "A fiscal year is a year from 1990 to 2100."),
        ({"year": "soon"}, "year", "is not a fiscal year"),
        ({"as_of": "6/1/2013"}, "as_of", "6/1/2013"),
        ({"as_of": "2099-01-01"}, "as_of", ""),
        ({"as_of": "1989-12-31", "date_from": ""}, "as_of", "from 1990 to today"),
        ({"date_from": "2013-06-02"}, "date_from", "begins after the day"),
        ({"amount_usd": "-1"}, "amount_usd", "amounts from 0"),
        ({"amount_usd": "1.001"}, "amount_usd", "1.001"),
        ({"amount_usd": "NaN"}, "amount_usd", ""),
        ({"amount_usd": "1e12"}, "amount_usd", ""),
        ({"amount_usd": ""}, "amount_usd", "This cell is empty. Every row needs it."),
        ({"amount_usd": "#REF!"}, "amount_usd", "#REF!"),
        ({"quote": "a\u202eb"}, "quote", "U+202E"),
        ({"wider": "\u2800"}, "wider", "written in English too"),
        ({"wider": "x" * 301}, "wider", "301 characters"),
        ({"measure": "appropriated"}, "country", "What is appropriated has none."),
    ],
)
def test_each_fault_is_named_at_its_cell_and_nothing_is_kept(
    people: People, changes: dict[str, str], column: str, said: str
) -> None:
    content = as_csv(fixture_rows()[0] | {"amount_usd": "1"}, NEW | changes)
    address = uploaded(people.analyst, content)
    read = people.analyst.get(address).context["read"]
    assert read.faults, changes
    places = [(fault.row, fault.column) for fault in read.faults]
    assert places == [(3, column)], [fault.message for fault in read.faults]
    assert said in read.faults[0].message
    sent = {"digest": read.digest, "change_reason": "Anyway"}
    assert "1 error: nothing was imported" in reading(people.analyst.post(address, sent))
    assert PublishedFigure.objects.count() == 41
    assert not Change.objects.filter(reason="Anyway").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "nothing in it"),
        (b"key,document\na,b\n", "Headings are missing: locator"),
        (as_csv(NEW).replace(b"quote", b"quotes", 1), "Probably meant: quote"),
        (as_csv(NEW).splitlines()[0], "no rows"),
        (b"<html></html>", "not a workbook"),
    ],
)
def test_what_is_no_file_of_published_totals_is_refused_in_words(
    people: People, content: bytes, said: str
) -> None:
    faults = people.analyst.get(uploaded(people.analyst, content)).context["read"].faults
    assert any(said in fault.message for fault in faults), [fault.message for fault in faults]


def test_what_is_retired_is_not_given_to_a_new_total_and_stays_with_an_old_one(
    people: People,
) -> None:
    with posting.acting(people.adela):
        Country.objects.filter(code__in=("HN", "CR")).update(retired=True)
    old = next(row for row in fixture_rows() if row["key"] == "costa-rica-2008")
    read = people.analyst.get(uploaded(people.analyst, as_csv(old, NEW))).context["read"]
    assert [(fault.row, fault.column) for fault in read.faults] == [(3, "country")]


def test_what_changed_since_the_preview_is_shown_again_before_it_is_kept(people: People) -> None:
    address = uploaded(people.analyst, as_csv(fixture_rows()[0] | {"locator": "Page 9"}))
    digest = people.analyst.get(address).context["read"].digest
    with posting.acting(people.ana):
        PublishedFigure.objects.filter(key="article-total").update(quote="Another")
    sent = {"digest": digest, "change_reason": "Read"}
    assert "Read the results again." in reading(people.analyst.post(address, sent))
    assert PublishedFigure.objects.get(key="article-total").quote == "Another"
    confirmed(people.analyst, address)
    assert PublishedFigure.objects.get(key="article-total").locator == "Page 9"


def test_a_reason_is_asked_for(people: People) -> None:
    address = uploaded(people.analyst, as_csv(NEW))
    text = reading(confirmed(people.analyst, address, change_reason=" \u2800"))
    assert "This field is required." in text
    assert not PublishedFigure.objects.filter(key="gao-new").exists()


def test_analysts_and_nobody_else_import_and_see_their_own_files(people: People) -> None:
    address = uploaded(people.analyst, as_csv(NEW))
    for place in (IMPORT, address):
        assert Client().get(place).status_code == 302
        assert people.approver.get(place).status_code == 403
        assert people.approver.post(place, {"change_reason": "x"}).status_code == 403
    other = people.client(people.benito).get(address)
    assert other.status_code == 302
    assert "Import a file" in reading(people.analyst.get("/admin/ledger/publishedfigure/"))
    assert IMPORT not in people.approver.get("/admin/ledger/publishedfigure/").content.decode()


def test_many_rows_are_read_with_as_many_queries_as_one(people: People) -> None:
    one = uploaded(people.analyst, as_csv(NEW))
    many = uploaded(people.analyst, as_csv(*(NEW | {"key": f"new-{n}"} for n in range(500))))
    assert queries(people.analyst, one) == queries(people.analyst, many)


@pytest.mark.commits
def test_a_confirmation_that_is_sent_twice_at_once_keeps_it_once(people: People) -> None:
    address = uploaded(people.analyst, as_csv(NEW))
    digest = people.analyst.get(address).context["read"].digest

    def send(_turn: int) -> int:
        try:
            sent = {"digest": digest, "change_reason": "Read"}
            return people.client(people.ana).post(address, sent).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        assert set(both.map(send, range(2))) <= {200, 302}
    assert Change.objects.filter(reason="Read").count() == 1
    assert PublishedFigure.objects.filter(key="gao-new").count() == 1


@pytest.mark.commits
def test_one_of_the_same_key_that_somebody_adds_meanwhile_is_not_written_over(
    people: People,
) -> None:
    address = uploaded(people.analyst, as_csv(NEW | {"key": "gao-before"}, NEW))
    digest = people.analyst.get(address).context["read"].digest
    sessions: SimpleQueue[Any] = SimpleQueue()

    def send() -> str:
        try:
            connection.ensure_connection()
            sessions.put(connection.connection)
            sent = {"digest": digest, "change_reason": "Read"}
            return reading(people.client(people.ana).post(address, sent))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        with posting.acting(people.benito):
            list(PublishedFigure.objects.select_for_update())
            factories.published_figure(people.benito, key="gao-new", amount=5)
            answer = threads.submit(send)
            until_waiting(connection.connection, sessions.get())
        assert "1 error: nothing was imported" in answer.result()
    assert PublishedFigure.objects.get(key="gao-new").amount == 5
    assert not PublishedFigure.objects.filter(key="gao-before").exists()
