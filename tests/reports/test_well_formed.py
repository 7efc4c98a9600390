"""Whatever stands in the ledger, pages, feeds, charts and files are well-formed.

A version is final: a text that was let in before the rule about texts stays in it for good.
"""

import csv
import io
import json
import re
import zipfile
from xml.etree import ElementTree as ET

import psycopg
import pytest
from django.db import connection
from django.test import Client
from python_calamine import CalamineWorkbook

from carsi_tracker.reports.downloads.downloads import TABLES
from tests import databases

ODD = "co\ufffeop\x01er\x0bat\x1fion\uffff \u202e\x85\u2028\r\n\t<&\"'>]]>"
TEXTS = {
    "ledger_posting": ("title", "reason", "approved_by"),
    "ledger_entry": ("note", "quote", "locator"),
    "ledger_commitment": ("title", "title_es"),
    "ledger_document": ("title", "title_es", "publisher", "note"),
    "ledger_organization": ("name_en", "name_es"),
    "ledger_country": ("name_en", "name_es"),
    "ledger_programmingarea": ("name_en", "name_es"),
    "ledger_goal": ("name_en", "name_es"),
    "ledger_account": ("name_en", "name_es"),
    "ledger_publishedfigure": ("locator", "quote", "wider", "explanation"),
}
PAGES = (
    "", "entries/", "entries/?country=HN", "entries/1-1/", "commitments/", "documents/", "changes/",
    "changes/2/", "compare/?from_version=1", "balance/", "search/?q=co", "about/", "countries/",
    "areas/law-enforcement/", "published/", "published/gao-obligated-2013-floor/",
)  # fmt: skip
XML = (
    "feed/", "feed/?country=HN", "feed/?account=INCLE", "charts/bar.svg", "charts/matrix.svg",
    "charts/countries.svg?country=HN", "charts/map.svg", "charts/timeline.svg",
)  # fmt: skip
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@pytest.fixture
def odd(desk_database: None) -> None:
    """Let odd text into all that the public reads, as the owner and past all rules."""
    address = databases.owner_of(connection.settings_dict["NAME"])
    with psycopg.connect(address.conninfo()) as owner:
        for table, columns in TEXTS.items():
            owner.execute(f"alter table {table} disable trigger user")
            for column in columns:
                owner.execute(f"update {table} set {column} = left({column}, 100) || %s", [ODD])
        owner.execute("update ledger_texts set revision = revision + 1")


def get(client: Client, address: str) -> bytes:
    response = client.get(address, follow=True)
    assert response.status_code == 200, address
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.commits
def test_all_that_the_public_reads_is_well_formed(odd: None, client: Client) -> None:
    for language in ("/", "/es/"):
        for page in PAGES:
            text = get(client, language + page).decode()
            assert not NOT_IN_XML.search(text), page
        for address in XML:
            parsed = require_parsed(get(client, language + address))
            if address.startswith(("feed", "charts/countries")):
                assert "\ufffd" in "".join(parsed.itertext()), address
    for png in ("charts/countries.png", "charts/matrix.png?area=community", "charts/card.png"):
        assert get(client, "/" + png).startswith(b"\x89PNG")
    for name in TABLES:
        lines = get(client, f"/tables/{name}.csv").decode()
        assert len({len(row) for row in csv.reader(io.StringIO(lines, newline=""))}) == 1
        require_sound(get(client, f"/tables/{name}.xlsx"), name)
        assert json.loads(get(client, f"/tables/{name}.csv-metadata.json"))
    for address in ("/sitemap.xml", "/sitemap-commitments-1.xml", "/sitemap-changes-1.xml"):
        require_parsed(get(client, address))
    for file in ("/versions.csv", "/changes/2.csv"):
        assert list(csv.reader(io.StringIO(get(client, file).decode(), newline="")))


def require_parsed(content: bytes) -> ET.Element:
    return ET.fromstring(content)  # noqa: S314 (our own)


def require_sound(workbook: bytes, name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        for part in parts.namelist():
            if part.endswith((".xml", ".rels")):
                require_parsed(parts.read(part))
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    assert book.get_sheet_by_index(0).to_python(), name
