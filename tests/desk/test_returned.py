"""A download that comes back edited: what it changes, what conflicts, and the draft of it."""

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Batch, Document, Line, Posting, Upload
from tests.desk.conftest import People, address, post_it, reading
from tests.sourced import ENTRIES, NEXT, VERSION

RETURNED = "/admin/ledger/batch/returned/"
Rows = list[dict[str, str]]


def downloaded(
    client: Client, query: str = "", prefix: str = "", table: str = "entries"
) -> tuple[str, Rows]:
    """Return the name and the rows of a download."""
    response = client.get(f"{prefix}/tables/{table}.csv{query}", follow=True)
    name = response["Content-Disposition"].split('"')[1]
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    return name, [*csv.DictReader(io.StringIO(text))]


def as_csv(rows: Rows, delimiter: str = ",") -> bytes:
    written = io.StringIO()
    writer = csv.DictWriter(written, [*rows[0]], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()


def compared(client: Client, name: str, content: bytes, query: str = "", **posted: Any) -> Any:
    """Upload a file and return the page that compares it."""
    sent = client.post(RETURNED, {"file": SimpleUploadedFile(name, content)})
    assert sent.status_code == 302, reading(sent)
    address = f"{sent['Location']}{query}"
    return client.post(address, posted) if posted else client.get(address)


def lines(page: Any, reason: str = "As agreed", **posted: Any) -> list[tuple[Any, ...]]:
    """Create the draft that a page offers, and return its lines."""
    client = page.client
    texts = {"title": "Corrections", "reason": reason, "language": "en", "_create": "",
             "head": page.context["head"].number}  # fmt: skip
    sent = client.post(page.wsgi_request.get_full_path(), texts | posted)
    assert sent.status_code == 302, reading(sent)
    batch = Batch.objects.get(state=Batch.State.DRAFT)
    return [
        (line.commitment and line.commitment.reference, line.stage, int(line.amount),
         str(line.effective_date), line.document.key)
        for line in Line.objects.filter(batch=batch).select_related("commitment", "document")
    ]  # fmt: skip


def row_of(rows: Rows, reference: str, stage: str = "committed") -> dict[str, str]:
    return next(r for r in rows if (r["reference"], r["stage"]) == (reference, stage))


def groups(page: Any) -> list[str]:
    return [group.heading for group in page.context["shown"].groups]


@pytest.mark.parametrize("version", [1, 8, VERSION])
@pytest.mark.parametrize("prefix", ["", "/es"])
def test_an_unedited_download_of_any_version_changes_nothing(
    people: People, version: int, prefix: str
) -> None:
    client = people.analyst
    name, rows = downloaded(client, f"?version={version}", prefix)
    page = compared(client, name, as_csv(rows))
    assert page.context["title"] == "The file changes nothing"
    assert page.context["shown"].unchanged == len(rows)
    book = client.get(f"{prefix}/tables/entries.xlsx?version={version}&country=HN", follow=True)
    page = compared(client, "renamed.xlsx", b"".join(book.streaming_content))  # type: ignore[attr-defined]
    assert page.context["title"] == "The file changes nothing"
    assert page.context["query"].filters.country == "HN"


def test_a_changed_amount_a_removed_row_and_a_new_one_are_a_draft(people: People) -> None:
    client = people.analyst
    name, rows = downloaded(client)
    changed = row_of(rows, "CARSI-08-INCLE-03")
    before = int(float(changed["amount_usd"]))
    changed["amount_usd"] = f"{before + 21_000:,}.5"
    gone = next(r for r in rows if r["stage"] == "disbursed")
    new = {**changed, "amount_usd": "1,000", "version": "", "line": "", "note": "New"}
    kept = [new, *(r for r in reversed(rows) if r is not gone)]
    page = compared(client, name, as_csv(kept))
    assert groups(page) == ["1 amount changed", "1 row removed", "1 row added"]
    text = reading(page)
    assert "+21,000.50" in text
    assert page.context["shown"].unchanged == ENTRIES - 2
    assert not Batch.objects.filter(state=Batch.State.DRAFT).exists()
    found = lines(page)
    assert sorted(amount for _ref, _stage, amount, *_rest in found) == sorted(
        [21_000, 1_000, -int(float(gone["amount_usd"]))]
    )
    at = (changed["reference"], "committed", 21_000, changed["effective_date"], changed["document"])
    assert at in found
    said = {line.note for line in Line.objects.filter(amount__gt=20_000, amount__lt=22_000)}
    assert said == {
        f"Corrects line {changed['line']} of version {changed['version']} from "
        f"${before:,}.00 to ${before + 21_000:,}.50."
    }
    assert not Upload.objects.exists()


def test_a_changed_day_reverses_and_enters_again(people: People) -> None:
    client = people.analyst
    name, rows = downloaded(client)
    changed = row_of(rows, "CARSI-08-INCLE-03", "obligated")
    day = changed["effective_date"]
    changed["effective_date"] = "2010-01-04"
    page = compared(client, name, as_csv(rows))
    assert groups(page) == ["1 row replaced"]
    amount = int(float(changed["amount_usd"]))
    of = changed["reference"], "obligated"
    document = changed["document"]
    assert {*lines(page)} == {
        (*of, -amount, day, document),
        (*of, amount, "2010-01-04", document),
    }


def serial(day: str) -> str:
    return str((date.fromisoformat(day) - date(1899, 12, 30)).days)


FORMS: dict[str, Callable[[dict[str, str]], dict[str, str]]] = {
    "day numbers": lambda row: row | {"effective_date": serial(row["effective_date"])},
    "month first": lambda row: row | {
        "effective_date": "{1}/{2}/{0}".format(*row["effective_date"].split("-"))},
    "grouped amounts": lambda row: row | {"amount_usd": f"{float(row['amount_usd']):,.1f}"},
    "dollars": lambda row: row | {"amount_usd": f"${float(row['amount_usd']):,.0f}"
                                  if float(row["amount_usd"]) > 0 else row["amount_usd"]},
    "spaces": lambda row: row | {
        "reference": f" {row['reference']} ", "version": row["version"] + ".0"},
    "without columns that only describe": lambda row: {
        name: cell for name, cell in row.items()
        if name in {"version", "line", "amount_usd", "effective_date", "reference"}},
    "an added column": lambda row: row | {"My remark": "seen"},
    "its heading in Spanish": lambda row: {
        {"amount_usd": "Monto, USD"}.get(name, name): cell for name, cell in row.items()},
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_what_a_spreadsheet_makes_of_a_file_is_no_difference(people: People, form: str) -> None:
    client = people.analyst
    name, rows = downloaded(client)
    content = as_csv([FORMS[form](row) for row in sorted(rows, key=lambda r: r["amount_usd"])], ";")
    page = compared(client, name, content)
    assert page.context["title"] == "The file changes nothing", reading(page)[:3000]


def test_a_workbook_says_where_it_is_from_and_its_filters_bound_what_is_removed(
    people: People,
) -> None:
    client = people.analyst
    book = client.get("/es/tables/entries.xlsx?country=HN&as_of=2009-12-31", follow=True)
    found = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(book.streaming_content)))  # type: ignore[attr-defined]
    first, about = (found.get_sheet_by_index(n).to_python() for n in (0, 1))
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"default_date_format": "d mmm yyyy"}) as made:
        for title, cells in (("Hoja1", [first[0], *first[2:]]), ("Acerca de", about)):
            page = made.add_worksheet(title)
            for number, row in enumerate(cells):
                page.write_row(number, 0, row)
    page = compared(client, "de Marta.xlsx", written.getvalue())
    assert page.context["shown"].unchanged == len(first) - 2
    (removed,) = page.context["shown"].groups[0].rows
    assert removed.difference == -removed.before
    assert "Honduras" in reading(client.get("/")) or removed.named


