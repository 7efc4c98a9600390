"""Workbooks of LibreOffice (.ods): read as those of Excel are.

`cases/libreoffice.ods` and `cases/libreoffice-odd.ods` were saved by LibreOffice 7.4; the others
are built by hand in its form.
"""

import io
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from carsi_tracker.imports.annotated import with_remarks
from carsi_tracker.imports.cells import Broken
from carsi_tracker.imports.errors import Finding, Unreadable
from carsi_tracker.imports.table import open_file
from carsi_tracker.imports.workbook import open_workbook
from carsi_tracker.ledger.media_types import XLSX
from tests.imports import opendocument
from tests.imports.conftest import CASES, ROW, Way, nothing_made
from tests.imports.opendocument import row, text

SAVED, ODD = "libreoffice.ods", "libreoffice-odd.ods"


def cells_of(*cells: str) -> list[Any]:
    """Return what a row holds, with the words of a cell that can't be read."""
    found = dict(open_workbook(opendocument.workbook(row(*cells))))[2]
    return [cell.message if isinstance(cell, Broken) else cell for cell in found]


def of_kind(kind: str, *, shown: str = "", **values: str) -> str:
    said = "".join(
        f' {"table" if name == "formula" else "office"}:{name.replace("_", "-")}="{value}"'
        for name, value in values.items()
    )
    return (
        f'<table:table-cell office:value-type="{kind}"{said}>'
        f"{f'<text:p>{shown}</text:p>' if shown else ''}</table:table-cell>"
    )


def test_a_workbook_that_libreoffice_saved_is_a_draft(file_way: Way) -> None:
    outcome = file_way(SAVED, (CASES / SAVED).read_bytes())
    assert outcome.accepted, outcome.said
    assert outcome.entries == [
        ("CARSI-08-INCLE-90", "committed", "250000.50", "2009-06-15"),
        ("CARSI-08-INCLE-91", "committed", "1234567.89", "2009-06-15"),
        ("CARSI-08-INCLE-91", "committed", "-0.01", "2009-06-15"),
        ("CARSI-08-INCLE-92", "committed", "500001.00", "2009-06-15"),
    ]
    for said in (
        "The sheet “Old” is hidden", "The sheet “Notes” has no heading", "hidden or filtered out",
        "Hidden columns were read",
    ):  # fmt: skip
        assert said in outcome.said


def test_odd_cells_that_libreoffice_saved_are_read_or_named() -> None:
    merged = "This cell is merged with others, so it has no value of its own. Unmerge it."
    euros = "The cell is formatted as an amount in EUR, but amounts are in U.S. dollars."
    found = {
        number: [cell.message if isinstance(cell, Broken) else cell for cell in cells]
        for number, cells in open_workbook((CASES / ODD).read_bytes())
    }
    assert euros in str(found.pop(3)[2])
    assert found == {
        1: ["reference", "stage", "amount_usd"],
        2: ["two\nlines", 1, "The cell shows the error #DIV/0!."],
        4: [datetime(2009, 3, 13, 13, 30), time(6, 15), timedelta(hours=36)],  # noqa: DTZ001
        5: ["merged", merged, 5],
        6: [merged, merged, 6],
        7: ["The cell shows the error #N/A.", "", "x  y"],
        8: ["plain bold end", "a link", Decimal("0.3")],
        9: ["=text", Decimal("1E-7"), Decimal("123456789012.34")],
        **{number: ["same", "same", 7] for number in range(11, 15)},
        21: ["tab\there", Decimal("1E+20"), -3],
    }


@pytest.mark.parametrize("name", [SAVED])
def test_values_are_those_that_another_reader_finds(name: str) -> None:
    content = (CASES / name).read_bytes()
    rows = open_workbook(content)
    ours = dict(rows)
    theirs = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(rows.sheet)
    for number, cells in enumerate(theirs.iter_rows(), start=1):
        exact = [Decimal(f"{c:.15g}") if isinstance(c, float) else c for c in cells]
        found = ours.get(number, [])
        assert [*found, *[""] * (len(cells) - len(found))] == exact


def test_each_kind_of_value_is_read_exactly() -> None:
    assert cells_of(
        of_kind("float", value="0.1"),
        of_kind("float", value="12345678901234.5"),
        of_kind("currency", value="-613000.1", currency="USD", shown="-$613,000"),
        of_kind("currency", value="5"),
        of_kind("date", date_value="2009-03-13", shown="13 Mar"),
        of_kind("date", date_value="2009-03-13T13:30:00.000000000"),
        of_kind("time", time_value="PT06H15M00S"),
        of_kind("time", time_value="-PT36H00M00.5S"),
        of_kind("boolean", boolean_value="true"),
        of_kind("string", string_value="whole", shown="sho"),
        of_kind("float", value="1", formula="of:=A1", shown="1"),
    ) == [
        Decimal("0.1"), Decimal("12345678901234.5"), Decimal("-613000.1"), 5,
        date(2009, 3, 13), datetime(2009, 3, 13, 13, 30), time(6, 15),  # noqa: DTZ001
        timedelta(hours=-36), True, "whole", 1,
    ]  # fmt: skip


