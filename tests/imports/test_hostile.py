"""What comes in is counted before anything is built of it."""

import os
import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from carsi_tracker.imports import (
    archive,
    csv_text,
    interpreting,
    quoting,
    sheets,
    spelling,
    table,
)
from carsi_tracker.imports.xlsx import values
from carsi_tracker.ledger.models import Organization
from tests.imports import hostile, opendocument
from tests.imports.conftest import HEADINGS, Way, nothing_made, rows

EVERYTHING = bool(os.environ.get("EVERYTHING"))
NAMES = [
    name for name in hostile.TEXTS | hostile.WORKBOOKS if EVERYTHING or name not in hostile.DEAR
]


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are those of Linux")
def test_every_hostile_file_is_answered_within_limits_of_memory_and_time(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.imports.hostile", str(tmp_path), *NAMES],
        capture_output=True,
        text=True,
        check=True,
    )
    said = dict(line.split("\t", 1) for line in ran.stdout.splitlines())
    assert list(said) == NAMES
    assert not {name: words for name, words in said.items() if words.startswith("out of")}
    refused = {name for name, words in said.items() if not words.endswith(" rows")}
    assert refused >= {"a line of commas", "a row of a million cells", "deep", "entities"}


@pytest.mark.parametrize(
    ("where", "limit", "most", "make", "said"),
    [
        (sheets, "MOST_CELLS", 40, lambda: hostile.workbook("<row><c><v>1</v></c></row>" * 30),
         "more than 40 cells"),
        (sheets, "MOST_ROWS", 20, lambda: hostile.workbook("<row/>" * 20), "more than 20 rows"),
        (sheets, "MOST_MERGED", 3, lambda: hostile.workbook(
            after="<mergeCells>" + '<mergeCell ref="A1:B2"/>' * 4 + "</mergeCells>"),
         "more than 3 merged ranges"),
        (sheets, "MOST_TEXT", 1_000, lambda: hostile.workbook(
            '<row><c t="inlineStr"><is><t>' + "x" * 1_000 + "</t></is></c></row>"),
         "more text than is read"),
        (sheets, "LONGEST_CELL", 100, lambda: hostile.workbook(
            '<row><c t="s"><v>0</v></c></row>', texts=f"<si><t>{'x' * 101}</t></si>"),
         "more than 100 characters"),
        (values, "LARGEST_TEXTS", 1_000, lambda: hostile.workbook(texts="<si/>" * 20),
         "more text than is read"),
        (values, "MOST_STYLES", 3, lambda: hostile.workbook(
            styles="<cellXfs>" + "<xf/>" * 4 + "</cellXfs>"), "damaged"),
        (archive, "MOST_ELEMENTS", 60, lambda: hostile.workbook("<row/>" * 60),
         "more cells than are read"),
        (archive, "MOST_PARTS", 5, lambda: hostile.workbook(parts=2), "more than 5 parts"),
        (archive, "LONGEST_STRETCH", 70_000, lambda: hostile.workbook(
            before=f"<!--{'x' * 200_000}-->"), "more text than is read"),
        (archive, "LARGEST_UNZIPPED", 100_000, lambda: hostile.workbook("<row/>" * 20_000),
         "Unzipped"),
        (sheets, "MOST_CELLS", 40, lambda: opendocument.workbook(opendocument.row(
            opendocument.text("x"), attributes=' table:number-rows-repeated="30"')),
         "more than 40 cells"),
        (sheets, "MOST_COLUMNS", 20, lambda: opendocument.workbook(opendocument.row(
            opendocument.text("x", ' table:number-columns-repeated="21"'))),
         "more than 20 columns"),
        (sheets, "MOST_MERGED", 3, lambda: opendocument.workbook(opendocument.row(
            '<table:table-cell table:number-rows-spanned="2"/>') * 4), "more than 3 merged ranges"),
        (sheets, "LONGEST_CELL", 100, lambda: opendocument.workbook(opendocument.row(
            opendocument.text('x<text:s text:c="101"/>'))), "more than 100 characters"),
        (sheets, "MOST_TEXT", 1_000, lambda: opendocument.workbook(opendocument.row(
            opendocument.text("x" * 200), attributes=' table:number-rows-repeated="4"')
            + opendocument.row(opendocument.text("x" * 100))
            + opendocument.row(opendocument.text("x" * 100))), "more text than is read"),
        (csv_text, "MOST_LINES", 3, lambda: HEADINGS.encode() + b"\n" * 4, "more than 3 lines"),
        (csv_text, "MOST_DELIMITERS", 20, lambda: HEADINGS.encode() + b"," * 10, "than 20 columns"),
        (table, "MOST_COLUMNS", 16, lambda: HEADINGS.encode() + b",x", "more than 16 columns"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isupper() else "",
)  # fmt: skip
def test_each_limit_is_said(
    monkeypatch: pytest.MonkeyPatch,
    where: Any,
    limit: str,
    most: int,
    make: Callable[[], bytes],
    said: str,
) -> None:
    content = make()
    assert said not in hostile.read(content)
    monkeypatch.setattr(where, limit, most)
    assert said in hostile.read(content)


def test_what_an_archive_declares_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    content = hostile.workbook("<row/>" * 20_000)
    size = len(
        f'<worksheet xmlns="{hostile.MAIN}"><sheetData>{hostile.HEADS}</sheetData></worksheet>'
    )
    declared = (size + 120_000).to_bytes(4, "little")
    assert content.count(declared)
    monkeypatch.setattr(archive, "LARGEST_UNZIPPED", 100_000)
    lying = content.replace(declared, (1).to_bytes(4, "little"))
    assert hostile.read(content) != hostile.read(lying)
    assert not hostile.read(lying).endswith(" rows")


def test_reading_ends_where_faults_are_too_many(
    command: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreting, "MOST_FAULTS", 5)
    ambiguous = {"effective_date": "10/1/2009"}
    outcome = command("a.csv", rows(*[ambiguous] * 9))
    assert [fault.row for fault in outcome.faults] == [2, 3, 4, 5, 6, 7]
    assert "more than 5 errors" in outcome.said
    assert command("a.csv", rows({}, ambiguous), "--dates=day-first", "--check").accepted
    assert nothing_made()


def test_a_file_introduces_so_many_commitments_and_no_more(
    command: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreting, "MOST_NEW", 2)
    new = [{"reference": f"NEW-{n}"} for n in range(4)]
    assert command("a.csv", rows(*new[:2]), "--check").accepted
    outcome = command("a.csv", rows(*new))
    assert "more than 2 new commitments" in outcome.said
    assert nothing_made()


def test_a_row_names_only_its_first_cells_without_a_heading(command: Way) -> None:
    outcome = command("a.csv", rows({}) + b"," + b"x," * 30)
    assert len(outcome.faults) == table.WITHOUT_HEADING


def test_many_new_partners_are_each_compared_once(
    command: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    skeletons = spelling.skeletons

    def counted(text: str) -> set[str]:
        compared.append(text)
        return skeletons(text)

    monkeypatch.setattr(spelling, "skeletons", counted)
    many = [
        {"reference": f"MANY-{n}", "partner": f"Partner {a}{b}"}
        for n, (a, b) in enumerate(product("abcdefgh", repeat=2))
    ]
    assert command("a.csv", rows(*many), "--check").accepted
    assert len(compared) < 10 * len(many)
    assert not Organization.objects.filter(code__startswith="Partner ").exists()


def test_a_cell_of_a_million_characters_is_one_fault_and_no_page(command: Way) -> None:
    outcome = command("a.csv", rows({"country": "x" * 900_000, "title": "y" * 900_000}))
    assert {fault.column for fault in outcome.faults} == {"country", "title"}
    assert all(len(fault.message) < 300 and len(fault.value) < 200 for fault in outcome.faults)
    assert quoting.LONGEST_CELL > 900_000
