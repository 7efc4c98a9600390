"""A workbook in Spanish is in Spanish, and can be imported again as it is."""

from typing import Any

import pytest
from django.test import Client

from carsi_tracker.ledger.headings import SPANISH, heading
from carsi_tracker.reports.downloads.downloads import TABLES
from tests.imports.conftest import Way
from tests.reports.downloads.files import body, rows, sheets

pytestmark = pytest.mark.usefixtures("sourced")

ENTRIES = "/tables/entries.{}?commitment=CARSI-08-INCLE-10"


def table_of(client: Client, address: str) -> list[dict[str, Any]]:
    heads, *lines = sheets(client, address)[0]
    return [dict(zip(heads, line, strict=True)) for line in lines]


def test_every_column_has_a_heading_in_spanish_that_is_read_as_the_column() -> None:
    names = {field.name for table in TABLES.values() for field in table.fields}
    assert names - SPANISH.keys() == set()
    assert len(set(SPANISH.values())) == len(SPANISH)
    for name, spanish in SPANISH.items():
        assert heading(spanish) == heading(spanish.upper()) == heading(name) == name


def test_it_says_in_spanish_what_the_file_says_in_codes(client: Client) -> None:
    spanish = table_of(client, "/es" + ENTRIES.format("xlsx"))
    coded = rows(client, ENTRIES.format("csv"))
    assert len(spanish) == len(coded) > 1
    for said, row in zip(spanish, coded, strict=True):
        assert said["Título"] == row["title_es"]
        assert said["Título original"] == row["title"]
        assert said["Nota"] == row["note_es"]
        assert said["Etapa"] == {"committed": "Comprometido", "obligated": "Obligado"}[row["stage"]]
        assert said["Código de etapa"] == row["stage"]
        assert said["País"] == "Guatemala"
    heads = list(spanish[0])
    assert heads.index("Título") < heads.index("Título original")
    assert heads.index("Etapa") == heads.index("Código de etapa") - 1
    english = table_of(client, ENTRIES.format("xlsx"))
    assert list(english[0])[:2] == ["reference", "title"]
    assert english[0]["stage_name"] == "Committed"


def test_the_whole_ledger_can_be_imported_from_its_own_workbook_in_spanish(
    client: Client, command: Way
) -> None:
    book = body(client.get("/es/tables/entries.xlsx"))
    outcome = command("all.xlsx", book, "--check", new=True)
    assert not [fault for fault in outcome.faults if fault.column], outcome.said
