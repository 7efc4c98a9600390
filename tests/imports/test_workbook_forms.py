"""Workbooks as other programs write them: the same rows, whatever the form of their XML."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from carsi_tracker.imports.cells import Broken
from carsi_tracker.imports.errors import Unreadable
from carsi_tracker.imports.table import open_file
from carsi_tracker.imports.workbook import open_workbook
from tests.imports import hostile
from tests.imports.conftest import CASES, HEADINGS

NAMES = HEADINGS.split(",")
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(scope="module")
def plain() -> bytes:
    """A workbook with each kind of cell, a hidden row, an error, and formulas."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        page = book.add_worksheet("Rows & more")
        day = book.add_format({"num_format": "d mmm yyyy"})
        page.write_row(0, 0, NAMES)
        page.write_row(1, 1, ["Boats", 2008, True, 1803.6])
        page.write_rich_string(1, 7, "two ", book.add_format({"bold": True}), "parts")
        page.write_datetime(1, 11, datetime.combine(date(2009, 3, 13), time()), day)
        page.write_formula(2, 0, "=1/0", None, "#DIV/0!")
        page.write_formula(2, 1, '=""', None, "")
        page.write_formula(2, 2, "=1+1", None, 2)
        page.write_formula(2, 3, '="a"', None, "a")
        page.set_row(2, None, None, {"hidden": True})
        page.write(4, 15, " a note ")
    return written.getvalue()


def changed(content: bytes, change: Callable[[str, str], tuple[str, str]]) -> bytes:
    """Return an archive whose parts have other names or texts."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w") as made:
        for name in old.namelist():
            made.writestr(*change(name, old.read(name).decode()))
    return written.getvalue()


def of_sheet(change: Callable[[str], str]) -> Callable[[str, str], tuple[str, str]]:
    return lambda name, xml: (name, change(xml) if name == SHEET else xml)


def prefixed(name: str, xml: str) -> tuple[str, str]:
    if not name.startswith("xl/") or name.endswith(".rels") or "theme" in name:
        return name, xml
    xml = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", xml)
    return name, xml.replace(' xmlns="', ' xmlns:x="')


def encoded(name: str, xml: str) -> tuple[str, str]:
    """Write a space into the name of the sheet's part, as addresses hold it."""
    if name == "xl/_rels/workbook.xml.rels":
        xml = xml.replace("sheet1.xml", "sheet%201.xml")
    return name.replace("sheet1.xml", "sheet 1.xml"), xml


def absolute(name: str, xml: str) -> tuple[str, str]:
    if name == "xl/_rels/workbook.xml.rels":
        xml = xml.replace('Target="', 'Target="/xl/')
    return name, xml


def turned(xml: str) -> str:
    """Write attributes in the opposite order, in single quotes, over several lines."""

    def around(tag: re.Match[str]) -> str:
        attributes = re.findall(r'[\w:]+="[^"]*"', tag[2])
        quoted = [re.sub(r'="([^"]*)"', r"='\1'", attribute) for attribute in attributes]
        return f"<{tag[1]}\n{' '.join(reversed(quoted))}\n{tag[3]}>"

    return re.sub(r"<(row|c)\s([^>]*?)(/?)>", around, xml)


def strict(name: str, xml: str) -> tuple[str, str]:
    xml = xml.replace(
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    )
    return name, xml.replace(
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    )


def properties_first(name: str, xml: str) -> tuple[str, str]:
    """Name the properties of the file before the workbook."""
    if name == "_rels/.rels":
        parts = re.findall(r"<Relationship [^>]*/>", xml)
        assert len(parts) > 1
        xml = xml.replace("".join(parts), "".join(reversed(parts)))
        assert "docProps" in xml[: xml.index("xl/workbook.xml")]
    return name, xml