def test_a_name_that_does_not_tell_its_filters_removes_nothing_until_they_are_told(
    people: People,
) -> None:
    client = people.analyst
    name, rows = downloaded(client, "?country=HN")
    assert "honduras" in name or "-hn-" in name
    page = compared(client, name, as_csv(rows[1:]))
    assert page.context["title"] == "The file changes nothing"
    assert "Rows that are missing from the file are not reversed" in reading(page)
    version = Posting.objects.latest("version")
    permanent = f"https://a.example/tables/entries.csv?country=HN&version={version}"
    told = client.get(page.wsgi_request.path, {"address": permanent})
    assert groups(told) == ["1 row removed"]


def test_a_file_that_does_not_say_where_it_is_from_is_asked_for_it(people: People) -> None:
    client = people.analyst
    _name, rows = downloaded(client)
    page = compared(client, "mine.csv", as_csv(rows))
    assert page.context["title"] == "Which download is this file?"
    told = client.get(page.wsgi_request.path, {"version": str(VERSION)})
    assert told.context["title"] == "The file changes nothing"
    wrong = client.get(page.wsgi_request.path, {"version": "99"})
    assert "“99” is not a version, day or filter of the ledger" in reading(wrong)
    other = client.get(page.wsgi_request.path, {"address": "https://a.example/"})
    assert "This is not the address of a download of entries or commitments" in reading(other)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda rows: rows.append({**rows[0]}), "has the same version and line"),
        (lambda rows: rows[0].update(version="99"), "The download did not hold line"),
        (lambda rows: rows[0].update(line=""), "both are empty in a new row"),
        (lambda rows: rows[0].update(line="1st"), "both are empty in a new row"),
        (lambda rows: rows[0].update(amount_usd="613.000"), "613.000"),
        (lambda rows: rows[0].update(amount_usd="0"), "not zero"),
        (lambda rows: rows[0].update(amount_usd=""), "Every row needs it"),
        (lambda rows: rows[0].update(effective_date="39000"), "is not a date"),
        (lambda rows: rows[0].update(effective_date="10/1/2009"), "or as October 1, 2009"),
        (lambda rows: rows[0].update(stage="Committed!"), "is not one of"),
    ],
)
def test_what_can_not_be_compared_is_named_at_its_cell(
    people: People, edit: Callable[[Rows], Any], said: str
) -> None:
    client = people.analyst
    name, rows = downloaded(client)
    edit(rows)
    page = compared(client, name, as_csv(rows))
    assert said in reading(page)
    assert "Correct the cells below" in reading(page)
    assert page.context["faults"][0].row


