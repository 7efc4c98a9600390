"""The file again with remarks, and the empty file to fill in."""

import csv
import io

import pytest
from python_calamine import CalamineWorkbook

from carsi_tracker.imports.annotated import with_remarks
from carsi_tracker.imports.errors import Finding
from carsi_tracker.imports.table import open_file
from carsi_tracker.imports.template import template_csv, template_xlsx
from carsi_tracker.ledger.columns import NAMES
from carsi_tracker.ledger.media_types import CSV, XLSX
from tests.imports.conftest import Way, case, rows

FAULT = Finding("Write a sound amount.", "", 3, "amount_usd", "613.000")


def cells(content: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter))


def test_remarks_stand_in_the_row_that_they_are_about() -> None:
    content = rows({"note": "=1+1"}, {"amount_usd": "613.000"}, {})
    written, media_type = with_remarks("a.csv", content, [FAULT, Finding("All in all.")])
    assert media_type == CSV
    before, after = cells(content), cells(written)
    assert after[0] == [*before[0], "remarks: All in all."]
    assert after[1] == before[1]
    assert after[2] == [*before[2], "amount_usd: Write a sound amount."]
    assert after[3] == before[3]


def test_the_delimiter_stays_and_bytes_of_windows_become_utf_8() -> None:
    written, _media_type = with_remarks("s.csv", case("semicolon.csv"), [])
    assert cells(written, ";")[1][4] == "law-enforcement"
    written, _media_type = with_remarks("c.csv", case("cp1252.csv"), [])
    assert cells(written)[1][1] == "Equipo de inspección fronteriza, Honduras"
    assert cells(written)[1][15] == "The embassy’s estimate"


def test_a_workbook_stays_one_with_its_kinds_of_cells() -> None:
    written, media_type = with_remarks(
        "c.xlsx",
        case("serial.xlsx"),
        [Finding("A day?", "Allocations", 3, "effective_date", "39885")],
    )
    assert media_type == XLSX
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(written)).get_sheet_by_name("Allocations")
    before = CalamineWorkbook.from_filelike(io.BytesIO(case("serial.xlsx")))
    read = sheet.to_python()
    assert read[0][-1] == "remarks"
    assert read[2][-1] == "effective_date: A day?"
    assert [row[:16] for row in read] == before.get_sheet_by_name("Allocations").to_python()


def test_remarks_on_remarks_take_their_place() -> None:
    content = rows({"amount_usd": "x"})
    once, _media_type = with_remarks("a.csv", content, [FAULT])
    twice, _media_type = with_remarks("a.csv", once, [Finding("Second.", "", 2, "note")])
    assert len(cells(twice)[0]) == len(cells(content)[0]) + 1
    assert cells(twice)[1][-1] == "note: Second."


@pytest.mark.parametrize("name", ["amount-refused.csv", "unknown-column.csv"])
def test_a_mended_file_with_remarks_can_be_imported(upload: Way, name: str) -> None:
    written, _media_type = with_remarks(name, case(name), [FAULT])
    mended = (
        written.replace(b"patner", b"partner")
        .replace(b",note,remarks", b",locator,remarks")
        .replace(b"document,locator", b"document,x")
    )
    assert "remarks" in mended.decode("utf-8-sig")
    outcome = upload(name, mended)
    assert all(fault.column != "remarks" for fault in outcome.faults)


@pytest.mark.usefixtures("ana")
def test_the_templates_have_the_headings_of_the_format() -> None:
    assert template_csv().decode("utf-8-sig") == ",".join(NAMES) + "\r\n"
    table = open_file("t.xlsx", template_xlsx())
    assert tuple(table.names.values()) == NAMES
    assert list(table) == []