FORMS = {
    "single quotes and another order": of_sheet(turned),
    "a prefix": prefixed,
    "strict": strict,
    "absolute targets": absolute,
    "targets with a space": encoded,
    "properties named first": properties_first,
    "capitals": lambda name, xml: (name.upper(), xml),
    "small letters": lambda name, xml: (name.lower(), xml),
    "backslashes": lambda name, xml: (name.replace("/", "\\"), xml),
    "comments": of_sheet(lambda xml: xml.replace("<c ", "<!-- <c r='A9'/> --><c ")),
    "without numbers of rows": of_sheet(
        lambda xml: re.sub(r'<row r="(?!5)\d+"', "<row", xml)
    ),
    "a macro workbook": lambda name, xml: (name, xml.replace(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml")),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_same_workbook_has_the_same_rows(plain: bytes, form: str) -> None:
    first, second = open_workbook(plain), open_workbook(changed(plain, FORMS[form]))
    assert list(first) == list(second)
    assert first.warnings == second.warnings
    assert [warning.message for warning in first.warnings] == [
        "1 row is hidden or filtered out in the sheet and was read, too: row 3."
    ]


def test_cells_without_addresses_stand_one_beside_the_other(plain: bytes) -> None:
    def without(xml: str) -> str:
        return re.sub(r'<c r="[A-Z]+\d+"', "<c", xml)

    rows = dict(open_workbook(changed(plain, of_sheet(without))))
    assert rows[1] == NAMES
    assert rows[2] == ["Boats", 2008, True, Decimal("1803.6"), "two parts", date(2009, 3, 13)]
    assert isinstance(rows[3][0], Broken)
    assert rows[3][0].text == "#DIV/0!"
    assert "hidden" in open_workbook(changed(plain, of_sheet(without))).warnings[0].message


def test_what_a_formula_left_is_a_value_a_blank_or_a_fault() -> None:
    cells = {
        '<c t="str"><f>A1</f><v></v></c>': "",
        '<c t="str"><f>A1</f><v/></c>': "",
        '<c t="str"><f>A1</f></c>': "",
        '<c t="str"><f>A1</f><v>a</v></c>': "a",
        "<c><f>A1</f><v>2</v></c>": 2.0,
        "<c><f>A1</f></c>": "=",
        "<c><f>A1</f><v></v></c>": "=",
        '<c><f t="shared" si="0"/></c>': "=",
        '<c t="e"><f>A1</f><v>#REF!</v></c>': "#REF!",
        '<c t="e"><v>#N/A</v></c>': "#N/A",
        '<c t="b"><f>A1</f><v>1</v></c>': True,
        '<c s="1"/>': "",
        '<c t="inlineStr"><is><t>a</t><rPh><t>b</t></rPh></is></c>': "a",
        "<c><v>INF</v></c>": "INF",
        "<c><v>1_000</v></c>": "1_000",
        "<c><v>#N/A</v></c>": "#N/A",
        "<c><v>1e999</v></c>": "1e999",
        "<c><v>2.5E5</v></c>": 250_000,
        '<c t="str"><v>_xD83D__xDE00_ _xD800_</v></c>': "😀 \ufffd",
        '<c t="inlineStr"><is><r><t>a</t></r><r><t>_x0041_</t></r></is></c>': "aA",
        '<c t="d"><v>2009-03-13</v></c>': date(2009, 3, 13),
        '<c t="d"><v>2009-03-13T00:00:00</v></c>': date(2009, 3, 13),
        '<c t="d"><v>2009-03-13T12:00:00</v></c>': datetime(2009, 3, 13, 12),  # noqa: DTZ001
    }
    content = hostile.workbook("<row>" + "".join(cells) + "<c><v>1</v></c></row>")
    found = dict(open_workbook(content))[2]
    assert [cell.text if isinstance(cell, Broken) else cell for cell in found] == [
        *cells.values(),
        1.0,
    ]


def exact(cell: Any) -> Any:
    """Return what another reader found, with its numbers as a spreadsheet shows them."""
    return Decimal(f"{cell:.15g}") if isinstance(cell, float) else cell


@pytest.mark.parametrize("name", sorted(path.name for path in CASES.glob("*.xlsx")))
def test_values_are_those_that_another_reader_finds(name: str) -> None:
    if name == "strict.xlsx":
        pytest.skip("the other reader refuses it")
    content = (CASES / name).read_bytes()
    rows = open_workbook(content)
    theirs = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(rows.sheet)
    for number, cells in enumerate(theirs.iter_rows(), start=1):
        ours = dict(rows).get(number, [])
        padded = [*ours, *[""] * (len(cells) - len(ours))]
        readable = ["" if isinstance(cell, Broken) or cell == "   " else cell for cell in padded]
        assert readable == [exact(cell) for cell in cells]


@pytest.mark.parametrize(
    "code",
    ["yyyy-mm-dd", "d/m/yy", "mmm yyyy", "[$-409]d-mmm-yyyy;@", "h:mm AM/PM", "[h]:mm:ss",
     "yyyy-mm-dd hh:mm", "0.00", '#,##0 "days"', "General", "_($* #,##0.00_)", "0.00E+00",
     "[Red]0;[Blue]-0", "\\d0", "mm:ss", "@"],
)  # fmt: skip
@pytest.mark.parametrize("number", [0.5, 39885, 39885.25, 45000.999])
def test_formats_show_days_and_times_as_another_reader_finds(code: str, number: float) -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, NAMES)
        page.write_number(1, 0, number, book.add_format({"num_format": code}))
    book = CalamineWorkbook.from_filelike(io.BytesIO(written.getvalue()))
    theirs = book.get_sheet_by_index(0).to_python()[1][0]
    ours = dict(open_workbook(written.getvalue()))[2][0]
    if isinstance(theirs, datetime | timedelta):
        assert type(ours) is type(theirs)
        assert abs(ours - theirs) < timedelta(seconds=1)
    else:
        assert ours == exact(theirs)


@pytest.mark.parametrize("code", ["0%", "0.00%", "#,##0.0 %", '0"a"%'])
def test_a_share_is_no_number(code: str) -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, NAMES)
        page.write_number(1, 0, 0.125, book.add_format({"num_format": code}))
    cell = dict(open_workbook(written.getvalue()))[2][0]
    assert isinstance(cell, Broken)
    assert (cell.text, "formatted as a percentage" in cell.message) == ("12.5%", True)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"head": '<row><c t="s"><v>-1</v></c></row>', "texts": "<si/>"}, "damaged"),
        ({"head": '<row><c t="s"><v>٠</v></c></row>', "texts": "<si/>"}, "damaged"),
        ({"rows": "<row><c><v>1</v><is><t>2</t></is></c></row>"}, "damaged"),
        ({"rows": "<row><c><v>1</v><v>2</v></c></row>"}, "damaged"),
        ({"rows": "<row/><c><v>1</v></c>"}, "damaged"),
        ({"head": '<row><c t="s"><v>7</v></c></row>'}, "damaged"),
        ({"rows": '<row r="2"><c r="A3"><v>1</v></c></row>'}, "damaged"),
        ({"rows": '<row r="3"/><row r="2"/>'}, "damaged"),
        ({"rows": '<row><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>'}, "damaged"),
        ({"rows": "</sheetData>"}, "damaged"),
        ({"head": ""}, "No visible sheet"),
    ],
    ids=str,
)  # fmt: skip
def test_a_workbook_that_says_two_things_is_refused(parts: dict[str, str], said: str) -> None:
    content = hostile.workbook(**parts)
    with pytest.raises(Unreadable) as refused:
        list(open_file("a.xlsx", content))
    assert said in refused.value.findings[0].message