def test_descriptions_are_said_not_to_be_read_with_what_differs(people: People) -> None:
    client = people.analyst
    name, rows = downloaded(client)
    row_of(rows, "CARSI-08-INCLE-03")["title"] = "Another title"
    page = compared(client, name, as_csv(rows))
    text = reading(page)
    assert "1 description differs and is not read back" in text
    assert "Another title" in text
    assert groups(page) == []


def test_a_removal_that_breaks_a_later_stage_says_so_and_the_row_can_be_kept(
    people: People,
) -> None:
    client = people.analyst
    name, rows = downloaded(client)
    gone = row_of(rows, "CARSI-08-INCLE-03")
    page = compared(client, name, as_csv([row for row in rows if row is not gone]))
    (row,) = page.context["shown"].groups[0].rows
    assert row.problems
    assert page.context["outcome"].draft is None
    kept = client.post(page.wsgi_request.path, {"keep": row.code, "_again": ""})
    assert kept.context["shown"].groups[0].rows[0].kept
    assert not kept.context["shown"].faults
    assert not Batch.objects.filter(state=Batch.State.DRAFT).exists()


def corrected(people: People, reference: str, amount: str, *, stage: str = "obligated") -> Rows:
    """Post a correction of an entry by a file that comes back; return the rows from before."""
    name, rows = downloaded(people.analyst)
    edited = [dict(row) for row in rows]
    row_of(edited, reference, stage)["amount_usd"] = amount
    page = compared(people.analyst, name, as_csv(edited))
    lines(page)
    batch = Batch.objects.get(state=Batch.State.DRAFT)
    people.analyst.post(address(batch, "submit"))
    post_it(people.approver, batch)
    assert Posting.objects.latest("version").batch_id == batch.pk
    return rows


