"""Workbooks as Excel saves them: sheets, cell types, what is hidden, merged or broken."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
import xlsxwriter

from carsi_tracker.imports import table
from carsi_tracker.imports.errors import Unreadable
from carsi_tracker.ledger.models import Commitment, Line
from tests.imports.conftest import HEADINGS, ROW, Way, nothing_made

NAMES = HEADINGS.split(",")
MIDNIGHT = datetime.combine(date(2009, 6, 15), time())
AFTERNOON = datetime.combine(date(2009, 6, 15), time(13, 30))
DAY = {"effective_date": date(2009, 6, 15)}


def workbook(
    fill: Callable[[Any, Any], None], *rows: dict[str, Any], sheet: str = "Sheet1"
) -> bytes:
    """A workbook of rows that are ROW with some cells changed, and whatever else `fill` does."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"strings_to_formulas": False}) as book:
        page = book.add_worksheet(sheet)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for index, name in enumerate(NAMES):
            page.write_string(0, index, name)
            for number, row in enumerate(rows, start=1):
                cell = ({**ROW, **DAY} | row)[name]
                if isinstance(cell, date | datetime | time):
                    page.write_datetime(number, index, cell, day)
                elif cell != "":
                    page.write(number, index, cell)
        fill(book, page)
    return written.getvalue()


def nothing_else(book: Any, page: Any) -> None:
    """Leave it at the rows."""


def test_whole_numbers_years_and_goals_are_no_decimals(file_way: Way) -> None:
    row = {"fiscal_year": 2008, "goal": 2, "amount_usd": 1234567.5, "locator": 12}
    outcome = file_way("a.xlsx", workbook(nothing_else, row))
    assert [amount for *_start, amount, _day in outcome.entries] == ["1234567.50"]
    assert Line.objects.get(batch=outcome.batch).locator == "12"


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (613.125, "fractions of a cent"),
        (True, "not an amount"),
        (0, "not zero"),
        (1e15, "trillion"),
    ],
)
def test_number_cells_that_are_no_amounts(file_way: Way, amount: Any, said: str) -> None:
    outcome = file_way("a.xlsx", workbook(nothing_else, {"amount_usd": amount}))
    assert [(fault.row, fault.column) for fault in outcome.faults] == [(2, "amount_usd")]
    assert said in outcome.said


def test_text_cells_are_read_as_text_in_a_workbook_too(file_way: Way) -> None:
    rows = [
        {"amount_usd": "613.000"},
        {"effective_date": "09/02/2009"},
        {"amount_usd": "(7,500.00)"},
    ]
    outcome = file_way("a.xlsx", workbook(nothing_else, *rows))
    assert outcome.places == [(2, "amount_usd", "613.000"), (3, "effective_date", "09/02/2009")]


@pytest.mark.parametrize("cell", [AFTERNOON, 39885.5, True, 250000], ids=str)
def test_cells_that_are_no_day(file_way: Way, cell: Any) -> None:
    outcome = file_way("a.xlsx", workbook(nothing_else, {"effective_date": cell}))
    assert [(fault.row, fault.column) for fault in outcome.faults] == [(2, "effective_date")]


def test_a_day_with_midnight_is_a_day(file_way: Way) -> None:
    outcome = file_way("a.xlsx", workbook(nothing_else, {"effective_date": MIDNIGHT}))
    assert [day for *_rest, day in outcome.entries] == ["2009-06-15"]


@pytest.mark.parametrize("column", ["locator", "title", "reference", "document"])
def test_text_that_the_spreadsheet_made_a_date_of_is_refused(file_way: Way, column: str) -> None:
    outcome = file_way("a.xlsx", workbook(nothing_else, {column: date(2009, 3, 12)}))
    assert (2, column, "2009-03-12") in outcome.places
    assert "The spreadsheet changed what you typed to “2009-03-12”" in outcome.said


def test_workbooks_that_count_days_from_1904_mean_the_days_that_they_show(file_way: Way) -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"date_1904": True}) as book:
        page = book.add_worksheet()
        day = book.add_format({"num_format": "d mmm yyyy"})
        for index, name in enumerate(NAMES):
            page.write_string(0, index, name)
            if name == "effective_date":
                page.write_datetime(1, index, MIDNIGHT, day)
            else:
                page.write_string(1, index, ROW[name])
    outcome = file_way("a.xlsx", written.getvalue())
    assert [day for *_rest, day in outcome.entries] == ["2009-06-15"]


def test_errors_and_formulas_without_result_are_named(file_way: Way) -> None:
    def broken(book: Any, page: Any) -> None:
        page.write_formula(1, NAMES.index("partner"), "=A9/0", None, "#DIV/0!")
        page.write_formula(2, NAMES.index("note"), "=B1", None, "")

    outcome = file_way("a.xlsx", workbook(broken, {}, {}))
    assert outcome.places == [(2, "partner", "#DIV/0!"), (3, "note", "=")]
    assert nothing_made()


