"""Text files as people save them: encodings, delimiters, quotes, blank rows and cells."""

import codecs
from collections.abc import Callable

import pytest

from carsi_tracker.ledger.models import Line
from tests.imports.conftest import HEADINGS, Way, nothing_made, rows

ONE = [("CARSI-08-INCLE-90", "committed", "1000.00", "2009-06-15")]


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_byte_order_mark_states_the_encoding(file_way: Way, mark: bytes, encoding: str) -> None:
    text = rows({"note": "Señalización"}).decode()
    outcome = file_way("amounts.csv", mark + text.encode(encoding))
    assert outcome.entries == ONE
    assert Line.objects.get(batch=outcome.batch).note == "Señalización"


def test_utf_16_without_a_mark_is_refused(file_way: Way) -> None:
    outcome = file_way("amounts.txt", rows({}).decode().encode("utf-16-le"))
    assert "UTF-16 without a byte order mark" in outcome.said
    assert nothing_made()


def test_text_that_is_not_what_its_mark_says_is_refused(file_way: Way) -> None:
    outcome = file_way("amounts.txt", codecs.BOM_UTF16_LE + rows({}) + b"x")
    assert not outcome.accepted
    assert nothing_made()


def test_every_cell_that_is_not_utf_8_is_named_and_sound_ones_are_not(file_way: Way) -> None:
    content = rows({"note": "limpio"}, {"note": "España"}, {"partner": "Fundación"})
    outcome = file_way("amounts.csv", content.decode().encode("cp1252"))
    assert [(fault.row, fault.column) for fault in outcome.faults] == [(3, "note"), (4, "partner")]


def test_letters_that_were_garbled_before_are_refused_with_what_was_probably_meant(
    any_way: Way,
) -> None:
    garbled = "Señalización".encode().decode("cp1252")
    outcome = any_way("amounts.csv", rows({"note": garbled}, {"note": "lost \ufffd letter"}))
    assert outcome.places == [(2, "note", garbled), (3, "note", "lost \ufffd letter")]
    assert "Probably meant: Señalización." in outcome.faults[0].message


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_headings_show_the_delimiter(any_way: Way, delimiter: str) -> None:
    headings = HEADINGS.replace(",", delimiter)
    content = rows(
        {"title": "Boats, radios; and more", "amount_usd": "1.000,00"},
        headings=headings,
        delimiter=delimiter,
    )
    if delimiter == "\t":
        content = content.replace(b"Boats, radios; and more", b'"Boats, radios; and more"')
    assert any_way("amounts.txt", content).entries == ONE


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_line_by_which_excel_states_the_delimiter_is_no_row(
    file_way: Way, delimiter: str
) -> None:
    headings = HEADINGS.replace(",", delimiter)
    content = rows({"amount_usd": "x"}, headings=headings, delimiter=delimiter)
    content = f"sep={delimiter}\r\n".encode() + content
    assert file_way("amounts.csv", content).places == [(2, "amount_usd", "x")]


def test_a_quote_that_is_not_closed_swallows_no_rows(any_way: Way) -> None:
    content = rows({}, {"note": "BOAT"}, {}).replace(b"BOAT", b'"a boat')
    outcome = any_way("amounts.csv", content)
    assert [fault.row for fault in outcome.faults] == [3]
    assert "double quote" in outcome.said
    assert nothing_made()


def test_a_cell_that_holds_the_delimiter_unquoted_is_named(any_way: Way) -> None:
    content = rows({"amount_usd": "AMOUNT"}).replace(b"AMOUNT", b"1,250,000.00")
    outcome = any_way("amounts.csv", content)
    assert any(fault.column == "Q" and "double quotes" in fault.message for fault in outcome.faults)
    assert nothing_made()


def test_a_line_break_in_a_cell_is_one_row_and_is_refused_where_it_stands(any_way: Way) -> None:
    content = rows({"note": "NOTE"}, {"amount_usd": "x"}).replace(b"NOTE", b'"two\r\nlines"')
    outcome = any_way("amounts.csv", content)
    assert [(fault.row, fault.column) for fault in outcome.faults] == [
        (2, "note"),
        (3, "amount_usd"),
    ]