def test_one_part_of_two_with_the_same_name_is_not_chosen(plain: bytes) -> None:
    written = io.BytesIO(plain)
    with zipfile.ZipFile(written, "a") as made:
        made.writestr(SHEET.upper(), b"<worksheet/>")
    with pytest.raises(Unreadable) as refused:
        open_workbook(written.getvalue())
    assert "damaged" in refused.value.findings[0].message


@pytest.mark.parametrize(
    ("before", "after"), [('max="2"', 'max="2" width="0"'), ('r="2"', 'r="2" ht="0.0"')]
)
def test_what_has_no_size_is_hidden(before: str, after: str) -> None:
    cells = '<row r="2"><c><v>1</v></c></row>'
    columns = '<cols><col min="1" max="2"/></cols>'
    content = hostile.workbook(cells.replace(before, after), before=columns.replace(before, after))
    assert ["idden" in warning.message for warning in open_workbook(content).warnings] == [True]


def archive(*names: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        for name in names:
            made.writestr(name, "<a/>")
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (archive("xl/workbook.bin", "[Content_Types].xml"), "Excel (.xlsb)"),
        (archive("mimetype", "content.xml"), "not a workbook of Excel (.xlsx) or LibreOffice"),
        (archive("Index/Document.iwa"), "Numbers"),
        (archive("word/document.xml"), "not a workbook of Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "old format (.xls)"),
        (b"<html><table><tr><td>reference</td></tr></table></html>", "web page or XML"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "web page or XML"),
        (b"%PDF-1.7 and then text", "not text"),
        (b"\x1f\x8b\x08 packed", "not text"),
        (b"PK\x05\x06" + b"\0" * 18, "not a workbook"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_formats_are_called_by_their_names(content: bytes, said: str) -> None:
    for name in ("a.xlsx", "a.csv", Path("a.xls").name):
        with pytest.raises(Unreadable) as refused:
            open_file(name, content)
        assert said in refused.value.findings[0].message