def test_what_is_no_value_is_named_at_its_cell() -> None:
    error = '<table:table-cell table:formula="of:=1/0" office:value-type="{}" {}>{}'
    end = "<text:p>Err:509</text:p></table:table-cell>"
    said = cells_of(
        error.format("string", 'office:string-value="" calcext:value-type="error"', end),
        error.format("float", 'office:value="0"', end),
        '<table:table-cell table:formula="of:=A1"/>',
        of_kind("float", value="INF"),
        of_kind("float", value="1_000"),
        of_kind("currency", value="7", currency="GTQ"),
        of_kind("percentage", value="0.125", shown="12.50%"),
    )
    for words, expected in zip(
        said,
        ["the error Err:509", "the error Err:509", "no saved result", "holds “INF”",
         "holds “1_000”", "an amount in GTQ", "formatted as a percentage"],
        strict=True,
    ):  # fmt: skip
        assert expected in words


def test_text_keeps_its_spaces_tabs_lines_and_nothing_that_lies_beside_it() -> None:
    assert cells_of(
        text('a<text:s text:c="3"/>b<text:s/>c'),
        text("a<text:tab/>b<text:line-break/>c"),
        text("one</text:p><text:p>two"),
        text("\n  spread   over\n lines  <text:span> and on</text:span>"),
        text("<text:a>link</text:a> <text:span>in <text:span>deep</text:span></text:span>"),
        '<table:table-cell office:value-type="string"><office:annotation><dc:creator>A</dc:creator>'
        "<text:p>a comment</text:p></office:annotation><text:p>text</text:p>"
        "<draw:frame><draw:text-box><text:p>drawn</text:p></draw:text-box></draw:frame>"
        "</table:table-cell>",
        text("noted<text:note><text:p>aside</text:p></text:note>"),
        text("<text:ruby><text:ruby-base>漢</text:ruby-base><text:ruby-text>x</text:ruby-text></text:ruby>"),
    ) == [
        "a   b c", "a\tb\nc", "one\ntwo", "spread over lines and on", "link in deep", "text",
        "noted", "漢",
    ]  # fmt: skip


def test_repeated_cells_and_rows_stand_where_a_spreadsheet_shows_them() -> None:
    content = opendocument.workbook(
        row(text("a", ' table:number-columns-repeated="2"'),
            '<table:table-cell table:number-columns-repeated="3"/>', text("b"))
        + row(attributes=' table:number-rows-repeated="5"')
        + "<table:table-header-rows><table:table-row-group>"
        + row(text("c"), attributes=' table:number-rows-repeated="2"')
        + "</table:table-row-group></table:table-header-rows>"
        + row(text("d"), attributes=' table:visibility="filter"')
    )  # fmt: skip
    rows = open_workbook(content)
    found = dict(rows)
    del found[1]
    assert found == {2: ["a", "a", "", "", "", "b"], 8: ["c"], 9: ["c"], 10: ["d"]}
    assert "row 10" in rows.warnings[0].message


def test_hidden_sheets_and_what_is_no_sheet_are_not_read() -> None:
    table = '<table:table table:name="{}" table:style-name="{}">{}</table:table>'
    tracked = "<table:tracked-changes><table:cell-content-change><table:table-row>"
    content = opendocument.workbook(
        row(text("x")),
        before=f"{tracked}{text('before')}</table:table-row></table:cell-content-change>"
        "</table:tracked-changes>",
        after=table.format("Old", "ta2", opendocument.HEADS + row(text("y")))
        + table.format("Empty", "ta1", row()),
    )
    rows = open_workbook(content)
    assert [cells[0] for _number, cells in rows] == ["reference", "x"]
    assert [warning.message for warning in rows.warnings] == [
        "The sheet “Old” is hidden and was not read."
    ]


def test_errors_name_sheet_row_column_and_value(file_way: Way) -> None:
    cells = {**ROW, "amount_usd": "613.000"}
    content = opendocument.workbook(row(*map(text, cells.values())))
    outcome = file_way("a.ods", content)
    assert [(fault.sheet, *place) for fault, place in zip(
        outcome.faults, outcome.places, strict=True)
    ] == [("Sheet1", 2, "amount_usd", "613.000")]  # fmt: skip
    nothing_made()


def test_remarks_come_back_as_a_workbook_of_excel() -> None:
    content = (CASES / SAVED).read_bytes()
    marked, kind = with_remarks("a.ods", content, [Finding("Not so.", "Amounts", 3, "stage")])
    assert kind == XLSX
    cells = dict(open_workbook(marked))
    assert cells[3][-1] == "stage: Not so."
    assert cells[3][:3] == dict(open_workbook(content))[3][:3]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (opendocument.workbook(encrypted="<manifest:encryption-data/>"), "without a password"),
        (opendocument.workbook(kind="application/vnd.oasis.opendocument.text"), "not a workbook"),
        (opendocument.workbook(content=b"<a>"), "damaged"),
        (opendocument.workbook(row('<table:table-cell table:number-columns-repeated="0"/>')),
         "damaged"),
        (opendocument.workbook(head=""), "has anything in it"),
        (b"no archive at all", "damaged"),
    ],
    ids=["encrypted", "a text", "no XML", "repeated never", "empty", "no archive"],
)  # fmt: skip
def test_what_is_no_workbook_is_refused_in_words(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        open_file("a.ods", content)
    assert said in refused.value.findings[0].message