def test_what_is_posted_of_a_file_makes_the_ledger_what_the_file_says(people: People) -> None:
    before = corrected(people, "CARSI-08-INCLE-03", "600000.25")
    _name, after = downloaded(people.analyst)
    (line,) = [row for row in after if row["version"] == str(NEXT)]
    old = row_of(before, "CARSI-08-INCLE-03", "obligated")
    assert float(old["amount_usd"]) + float(line["amount_usd"]) == 600_000.25
    assert [line[name] for name in ("effective_date", "document", "locator")] == [
        old[name] for name in ("effective_date", "document", "locator")
    ]


@pytest.mark.parametrize(
    ("choice", "amounts"),
    [("now", []), ("both", [-1_000]), ("file", [-1_000, 13_000]), ("downloaded", [13_000])],
)
def test_what_was_corrected_since_is_a_conflict_with_four_readings(
    people: People, choice: str, amounts: list[int]
) -> None:
    rows = corrected(people, "CARSI-08-INCLE-03", "600000")
    client = people.analyst
    row_of(rows, "CARSI-08-INCLE-03", "obligated")["amount_usd"] = "612000"
    other = row_of(rows, "CARSI-08-INCLE-02", "committed")
    other["amount_usd"] = str(float(other["amount_usd"]) + 5)
    name = f"carsi-entries-{today()}-v{VERSION}.csv"
    page = compared(client, name, as_csv(rows))
    ((conflict, offered, _stage),) = page.context["shown"].conflicts
    assert [option.chosen for option in offered] == [True, False, False, False]
    assert [int(option.amount) for option in offered] == [600_000, 612_000, 599_000, 613_000]
    assert page.context["title"] == "2 differences, 1 conflict"
    chosen = {f"choice-{conflict.code}": choice}
    again = client.post(page.wsgi_request.path, {**chosen, "_again": ""})
    assert [o.chosen for o in again.context["shown"].conflicts[0][1]].count(True) == 1
    assert sorted(line[2] for line in lines(page, **chosen)) == sorted([*amounts, 5])


def test_a_draft_is_made_once_and_only_for_whom_uploaded(people: People) -> None:
    client = people.analyst
    name, rows = downloaded(client)
    row_of(rows, "CARSI-08-INCLE-03", "obligated")["amount_usd"] = "612000"
    page = compared(client, name, as_csv(rows))
    assert people.client(people.benito).get(page.wsgi_request.path).status_code == 404
    assert len(lines(page)) == 1
    again = client.post(page.wsgi_request.path, {"_create": ""})
    assert again.status_code == 302
    assert Batch.objects.filter(state=Batch.State.DRAFT).count() == 1


def test_a_reason_is_asked_for_and_choices_stand_as_they_were(people: People) -> None:
    client = people.analyst
    name, rows = downloaded(client)
    row_of(rows, "CARSI-08-INCLE-03", "obligated")["amount_usd"] = "612000"
    page = compared(client, name, as_csv(rows))
    sent = client.post(page.wsgi_request.path, {"_create": "", "title": "Mine", "reason": ""})
    assert sent.status_code == 200
    assert sent.context["form"].errors
    assert 'value="Mine"' in sent.content.decode()


