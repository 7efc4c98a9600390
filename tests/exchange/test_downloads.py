"""Tables as files."""

import csv
import io

import pytest
from django.test import Client
from django.utils.encoding import force_bytes
from python_calamine import CalamineWorkbook

from carsi_tracker.exchange.downloads import TABLES

pytestmark = pytest.mark.usefixtures("sourced")


def content(client: Client, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200, address
    return b"".join(map(force_bytes, response))  # type: ignore[arg-type]


def table(client: Client, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(client, address).decode(), newline="")))


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("language", ["", "/es"])
@pytest.mark.parametrize("query", ["", "?as_of=2008-02-29", "?country=HN&as_of=2009-09-30"])
def test_every_table_is_a_csv_and_a_workbook_with_the_same_cells(
    client: Client, name: str, language: str, query: str
) -> None:
    rows = table(client, f"{language}/tables/{name}.csv{query}")
    book = content(client, f"{language}/tables/{name}.xlsx{query}")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert [str(cell) for cell in sheet[0]] == [field.name for field in TABLES[name].fields]
    assert len(sheet) - 1 == len(rows)
