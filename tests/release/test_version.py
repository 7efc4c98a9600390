"""The version that people read is one, wherever it stands."""

import io
import json
import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile
from zlib import crc32

import pytest
from django.conf import settings
from django.test import Client
from django.utils.html import strip_tags

from carsi_tracker import SOFTWARE, __version__
from carsi_tracker.reports.charts.drawing import signed
from tests.reports.downloads.files import body, sheets

ROOT = Path(settings.BASE_DIR)
ATOM = "{http://www.w3.org/2005/Atom}"


def test_it_has_three_numbers_and_stands_in_the_package_alone() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
    assert f"CARSI Tracker {__version__}" == SOFTWARE
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "version" not in told["project"]
    assert "version" in told["project"]["dynamic"]
    assert told["tool"]["setuptools"]["dynamic"]["version"]["attr"] == "carsi_tracker.__version__"


def test_the_newest_heading_of_the_changelog_is_the_version_and_the_others_are_older() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    if headings[0] == "Unreleased":
        headings.pop(0)
    form = re.compile(r"(\d+)\.(\d+)\.(\d+) - \d{4}-\d\d-\d\d")
    numbers = [
        tuple(map(int, found.groups()))
        for heading in headings
        if (found := form.fullmatch(heading))
    ]
    assert len(numbers) == len(headings)
    assert ".".join(map(str, numbers[0])) == __version__
    assert numbers == sorted(set(numbers), reverse=True)


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("address", ["/", "/about/", "/entries/?country=XX", "/nowhere/"])
def test_it_stands_in_the_foot_of_every_page_in_both_languages(
    client: Client, address: str
) -> None:
    for language, word in (("", "Software"), ("/es", "Programa")):
        page = client.get(language + address).content.decode()
        foot = strip_tags(page.partition("<footer")[2])
        assert f"{word}: {SOFTWARE}" in foot


@pytest.mark.usefixtures("sourced")
def test_it_stands_in_every_file_that_has_room_for_it(client: Client) -> None:
    metadata = json.loads(body(client.get("/tables/versions.csv-metadata.json")))
    assert metadata["notes"][0]["software"] == SOFTWARE
    book = ZipFile(io.BytesIO(body(client.get("/tables/versions.xlsx"))))
    assert SOFTWARE in book.read("docProps/core.xml").decode()
    assert ["Software", SOFTWARE] in sheets(client, "/tables/versions.xlsx")[1]
    assert ["Programa", SOFTWARE] in sheets(client, "/es/tables/versions.xlsx")[1]
    drawn = ET.fromstring(body(client.get("/charts/bar.svg")))  # noqa: S314 (our own file)
    assert drawn.findtext("{http://www.w3.org/2000/svg}metadata") == SOFTWARE
    assert f"tEXtSoftware\0{SOFTWARE}".encode() in body(client.get("/charts/bar.png"))
    feed = ET.fromstring(body(client.get("/feed/")))  # noqa: S314 (our own feed)
    generator = feed.find(f"{ATOM}generator")
    assert generator is not None
    assert f"{generator.text} {generator.get('version')}" == SOFTWARE


def test_a_picture_that_is_signed_is_well_formed() -> None:
    """Each chunk of a PNG has its length, its kind, its bytes and a check over kind and bytes."""
    end = b"\0\0\0\0IEND" + crc32(b"IEND").to_bytes(4)
    head = b"\0\0\0\x0dIHDR" + bytes(13) + crc32(b"IHDR" + bytes(13)).to_bytes(4)
    rest, kinds = signed(b"\x89PNG\r\n\x1a\n" + head + end)[8:], []
    while rest:
        length = int.from_bytes(rest[:4])
        kinds.append(rest[4:8])
        assert int.from_bytes(rest[8 + length : 12 + length]) == crc32(rest[4 : 8 + length])
        rest = rest[12 + length :]
    assert kinds == [b"IHDR", b"tEXt", b"IEND"]
