"""The data package: valid by its validator, whole, the same bytes, and its sums are the figures."""

import csv
import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from django.test import Client
from frictionless import Package

from carsi_tracker.exports.tables import EXPORTED
from carsi_tracker.figures import aggregates
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import Posting, Stage
from carsi_tracker.reports.page.parameters import read
from tests.reports.downloads.files import body

pytestmark = pytest.mark.usefixtures("sourced")

Unpacked = tuple[str, Posting, Path]
DAYS = ("2008-09-30", "2009-09-30", "2013-01-30")


def address(day: str, version: Posting) -> str:
    return f"/data/carsi-v{version.version}.zip?as_of={day}&version={version}"


def packages(client: Client, folder: Path, days: Sequence[str]) -> Iterator[Unpacked]:
    """Yield the packages of days in the newest version and in an older one, as files."""
    last = newest()[0].number
    for posting in Posting.objects.filter(version__in=(last, last - 2)):
        for day in days:
            unpacked = folder / f"{posting}-{day}"
            content = body(client.get(address(day, posting)))
            zipfile.ZipFile(io.BytesIO(content)).extractall(unpacked)
            yield day, posting, unpacked


def test_its_validator_finds_keys_and_references_in_order(client: Client, tmp_path: Path) -> None:
    ((*_asked, folder), _older) = packages(client, tmp_path, DAYS[1:2])
    report = Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "message"])[:5]
    assert {task.name for task in report.tasks} >= set(EXPORTED)


def test_its_sums_are_the_figures_and_those_of_its_database(client: Client, tmp_path: Path) -> None:
    for day, posting, folder in packages(client, tmp_path, DAYS):
        asked = {"as_of": day, "version": str(posting)}
        totals = aggregates.totals(read(asked, *newest()))
        with (folder / "tables" / "entries.csv").open(newline="") as lines:
            entries = list(csv.DictReader(lines))
        with sqlite3.connect(folder / "carsi.sqlite") as database:
            usd = dict(database.execute("select stage, usd from sums_by_stage"))
        for stage in Stage.values:
            amounts = [Decimal(row["amount_usd"]) for row in entries if row["stage"] == stage]
            assert sum(amounts) == totals.of(stage).amount == Decimal(usd.get(stage, 0)), day


def test_it_says_day_version_checksum_and_the_hash_of_each_file(
    client: Client, tmp_path: Path
) -> None:
    day, posting, folder = next(packages(client, tmp_path, DAYS))
    said = json.loads((folder / "datapackage.json").read_text())
    assert (said["as_of"], said["checksum"]) == (day, posting.checksum)
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {each["path"] for each in said["resources"]} | {"datapackage.json"} == files
    for each in said["resources"]:
        content = (folder / each["path"]).read_bytes()
        assert each["hash"] == f"sha256:{sha256(content).hexdigest()}"
        assert each["bytes"] == len(content)
    for posted in Posting.objects.filter(version__lte=posting.version):
        content = (folder / "changes" / f"{posted.version}.csv").read_bytes()
        assert sha256(content).hexdigest() == posted.entries_sha256


def test_the_same_is_asked_again_and_has_the_same_bytes(client: Client) -> None:
    head = Posting.objects.get(version=newest()[0].number)
    first = client.get(address("2009-09-30", head))
    again = client.get(address("2009-09-30", head) + "&area=community")
    assert body(first) == body(again)
    assert f"2009-09-30-v{head}.zip" in first["Content-Disposition"]
    tag = first["ETag"]
    assert not tag.startswith("W/")
    asked = client.get(address("2009-09-30", head), headers={"If-None-Match": tag})
    assert asked.status_code == 304


def test_the_short_address_leads_to_the_pinned_one(client: Client) -> None:
    head = newest()[0]
    led = client.get(f"/data/carsi-v{head.number}.zip")
    assert (led.status_code, f"version={head}" in led["Location"]) == (302, True)
    assert client.get(f"/data/carsi-v{head.number + 1}.zip").status_code == 404
    assert client.get(f"/data/carsi-v1.zip?version={head}").status_code == 404


@pytest.mark.parametrize("file", ["carsi-v17.zip", "carsi-ledger-v17.zip"])
def test_what_is_asked_of_the_short_address_is_not_lost_on_the_way(
    client: Client, file: str
) -> None:
    led = client.get(f"/data/{file}?as_of=2009-09-30")
    assert "as_of=2009-09-30&version=17-" in led["Location"]
    for bad in ("as_of=2009-02-29", "country=XX", "as_of=2009-09-30&as_of=2009-03-13"):
        refused = client.get(f"/data/{file}?{bad}", follow=True)
        assert (refused.status_code, bad[:5] in refused.content.decode()) == (400, True)