@pytest.mark.parametrize("content", [b"", b"\r\n\r\n", b" \t \r\n", codecs.BOM_UTF8])
def test_an_empty_file_is_refused(file_way: Way, content: bytes) -> None:
    assert file_way("amounts.csv", content).said == "There is nothing in it."


def test_headings_without_rows_are_refused(any_way: Way) -> None:
    assert "no rows" in any_way("amounts.csv", HEADINGS.encode()).said


def test_a_file_without_headings_is_refused(file_way: Way) -> None:
    content = b"\n".join(rows({}).splitlines()[1:])
    assert "none of the headings" in file_way("amounts.csv", content).said


def test_pasted_rows_may_go_without_headings(paste: Way) -> None:
    content = b"\n".join(
        rows({}, headings=HEADINGS.replace(",", "\t"), delimiter="\t").splitlines()[1:]
    )
    outcome = paste("", content)
    assert outcome.entries == ONE


def test_a_fault_in_rows_pasted_without_headings_counts_from_the_first(paste: Way) -> None:
    content = rows({"amount_usd": "x"}, headings=HEADINGS.replace(",", "\t"), delimiter="\t")
    assert paste("", content.splitlines()[1]).places == [(1, "amount_usd", "x")]


def test_blank_lines_before_the_headings_count_as_rows(any_way: Way) -> None:
    assert any_way("amounts.csv", b"\r\n,,\r\n" + rows({"amount_usd": "x"})).places == [
        (4, "amount_usd", "x")
    ]


def test_headings_with_spaces_of_any_kind_are_headings(any_way: Way) -> None:
    content = rows({}).replace(b"amount_usd", "\u00a0Amount USD\u200b".encode())
    assert any_way("amounts.csv", content).entries == ONE


def test_a_needed_heading_that_is_missing_is_named(any_way: Way) -> None:
    headings = HEADINGS.replace("document,", "").replace(",basis", "")
    outcome = any_way("amounts.csv", rows({}, headings=headings))
    assert "Headings are missing: document, basis." in outcome.said


def test_a_column_without_heading_is_refused_where_it_is_filled(any_way: Way) -> None:
    content = rows({}, {}).replace(b"stated,", b"stated,,")
    content = content.replace(b"basis,note", b"basis,,note")
    assert any_way("amounts.csv", content).accepted
    filled = content.replace(b"stated,,", b"stated,x,")
    outcome = any_way("filled.csv", filled)
    assert outcome.places == [(2, "P", "x"), (3, "P", "x")]


def test_a_row_that_has_nothing_but_a_cell_without_heading_is_refused(file_way: Way) -> None:
    content = rows({}) + b"\r\n" + b"," * len(HEADINGS.split(",")) + b"see the letter"
    outcome = file_way("amounts.csv", content)
    assert [(fault.row, fault.value) for fault in outcome.faults] == [(3, "see the letter")]


def test_the_column_of_remarks_is_not_read(any_way: Way) -> None:
    content = rows({}).replace(b"basis,note", b"basis,note,remarks") + b",row 2: look"
    assert any_way("amounts.csv", content).entries == ONE


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("'=1+1", "=1+1"),
        ("'-", "-"),
        ("''=1+1", "'=1+1"),
        ("'quoted'", "'quoted'"),
        ("=1+1", "=1+1"),
    ],
)
def test_what_a_download_neutralised_comes_back_as_it_was(
    any_way: Way, written: str, meant: str
) -> None:
    outcome = any_way("amounts.csv", rows({"note": written}))
    assert Line.objects.get(batch=outcome.batch).note == meant


def test_a_file_of_too_many_rows_is_refused(command: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("carsi_tracker.imports.table.MOST_ROWS", 3)
    assert command("three.csv", rows({}, {}, {}), "--check").accepted
    outcome = command("four.csv", rows({}, {}, {}, {}))
    assert "more than 3 rows" in outcome.said
    assert nothing_made()


def test_a_file_that_is_too_large_is_refused(
    file_way: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("carsi_tracker.imports.table.LARGEST_FILE", 1_000_000)
    outcome = file_way("amounts.csv", rows({}, {}, {}) + b"\n" * 1_000_000)
    assert "at most 1 million are accepted" in outcome.said  # type: ignore[attr-defined]
