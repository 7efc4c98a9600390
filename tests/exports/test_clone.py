"""A clone that has only a version's ZIP serves, verifies and cites it, and hands it on."""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.test import Client

from carsi_tracker.caching.remembered import forget_everything
from carsi_tracker.exports.archives import MOST_KEPT
from carsi_tracker.exports.canonical import archive as archives
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import Posting
from tests import databases
from tests.conftest import Templates
from tests.reports.downloads.files import body
from tests.sourced import CHECKSUM, HEAD, VERSION

ADDRESS = f"/data/carsi-ledger-v{VERSION}.zip"
PINNED = f"{ADDRESS}?version={HEAD}"
CITED = tuple(
    f"{page}as_of={day}&version={HEAD}"
    for day in ("2008-09-30", "2009-09-30", "2013-01-30")
    for page in ("/?", "/es/countries/hn/?", "/tables/entries.csv?", "/api/v1/figures?by=area&")
)

EDITIONS = re.compile(rb"&amp;edition=[0-9a-f]{12}")


def answers(client: Client) -> dict[str, bytes]:
    """Return what is answered to each address that was cited, but for editions of its links.

    Those tell caches of two installations apart.
    """
    forget_everything()
    caches["pages"].clear()
    return {address: EDITIONS.sub(b"", body(client.get(address))) for address in CITED}


@contextmanager
def made(worker: str, template: str, blocker: Any) -> Iterator[str]:
    """Give a database of one's own, which is gone at the end."""
    name = f"{databases.prefix(worker)}_clone"
    with blocker.unblock():
        databases.make_limited(name, template)
        yield name
    databases.remove(name)
    forget_everything()


@dataclass(frozen=True)
class Published:
    """What the publisher gave before it was gone: the ZIP, and what its addresses answered."""

    archive: bytes
    cited: dict[str, bytes]


@pytest.fixture(scope="module")
def published(templates: Templates, worker_id: str, django_db_blocker: Any) -> Published:
    with (
        made(worker_id, templates.sourced, django_db_blocker) as name,
        databases.speaking_to(databases.application_of(name)),
    ):
        return Published(body(Client().get(PINNED)), answers(Client()))


@pytest.fixture
def archive(published: Published, tmp_path: Path) -> Path:
    """Give the ZIP as a file."""
    path = tmp_path / "only.zip"
    path.write_bytes(published.archive)
    return path


@pytest.fixture
def empty(templates: Templates, worker_id: str, django_db_blocker: Any) -> Iterator[str]:
    """Give an empty database, to be loaded by its owner."""
    with made(worker_id, templates.empty, django_db_blocker) as name:
        yield name


def test_with_a_zip_alone_a_clone_answers_what_was_cited_and_hands_on_the_same_zip(
    archive: Path, published: Published, empty: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with databases.speaking_to(databases.owner_of(empty)):
        call_command("load_ledger", str(archive))
    with databases.speaking_to(databases.application_of(empty)):
        assert newest()[0].checksum == CHECKSUM
        assert answers(Client()) == published.cited
        assert body(Client().get(PINNED, headers={"Host": "localhost"})) == published.archive
    call_command("verify", str(archive))
    assert capsys.readouterr().out.endswith(f"checksum {CHECKSUM}\n")


def entry(content: bytes, name: str) -> int:
    """Return where the bytes of a file end within a ZIP that is not packed."""
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        held = opened.read(name)
    return content.index(held) + len(held) - 2


@pytest.mark.parametrize(
    "name", ["changes/12.csv", "versions.csv", "commitments.csv", "SHA256SUMS", "README.md"]
)
def test_a_changed_byte_is_refused_in_one_sentence(archive: Path, empty: str, name: str) -> None:
    content = bytearray(archive.read_bytes())
    content[entry(bytes(content), f"ledger/{name}")] ^= 1
    archive.write_bytes(content)
    with pytest.raises(CommandError, match=rf"{name}") as refused:
        call_command("verify", str(archive), verbosity=0)
    assert str(refused.value).count("\n") == 0
    with databases.speaking_to(databases.owner_of(empty)):
        with pytest.raises(CommandError, match=r"Nothing was loaded\.$"):
            call_command("load_ledger", str(archive), verbosity=0)
        assert not Posting.objects.exists()


def test_nothing_in_it_is_packed_or_tells_who_made_it(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        entries = opened.infolist()
        said = yaml.safe_load(opened.read("CITATION.cff"))
    assert {each.compress_type for each in entries} == {zipfile.ZIP_STORED}
    assert {each.date_time for each in entries} == {entries[0].date_time}
    assert {each.create_system for each in entries} == {3}
    assert {each.filename.split("/")[0] for each in entries} == {"CITATION.cff", "ledger"}
    assert said["identifiers"][0]["value"] == f"version={VERSION}-{CHECKSUM}"
    assert b"testserver" not in archive.read_bytes()


@pytest.mark.usefixtures("sourced")
def test_its_sha256_stands_beside_it_and_on_the_page_of_the_data(
    archive: Path, client: Client
) -> None:
    digest = sha256(archive.read_bytes()).hexdigest()
    said = body(client.get(f"{ADDRESS}.sha256?version={HEAD}"))
    assert said.decode() == f"{digest}  carsi-ledger-v{VERSION}.zip\n"
    for language in ("", "/es"):
        page = client.get(f"{language}/data/").content.decode()
        assert digest in page
        assert f'href="{PINNED}"' in page
        assert f'href="{ADDRESS}.sha256?version={HEAD}"' in page


@pytest.mark.usefixtures("sourced")
def test_a_page_does_not_wait_for_the_sum_of_a_large_one(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MOST_ENTRIES", 10)
    page = client.get("/data/").content.decode()
    assert f'href="{ADDRESS}.sha256?version={HEAD}"' in page
    assert f'href="{PINNED}"' in page
    assert sha256(body(client.get(PINNED))).hexdigest() not in page


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}.sha256"])
def test_it_is_pinned_by_version_and_checksum_and_unchanged_it_is_not_sent_again(
    client: Client, address: str
) -> None:
    led = client.get(address)
    assert (led.status_code, led["Location"]) == (302, f"{address}?version={HEAD}")
    tag = client.get(led["Location"])["ETag"]
    assert not tag.startswith("W/")
    again = client.get(led["Location"], headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert client.head(led["Location"]).status_code == 200
    assert client.get(address.replace(str(VERSION), str(VERSION + 1))).status_code == 404
    assert client.get(address.replace(str(VERSION), "1") + f"?version={HEAD}").status_code == 404


def test_an_older_version_is_the_ledger_as_it_was_then(
    client: Client, sourced: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older = Posting.objects.get(version=12)
    (tmp_path / "12.zip").write_bytes(body(client.get("/data/carsi-ledger-v12.zip", follow=True)))
    call_command("verify", str(tmp_path / "12.zip"))
    assert capsys.readouterr().out.endswith(f"checksum {older.checksum}\n")


@pytest.mark.usefixtures("sourced")
def test_a_large_one_is_sent_in_pieces(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = body(client.get(PINNED))
    assert len(whole) < MOST_KEPT
    caches["pages"].clear()
    monkeypatch.setattr("carsi_tracker.exports.archives.MOST_KEPT", 1000)
    sent = client.get(PINNED)
    assert sent.streaming
    assert body(sent) == whole