def test_comparing_asks_as_often_for_one_change_as_for_many(people: People) -> None:
    client = people.analyst
    name, rows = downloaded(client)

    def asked(count: int) -> int:
        edited = [
            row | {"amount_usd": str(float(row["amount_usd"]) + 1)} if n < count else row
            for n, row in enumerate(r for r in rows if r["stage"] == "committed")
        ]
        page = compared(client, name.replace("entries-", "entries-x-"), as_csv(edited))
        with CaptureQueriesContext(connection) as queries:
            client.get(urlsplit(page.wsgi_request.get_full_path()).path)
        return len(queries)

    assert asked(20) <= asked(2) + 2


def test_only_analysts_upload_an_edited_download(people: People) -> None:
    asked = (people.analyst, people.approver, people.administrator)
    assert [client.get(RETURNED).status_code for client in asked] == [200, 403, 403]


def test_the_import_leads_to_the_comparison(people: People) -> None:
    assert (
        f'href="{RETURNED}"' in people.analyst.get("/admin/ledger/batch/import/").content.decode()
    )


def test_only_a_date_with_two_readings_asks_what_comes_first(people: People) -> None:
    client = people.analyst
    name, rows = downloaded(client)
    rows[0]["amount_usd"] = "613.000"
    assert not compared(client, name, as_csv(rows)).context["asks_order"]
    rows[0] |= {"amount_usd": "1", "effective_date": "10/1/2009"}
    page = compared(client, name, as_csv(rows))
    assert page.context["asks_order"]
    told = client.get(page.wsgi_request.path, {"dates": "month-first"})
    assert told.context["shown"].groups[0].heading == "1 row replaced"


def test_a_day_changed_to_what_the_other_order_makes_of_it_is_asked_about(people: People) -> None:
    client = people.analyst
    name, rows = downloaded(client)
    rows = [FORMS["month first"](row) for row in rows]
    days = [(row, *row["effective_date"].split("/")) for row in rows]
    row, month, day, year = next(d for d in days if int(d[2]) <= 12 and d[1] != d[2])
    row["effective_date"] = f"{day}/{month}/{year}"
    page = compared(client, name, as_csv(rows))
    assert page.context["asks_order"]
    assert "This date is that of the download only if the day comes first" in reading(page)
    told = client.get(page.wsgi_request.path, {"dates": "month-first"})
    assert groups(told) == ["1 row replaced"]
    assert f"{year}-{day}-{month}" in reading(told)


def test_a_version_posted_after_the_page_was_shown_is_shown_before_a_draft_is_made(
    people: People,
) -> None:
    client = people.analyst
    name, rows = downloaded(client)
    row_of(rows, "CARSI-08-INCLE-03", "obligated")["amount_usd"] = "612000"
    row_of(rows, "CARSI-08-INCLE-02", "committed")["note"] = "Seen"
    shown = compared(client, name, as_csv(rows))
    corrected(people, "CARSI-08-INCLE-03", "600000")
    sent = {"title": "Mine", "reason": "As agreed", "language": "en", "_create": ""}
    page = client.post(shown.wsgi_request.path, sent | {"head": shown.context["head"].number})
    assert "was posted since this page was shown" in reading(page)
    assert len(page.context["shown"].conflicts) == 1
    assert 'value="Mine"' in page.content.decode()
    assert not Batch.objects.filter(state=Batch.State.DRAFT).exists()


def test_of_a_file_cut_to_its_first_rows_nothing_is_removed_once_that_is_said(
    people: People,
) -> None:
    client = people.analyst
    name, rows = downloaded(client)
    rows[0]["amount_usd"] = str(float(rows[0]["amount_usd"]) + 5)
    page = compared(client, name, as_csv(rows[:10]))
    assert groups(page) == ["1 amount changed", f"{len(rows) - 10} rows removed"]
    told = client.post(page.wsgi_request.path, {"part": "1", "_again": ""})
    assert groups(told) == ["1 amount changed"]
    assert [line[2] for line in lines(told, part="1")] == [5]