def test_the_saved_result_of_a_formula_counts(file_way: Way) -> None:
    def summed(book: Any, page: Any) -> None:
        page.write_formula(1, NAMES.index("amount_usd"), "=500+500", None, 1000)

    outcome = file_way("a.xlsx", workbook(summed, {}))
    assert [amount for *_start, amount, _day in outcome.entries] == ["1000.00"]


def test_merged_cells_are_named(file_way: Way) -> None:
    def merged(book: Any, page: Any) -> None:
        column = NAMES.index("note")
        page.merge_range(1, column, 2, column, "both")

    outcome = file_way("a.xlsx", workbook(merged, {}, {}))
    assert outcome.places == [(3, "note", "")]
    assert "merged" in outcome.said


def test_hidden_rows_are_read_and_pointed_out(file_way: Way) -> None:
    def filtered(book: Any, page: Any) -> None:
        page.set_row(2, None, None, {"hidden": True})

    outcome = file_way("a.xlsx", workbook(filtered, {}, {"amount_usd": "7"}))
    assert len(outcome.entries) == 2
    assert "row 3" in outcome.said


def test_two_sheets_of_rows_are_refused_and_other_sheets_are_named(file_way: Way) -> None:
    def second(book: Any, page: Any) -> None:
        other = book.add_worksheet("More")
        other.write_row(0, 0, NAMES)
        other.write_row(1, 0, ["x"])
        book.add_worksheet("Empty")

    outcome = file_way("a.xlsx", workbook(second, {}))
    assert "“Sheet1”, “More”" in outcome.said
    assert nothing_made()

    def notes(book: Any, page: Any) -> None:
        book.add_worksheet("Notes").write(0, 0, "from the embassy")

    outcome = file_way("b.xlsx", workbook(notes, {}))
    assert outcome.accepted
    assert outcome.warnings == ["The sheet “Notes” has no heading of the format and was not read."]


@pytest.mark.parametrize("notes", [["from the embassy"], ["Figures", "of the", "embassy"]])
def test_the_rows_may_stand_behind_a_sheet_of_notes(file_way: Way, notes: list[str]) -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        book.add_worksheet("Notes").write_row(0, 0, notes)
        page = book.add_worksheet("Rows")
        page.write_row(0, 0, NAMES)
        page.write_row(1, 0, [ROW[name] for name in NAMES])
    outcome = file_way("a.xlsx", written.getvalue())
    assert outcome.accepted, outcome.said
    assert outcome.warnings == ["The sheet “Notes” has no heading of the format and was not read."]


def test_rows_may_stand_anywhere_on_the_sheet(file_way: Way) -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        page = book.add_worksheet("Far down")
        page.write_row(9, 2, NAMES)
        page.write_row(10, 2, [{**ROW, "amount_usd": "x"}[name] for name in NAMES])
    outcome = file_way("a.xlsx", written.getvalue())
    assert outcome.places == [(11, "amount_usd", "x")]


def test_formulas_in_text_stay_text(file_way: Way) -> None:
    outcome = file_way("a.xlsx", workbook(nothing_else, {"note": "'=1+1", "title": "=2+2"}))
    assert Line.objects.get(batch=outcome.batch).note == "'=1+1"
    assert Commitment.objects.get(reference=ROW["reference"]).title == "=2+2"


def archive(**members: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/"), content)
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 and then nothing", "damaged"),
        (archive(**{"readme.txt": b"hello"}), "not a workbook"),
        (archive(**{"xl__workbook.xml": b"<workbook"}), "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old format"),
        (b"reference,title", "damaged"),
    ],
    ids=["cut off", "another archive", "broken", "xls or password", "text by the name of .xlsx"],
)
def test_what_is_no_workbook_is_refused(file_way: Way, content: bytes, said: str) -> None:
    outcome = file_way("a.xlsx", content)
    assert said in outcome.said
    assert nothing_made()


def test_a_workbook_that_unpacks_to_too_much_is_refused(
    monkeypatch: pytest.MonkeyPatch, file_way: Way
) -> None:
    monkeypatch.setattr("carsi_tracker.imports.archive.LARGEST_UNZIPPED", 100_000)
    bomb = archive(**{"xl__workbook.xml": b"<workbook/>", "xl__media.xml": b"0" * 1_000_000})
    assert len(bomb) < 5_000
    assert "Unzipped" in file_way("a.xlsx", bomb).said


def test_a_cell_far_from_the_others_is_refused_before_the_sheet_is_held() -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, NAMES)
        page.write(1_048_575, 16_383, "x")
    with pytest.raises(Unreadable) as refused:
        table.open_file("a.xlsx", written.getvalue())
    assert "far from the others" in refused.value.findings[0].message


def test_cells_that_only_carry_formatting_are_nothing(file_way: Way) -> None:
    def coloured(book: Any, page: Any) -> None:
        yellow = book.add_format({"bg_color": "yellow"})
        for row in range(2, 2000):
            page.write_blank(row, 300, None, yellow)

    assert file_way("a.xlsx", workbook(coloured, {})).accepted
