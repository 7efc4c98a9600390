"""Tables as files: whole, as they are filtered, and what they say of themselves."""

import json
from datetime import date
from decimal import Decimal
from html import unescape
from urllib.parse import unquote

import pytest
from django.db.models import Model
from django.test import Client

from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.columns import NAMES
from carsi_tracker.ledger.headings import heading
from carsi_tracker.ledger.models import Country, Goal, Posting, ProgrammingArea
from carsi_tracker.reports.downloads import writers
from carsi_tracker.reports.downloads.downloads import TABLES
from tests import factories
from tests.imports.conftest import Way, case
from tests.reports.downloads.files import body, rows, sheets
from tests.sourced import ENTRIES, VERSION

pytestmark = pytest.mark.usefixtures("sourced")


@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if not table.draw])
@pytest.mark.parametrize("language", ["", "/es"])
@pytest.mark.parametrize("query", ["", "?as_of=2008-02-29", "?country=HN&as_of=2009-09-30"])
def test_a_table_has_the_same_rows_as_csv_and_as_a_workbook(
    client: Client, name: str, language: str, query: str
) -> None:
    text = rows(client, f"{language}/tables/{name}.csv{query}")
    (headings, *cells), _about = sheets(client, f"{language}/tables/{name}.xlsx{query}")
    names = [heading(spelled) for spelled in headings]
    assert sorted(names) == sorted(field.name for field in TABLES[name].fields)
    assert (headings == names) == (not language)
    for row, line in zip(text, cells, strict=True):
        for written, cell in zip((row[each] for each in names), line, strict=True):
            if isinstance(cell, int | date):
                assert written.startswith(str(cell)[:10])
            elif isinstance(cell, str):
                assert written.removeprefix("'") == cell
            else:
                assert Decimal(written) == Decimal(str(cell))


def test_entries_stand_in_the_columns_of_the_import_format_first(client: Client) -> None:
    first = rows(client, "/tables/entries.csv")[0]
    assert tuple(first)[: len(NAMES)] == NAMES


def test_a_file_is_sorted_as_its_page(client: Client) -> None:
    page = client.get("/entries/?country=PA&sort=-amount&as_of=2010-12-31").content.decode()
    address = "/tables/entries.csv?country=PA&as_of=2010-12-31&sort=-amount"
    assert f'href="{address}"' in unescape(page)
    amounts = [Decimal(row["amount_usd"]) for row in rows(client, address)]
    assert len(amounts) > 3
    assert amounts == sorted(amounts, reverse=True)


@pytest.mark.parametrize(
    ("page", "file"),
    [
        ("/entries/?area=community&page=1", "entries.csv?area=community"),
        ("/commitments/?country=GT", "commitments.xlsx?country=GT"),
        ("/commitments/CARSI-08-INCLE-10/", "entries.csv?commitment=CARSI-08-INCLE-10"),
        ("/documents/", "documents.csv"),
        ("/documents/gao-13-295r/", "entries.csv?document=gao-13-295r"),
        ("/changes/", "versions.xlsx"),
        ("/changes/12/", "entries.xlsx?posted_in=12"),
        ("/", "stages.csv"),
        ("/", "matrix.csv"),
        ("/", "countries.csv"),
        ("/", "timeline.csv"),
    ],
)
@pytest.mark.parametrize("language", ["", "/es"])
def test_each_table_is_offered_as_files_with_what_it_shows(
    client: Client, page: str, file: str, language: str
) -> None:
    shown = client.get(language + page, follow=True).content.decode()
    assert f'href="{language}/tables/{file}"' in unescape(shown)
    assert body(client.get(f"{language}/tables/{file}"))


def test_the_whole_ledger_can_be_imported_from_its_own_download(
    client: Client, command: Way
) -> None:
    outcome = command("all.csv", body(client.get("/tables/entries.csv")), "--check", new=True)
    assert not [fault for fault in outcome.faults if fault.column], outcome.said