def test_choices_stand_there_again_after_a_session_ended(people: People) -> None:
    client = people.analyst
    name, rows = downloaded(client)
    row_of(rows, "CARSI-08-INCLE-03", "obligated")["amount_usd"] = "612000"
    page = compared(client, name, as_csv(rows))
    sent = {"title": "Mine", "reason": "As agreed", "language": "en", "_create": "", "part": "1",
            "head": str(page.context["head"].number), "_again": "1"}  # fmt: skip
    again = client.post(page.wsgi_request.path, sent)
    assert 'value="Mine"' in again.content.decode()
    assert again.context["decided"].part
    assert not Batch.objects.filter(state=Batch.State.DRAFT).exists()


def test_a_new_row_shows_its_problem_where_it_stands(people: People) -> None:
    client = people.analyst
    name, rows = downloaded(client)
    new = row_of(rows, "CARSI-08-INCLE-03", "obligated") | {"version": "", "line": ""}
    page = compared(client, name, as_csv([*rows, new | {"note": "again"}]))
    (row,) = page.context["shown"].groups[0].rows
    assert row.problems
    assert (row.stage, row.change.number) == ("Obligated", ENTRIES + 2)


def test_a_draft_in_spanish_says_in_spanish_what_it_corrects(people: People) -> None:
    client = people.analyst
    name, rows = downloaded(client)
    row_of(rows, "CARSI-08-INCLE-03", "obligated")["amount_usd"] = "612000"
    lines(compared(client, name, as_csv(rows)), language="es")
    (line,) = Line.objects.filter(batch__state=Batch.State.DRAFT)
    assert line.note.startswith("Corrige la línea")


SOURCE = {
    "effective_date": "2012-06-30",
    "document": "",
    "locator": "Table 3",
    "basis": "stated",
}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("prefix", ["", "/es"])
def test_an_unedited_download_of_commitments_changes_nothing(
    people: People, kind: str, prefix: str
) -> None:
    client = people.analyst
    address = f"{prefix}/tables/commitments.{kind}?version={VERSION}"
    response = client.get(address, follow=True)
    name = response["Content-Disposition"].split('"')[1]
    page = compared(client, name, b"".join(response.streaming_content))  # type: ignore[attr-defined]
    assert page.context["title"] == "The file changes nothing"
    assert page.context["source_form"] is None


def test_changed_sums_are_differences_on_a_day_and_of_a_source_that_are_asked_for(
    people: People,
) -> None:
    client = people.analyst
    name, rows = downloaded(client, table="commitments")
    row = next(row for row in rows if row["reference"] == "CARSI-08-INCLE-03")
    row |= {"obligated_usd": "600,000.5", "title": "Another", "committed_usd": "634000"}
    page = compared(client, name, as_csv(rows[:-1] if rows[-1] is not row else rows[1:]))
    assert groups(page) == ["2 amounts changed"]
    text = reading(page)
    assert "Sums have no date and no source" in text
    assert "1 commitment of the download is missing from the file" in text
    assert "1 description differs" in text
    assert page.context["outcome"].draft is None
    refused = client.post(page.wsgi_request.path, SOURCE | {"_create": "", "title": "x"})
    assert refused.context["source_form"].errors["document"]
    source = SOURCE | {"document": str(Document.objects.get(key="loa-panama-2009").pk)}
    again = client.post(page.wsgi_request.path, source | {"_again": ""})
    assert again.context["outcome"].draft
    found = {line[1:] for line in lines(page, **source)}
    assert found == {
        ("committed", 21_000, "2012-06-30", "loa-panama-2009"),
        ("obligated", -12_999, "2012-06-30", "loa-panama-2009"),
    }
    notes = {line.note for line in Line.objects.filter(batch__state=Batch.State.DRAFT)}
    assert f"Changes the sum in version {VERSION} from $613,000.00 to $634,000.00." in notes


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reference": "CARSI-99-X-1"}, "The download did not hold CARSI-99-X-1"),
        ({"committed_usd": ""}, "To reduce the sum to zero, write 0"),
        ({"committed_usd": "613.000"}, "613.000"),
        ({"reference": ""}, "is not a reference"),
    ],
)
def test_what_can_not_be_compared_of_sums_is_named_at_its_cell(
    people: People, changes: dict[str, str], said: str
) -> None:
    client = people.analyst
    name, rows = downloaded(client, table="commitments")
    rows[3] |= changes
    page = compared(client, name, as_csv(rows))
    assert said in reading(page)
    assert page.context["faults"][0].row == 5
    twice = compared(client, name, as_csv([*rows[:3], rows[0]]))
    assert "Row 2 has the same reference" in reading(twice)


