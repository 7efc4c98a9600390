"""The lines that compute a figure from a download come to the figure, to the cent."""

import io
import re
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from lxml import html
from python_calamine import CalamineWorkbook
from xlsxwriter.utility import xl_cell_to_rowcol

from carsi_tracker.exports.recompute import lines
from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Filters, Query
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Entry, Posting
from carsi_tracker.reports.page.parameters import read
from tests.reports.downloads.files import body

pytestmark = pytest.mark.usefixtures("sourced")

SITE = "http://testserver"
DAYS = ["2009-03-13", "2009-09-30", "2011-09-30"]
VERSIONS = [12, 17]
SUMS = [
    {"stage": "committed", "country": "GT"},
    {"measure": "available"},
    {"measure": "unobligated", "area": "community"},
]
FILTERED = [
    {"stage": "appropriated", "account": "INCLE", "year": "2008"},
    {"stage": "committed", "goal": "none"},
    {"stage": "committed", "partner": "none", "basis": "stated"},
    {"stage": "committed", "posted_in": "3"},
    {"measure": "available", "posted_from": "2"},
    {"stage": "committed", "amount_from": "250000.01", "amount_to": "2000000"},
    {"measure": "available", "date_from": "2008-12-01", "date_to": "2009-12-31"},
]
HOSTILE = "'; touch owned; $(touch owned) `touch owned` \"; \\' -- % | & \\"
CURL = 'curl() { printf %s "${@: -1}" > asked; cat answered; }'


def page(client: Client, asked: dict[str, str], language: str = "") -> dict[str, str]:
    """Return the lines that a page has, by their names, and what it says that they answer."""
    response = client.get(f"{language}/recompute/?{urlencode(asked)}")
    assert response.status_code == 200
    (main,) = html.fromstring(response.content).xpath("//main")
    found = {each.get("id"): each.text_content() for each in main.xpath("section/pre")}
    found["links"] = " ".join(main.xpath("section//a/@href"))
    found["said"] = main.text_content()
    return found


def package(client: Client, address: str, folder: Path) -> sqlite3.Connection:
    content = io.BytesIO(body(client.get(address.removeprefix(SITE))))
    path = zipfile.ZipFile(content).extract("carsi.sqlite", folder)
    return sqlite3.connect(path)


def shell(client: Client, line: str, folder: Path) -> str:
    """Run a line in a shell whose curl answers as the tracker does."""
    (address,) = re.findall(r"'(http[^']*)'", line)
    (folder / "answered").write_bytes(body(client.get(address.removeprefix(SITE))))
    run = subprocess.run(
        ["bash", "-c", f"{CURL}; {line}"], cwd=folder, capture_output=True, text=True, check=True
    )
    assert (folder / "asked").read_text() == address
    return run.stdout.strip()


def spreadsheet(client: Client, formula: str, address: str) -> Decimal:
    """Add up the column that a formula names, as a spreadsheet does (none is started)."""
    named = re.fullmatch(r"=SUMA?\((\w+)!([A-Z]+):\2\)", formula)
    assert named, formula
    content = body(client.get(address.removeprefix(SITE)))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(named[1])
    _row, column = xl_cell_to_rowcol(f"{named[2]}1")
    cells = [row[column] for row in rows.to_python()]
    return Decimal(str(round(sum(each for each in cells if isinstance(each, float)), 2)))


def pins() -> Iterator[dict[str, str]]:
    for posting in Posting.objects.filter(version__in=VERSIONS):
        for day in DAYS:
            yield {"as_of": day, "version": str(posting)}


def test_each_line_comes_to_the_figure_on_three_days_and_in_two_versions(
    client: Client, tmp_path: Path
) -> None:
    for pinned in pins():
        database = None
        for language, asked in zip(("", "/es", ""), SUMS, strict=True):
            total = aggregates.total(read(asked | pinned, *newest()))
            found = page(client, asked | pinned, language)
            assert f"{total.amount:.2f}" in found["said"]
            _csv, zipped, xlsx = found["links"].split()
            database = database or package(client, zipped, tmp_path)
            ((answer,),) = database.execute(found["sql"])
            assert answer == f"{total.amount:.2f}"
            assert shell(client, found["shell"], tmp_path) == answer
            assert spreadsheet(client, found["formula"], xlsx) == total.amount