@pytest.mark.parametrize(
    ("name", "column", "model", "code"),
    [
        ("areas", "area", ProgrammingArea, "code"),
        ("countries", "country", Country, "code"),
        ("goals", "goal", Goal, "number"),
        ("matrix", "area", ProgrammingArea, "code"),
        ("matrix", "country", Country, "code"),
    ],
)
def test_what_has_no_entries_stands_in_a_summary_until_it_is_retired(
    client: Client, name: str, column: str, model: type[Model], code: str
) -> None:
    nothing, today = f"/tables/{name}.csv?as_of=2008-02-29", f"/tables/{name}.csv"
    all_codes = {str(value) for value in model._default_manager.values_list(code, flat=True)}
    used = {row[column] for row in rows(client, today) if row["entries"] != "0"}
    assert {row[column] for row in rows(client, nothing)} - {"none"} == all_codes
    with posting.acting(factories.administrator(), "None is used any more"):
        model._default_manager.update(retired=True)
    assert {row[column] for row in rows(client, nothing)} <= {"none"}
    assert {row[column] for row in rows(client, today) if row["entries"] != "0"} == used


def test_what_has_no_goal_is_named_in_both_languages(client: Client) -> None:
    row = next(row for row in rows(client, "/tables/goals.csv") if row["goal"] == "none")
    assert (row["name_en"], row["name_es"]) == ("not specified", "no indicado")


def test_what_is_not_posted_is_in_no_file(client: Client, command: Way) -> None:
    assert command("formulas.csv", case("formulas.csv")).batch
    for name in TABLES:
        text = body(client.get(f"/tables/{name}.csv")).decode()
        assert "Puesto fronterizo" not in text
        assert "CARSI-08-INCLE-71" not in text
        assert "+504" not in text


def test_a_file_of_a_version_has_what_that_version_knew(client: Client) -> None:
    pinned = f"12-{Posting.objects.get(version=12).checksum[:8]}"
    bare = client.get("/tables/entries.csv?version=12")
    assert bare.status_code == 302
    assert bare["Location"] == f"/tables/entries.csv?version={pinned}"
    known = rows(client, bare["Location"])
    assert {int(row["version"]) for row in known} == set(range(1, 13))
    listed = rows(client, f"/tables/versions.csv?version={pinned}")
    assert [row["version"] for row in listed] == [str(number) for number in range(12, 0, -1)]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (
            "/tables/entries.csv?country=HN&as_of=2009-09-30",
            f"carsi-entries-hn-2009-09-30-v{VERSION}.csv",
        ),
        ("/tables/versions.xlsx?as_of=2010-01-01", f"carsi-versions-2010-01-01-v{VERSION}.xlsx"),
        (
            "/tables/entries.csv?text=%2e%2e%2f%22caf%C3%A9%22&as_of=2010-01-01",
            f"carsi-entries-cafe-2010-01-01-v{VERSION}.csv",
        ),
    ],
)
def test_a_file_is_named_after_what_it_holds_its_day_and_its_version(
    client: Client, address: str, name: str
) -> None:
    response = client.get(address)
    assert body(response)
    assert unquote(response["Content-Disposition"]) == f'attachment; filename="{name}"'


@pytest.mark.parametrize("kind", ["csv", "xlsx", "csv-metadata.json"])
def test_who_has_a_file_already_is_not_sent_it_again(client: Client, kind: str) -> None:
    address = f"/tables/entries.{kind}?as_of=2009-09-30"
    first = client.get(address)
    assert first["Cache-Control"] == "public, max-age=0, stale-if-error=86400"
    assert not first.cookies
    assert body(first)
    fresh = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (fresh.status_code, fresh.content) == (304, b"")
    spanish = client.get(f"/es{address}", headers={"if-none-match": first["ETag"]})
    assert body(spanish)
    assert spanish["Content-Language"] == "es"