def test_a_sum_that_was_changed_since_is_a_conflict(people: People) -> None:
    client = people.analyst
    name, rows = downloaded(client, table="commitments")
    corrected(people, "CARSI-08-INCLE-03", "600000")
    row = next(row for row in rows if row["reference"] == "CARSI-08-INCLE-03")
    row["obligated_usd"] = "612000"
    page = compared(client, name, as_csv(rows))
    ((_conflict, offered, _stage),) = page.context["shown"].conflicts
    assert [int(option.amount) for option in offered] == [600_000, 612_000, 599_000, 613_000]


def test_a_fault_of_a_new_row_stands_at_it(people: People) -> None:
    client = people.analyst
    name, rows = downloaded(client)
    new = rows[-1] | {"version": "", "line": "", "document": "no-such"}
    page = compared(client, name, as_csv([*rows, new]))
    (row,) = page.context["shown"].groups[0].rows
    assert "no-such" in " ".join(row.problems)
    assert f"row {ENTRIES + 2}, column document" in reading(page)


def test_a_download_of_more_entries_than_a_file_holds_is_refused_in_words(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = people.analyst
    name, rows = downloaded(client)
    monkeypatch.setattr("carsi_tracker.imports.returned.held.MOST_ROWS", 50)
    page = compared(client, name, as_csv(rows[:9]))
    assert "The download holds more than 50 entries" in reading(page)


def test_a_file_that_can_not_be_compared_comes_back_with_its_errors_marked(
    people: People,
) -> None:
    client = people.analyst
    name, rows = downloaded(client)
    rows[4]["line"] = ""
    page = compared(client, name, as_csv(rows))
    address = page.wsgi_request.path + "remarks/"
    assert f'href="{address}"' in page.content.decode()
    marked = client.get(address)
    assert f"{name.removesuffix('.csv')}-errors.csv" in marked["Content-Disposition"]
    found = [*csv.DictReader(io.StringIO(marked.content.decode("utf-8-sig")))]
    said = [number for number, row in enumerate(found) if row[[*row][-1]]]
    assert said == [4]
    assert people.client(people.benito).get(address).status_code == 404
    again = compared(client, f"{name.removesuffix('.csv')}-errors.csv", marked.content)
    assert [fault.row for fault in again.context["faults"]] == [6]


def test_a_renamed_file_of_commitments_is_known_by_its_headings(people: People) -> None:
    client = people.analyst
    _name, rows = downloaded(client, table="commitments")
    rows[2]["committed_usd"] = "1"
    page = compared(client, "mine.csv", as_csv(rows), f"?version={VERSION}")
    assert groups(page) == ["1 amount changed"]
    assert "Rows that are missing from the file" not in reading(page)
    assert page.context["shown"].groups[0].rows[0].document == ""


def test_errors_of_a_file_are_not_marked_before_it_is_known_of_which_download_it_is(
    people: People,
) -> None:
    _name, rows = downloaded(people.analyst)
    page = compared(people.analyst, "renamed.csv", as_csv(rows))
    marked = people.analyst.get(f"{page.wsgi_request.path}remarks/", follow=True)
    assert "Which download is this file?" in reading(marked)