def test_sql_says_each_filter_but_words(client: Client, tmp_path: Path) -> None:
    entry = Entry.objects.exclude(commitment=None).exclude(commitment__agency=None)
    entry_ = entry.select_related("commitment__agency", "document")[0]
    assert entry_.commitment
    assert entry_.commitment.agency
    of_one = {
        "stage": "committed",
        "commitment": entry_.commitment.reference,
        "document": entry_.document.key,
        "agency": entry_.commitment.agency.code,
    }
    database, named = None, {"text"}
    for asked in (*SUMS, *FILTERED, of_one):
        total = aggregates.total(read(asked, *newest()))
        assert total.known, asked
        found = page(client, asked)
        database = database or package(client, found["links"].split()[1], tmp_path)
        ((answer,),) = database.execute(found["sql"])
        assert answer == f"{total.amount:.2f}", asked
        named |= asked.keys()
    assert named == vars(Filters()).keys()


def test_words_have_no_sql_and_the_page_says_so(client: Client, tmp_path: Path) -> None:
    asked = {"stage": "committed", "text": "police"}
    total = aggregates.total(read(asked, *newest()))
    found = page(client, asked)
    assert "sql" not in found
    assert "cannot say which entries contain these words" in found["said"]
    assert shell(client, found["shell"], tmp_path) == f"{total.amount:.2f}"


def test_what_is_asked_never_becomes_a_command(client: Client, tmp_path: Path) -> None:
    asked = {"stage": "committed", "text": HOSTILE}
    query = read(asked, *newest())
    assert shell(client, lines.shell(SITE + lines.sources(query).csv), tmp_path) == "0.00"
    hostile = f"http://host/{HOSTILE}"
    (tmp_path / "answered").write_text("counted_usd\n2.50\n")
    line = f"{CURL}; {lines.shell(hostile)}"
    said = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, check=True)
    assert said.stdout == b"2.50\n"
    assert (tmp_path / "asked").read_text() == hostile
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("hostile", [HOSTILE, "x' or '1' = '1", "x'; delete from entries; --"])
def test_a_value_stays_a_value_in_sql(hostile: str) -> None:
    query = Query(newest()[0], today(), Filters(stage="committed", document=hostile))
    asked = lines.sql(query)
    assert asked
    database = sqlite3.connect(":memory:")
    columns = "effective_date, version integer, stage, document, amount_cents integer"
    database.execute(f"create table entries ({columns})")
    rows: list[Any] = [("2009-01-01", 1, "committed", key, 250) for key in ("x", hostile)]
    database.executemany("insert into entries values (?, ?, ?, ?, ?)", rows)
    assert database.execute(asked).fetchall() == [("2.50",)]


def test_a_download_that_fails_is_no_sum_of_zero(tmp_path: Path) -> None:
    line = f"curl() {{ return 22; }}; {lines.shell('http://host/?a=b')}"
    failed = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, check=False)
    assert failed.returncode
    assert failed.stdout == b""


def test_a_mark_is_said_beside_and_a_figure_with_its_cents(client: Client) -> None:
    said = page(client, {"measure": "available", "as_of": "2009-09-30"})["said"]
    assert "≤\N{NO-BREAK SPACE}$58,890,500.00" in said
    assert "is not computed" in said


def test_without_a_sum_the_page_leads_to_the_entries(client: Client) -> None:
    led = client.get("/es/recompute/?country=GT&as_of=2009-09-30")
    assert led["Location"] == "/es/entries/?country=GT&as_of=2009-09-30"
    unknown = page(client, {"stage": "disbursed", "as_of": "2008-06-29"})
    assert "That does not mean that the amount is zero." in unknown["said"]
    assert not unknown["links"]


def test_more_entries_than_a_workbook_has_have_no_formula(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("carsi_tracker.exports.recompute.views.MOST_ROWS", 3)
    found = page(client, {"stage": "committed"})
    assert "formula" not in found
    assert "a workbook has at most 3 entries" in found["said"]


@pytest.mark.parametrize(
    ("address", "recomputed"),
    [
        ("/entries/?stage=committed&country=GT", "/recompute/?country=GT&stage=committed"),
        ("/es/entries/?measure=available", "/es/recompute/?measure=available"),
        (
            "/countries/gt/?as_of=2009-09-30",
            "/recompute/?country=GT&stage=committed&as_of=2009-09-30",
        ),
        ("/es/", "/es/recompute/?stage=committed"),
    ],
)
def test_pages_of_a_figure_lead_to_its_lines(client: Client, address: str, recomputed: str) -> None:
    (main,) = html.fromstring(client.get(address).content).xpath("//main")
    assert main.xpath("//p/a[contains(@href, '/recompute/')]/@href") == [recomputed]
    assert client.get(recomputed).status_code == 200


def test_entries_of_several_sums_lead_to_no_lines(client: Client) -> None:
    assert "/recompute/" not in client.get("/entries/?country=GT").content.decode()