def test_the_same_question_gives_the_same_bytes(client: Client) -> None:
    address = "/tables/entries.xlsx?as_of=2009-09-30"
    assert body(client.get(address)) == body(client.get(address))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_head_of_a_file_is_as_its_whole(client: Client, kind: str) -> None:
    address = f"/tables/entries.{kind}?as_of=2009-09-30"
    whole, head = client.get(address), client.head(address)
    assert body(whole)
    assert body(head) == b""
    for name in ("ETag", "Content-Type", "Content-Disposition"):
        assert head[name] == whole[name]


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("as_of=2009-02-29", "2009-02-29"),
        ("area=nowhere", "nowhere"),
        ("sort=nothing", "nothing"),
        ("country=%00", "\N{REPLACEMENT CHARACTER}"),
        ("version=99", "99"),
    ],
)
@pytest.mark.parametrize("file", ["entries.csv", "areas.xlsx", "goals.csv-metadata.json"])
def test_nonsense_is_refused_as_pages_refuse_it(
    client: Client, file: str, query: str, value: str
) -> None:
    response = client.get(f"/tables/{file}?{query}")
    assert response.status_code == 400
    if "%00" not in query:
        assert value in response.content.decode()


@pytest.mark.parametrize(
    "file", ["entries.json", "nothing.csv", "entries.csv.xlsx", "Entries.csv", "entries."]
)
def test_a_file_that_is_not_offered_does_not_exist(client: Client, file: str) -> None:
    assert client.get(f"/tables/{file}").status_code == 404


def test_a_workbook_says_what_it_holds_and_how_to_cite_it(client: Client) -> None:
    posting = Posting.objects.get(version=12)
    query = f"country=HN&as_of=2009-09-30&version=12-{posting.checksum[:8]}"
    _table, about = sheets(client, f"/tables/entries.xlsx?{query}")
    said = {row[0]: row[1] for row in about}
    assert said["Country"] == "Honduras"
    assert said["Figures as of"] == "September 30, 2009"
    assert said["Version"] == "12"
    assert said["Checksum"] == posting.checksum
    assert said["Address"] == f"http://testserver/tables/entries.xlsx?{query}"
    assert f"checksum {posting.checksum[:8]}." in said["Cite as"]
    assert "CC0" in said["License"]
    assert "amount_usd" in said


def test_a_csv_leads_to_metadata_with_its_version_checksum_and_columns(client: Client) -> None:
    posting = Posting.objects.get(version=12)
    query = f"country=HN&as_of=2009-09-30&version=12-{posting.checksum[:8]}"
    file = client.get(f"/tables/entries.csv?{query}")
    assert body(file)
    address = file["Link"].partition(">")[0].removeprefix("<")
    assert 'rel="describedby"' in file["Link"]
    metadata = json.loads(client.get(address).content)
    assert metadata["url"] == f"/tables/entries.csv?{query}"
    assert metadata["notes"][0]["version"] == 12
    assert metadata["notes"][0]["checksum"] == posting.checksum
    assert metadata["notes"][0]["as_of"] == "2009-09-30"
    columns = [column["name"] for column in metadata["tableSchema"]["columns"]]
    assert columns == list(rows(client, f"/tables/entries.csv?{query}")[0])


def test_a_table_that_no_sheet_can_hold_is_offered_as_csv(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "MOST_ROWS", 100)
    response = client.get("/tables/entries.xlsx")
    assert response.status_code == 400
    assert 'href="/tables/entries.csv"' in response.content.decode()
    assert len(rows(client, "/tables/entries.csv")) == ENTRIES
    assert body(client.get("/tables/entries.xlsx?country=PA"))


@pytest.mark.parametrize("language", ["", "/es"])
def test_the_data_page_offers_every_table_and_says_its_columns(
    client: Client, language: str
) -> None:
    page = unescape(client.get(f"{language}/data/?as_of=2009-09-30").content.decode())
    for name, table in TABLES.items():
        for kind in ("csv", "xlsx", "csv-metadata.json"):
            assert f'href="{language}/tables/{name}.{kind}?as_of=2009-09-30"' in page
        for field in table.fields:
            assert f"<code>{field.name}</code>" in page
    assert newest()[0].checksum in page
    assert "creativecommons.org/publicdomain/zero" in page
    assert 'href="/versions.csv"' in page
