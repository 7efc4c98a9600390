"""A frozen copy of a version stands alone, says what it is, and is the same whenever it is made."""

import io
import json
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.test import Client
from lxml import html

from carsi_tracker.exports.frozen.freezing import freeze
from carsi_tracker.exports.frozen.places import Copy, FrozenAddress, frozen_place, relative
from carsi_tracker.figures.query import Version
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.days import as_on, today
from carsi_tracker.ledger.models import Posting
from tests.sourced import ENTRIES

SITE = "https://carsi.example"
FEW = {"/entries/12-5/", "/documents/gao-13-295r/", "/about/"}
ENDED = date(2009, 9, 30)


def few(address: FrozenAddress) -> bool:
    """Choose some pages: a whole copy takes minutes."""
    if address.path == "/countries/hn/":
        return address.spanish == (address.day == ENDED) and address.day in (ENDED, today())
    return address.path in FEW and address.day in (ENDED, today())


def fewer(address: FrozenAddress) -> bool:
    """Choose three pages."""
    return address.path in FEW and address.day == today() and not address.spanish


def made(folder: Path, number: int, chosen: Callable[[FrozenAddress], bool] = fewer) -> Path:
    posting = Posting.objects.get(version=number)
    version = Version(number, posting.checksum, newest()[1])
    freeze(version, folder, SITE, lambda *_: None, processes=1, chosen=chosen)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("frozen") / "copy"


@pytest.fixture
def copy(folder: Path, sourced: None) -> Path:
    """Give a copy of version 17, made once."""
    return folder if folder.exists() else made(folder, 17, few)


def pages(copy: Path) -> Iterator[tuple[str, html.HtmlElement]]:
    for path in sorted(copy.rglob("*.html")):
        yield path.relative_to(copy).as_posix(), html.document_fromstring(path.read_bytes())


def test_every_link_leads_to_a_file_of_the_copy_and_nothing_is_asked_of_a_server(
    copy: Path,
) -> None:
    seen = 0
    for name, page in pages(copy):
        assert not page.xpath("//script | //form | //*[@style]"), name
        for element in page.xpath("//*[@href or @src]"):
            address = urlsplit(element.get("href") or element.get("src"))
            if address.scheme or not address.path:
                continue
            seen += 1
            assert ((copy / name).parent / unquote(address.path)).resolve().is_file(), (
                name, element.get("href"),
            )  # fmt: skip
    assert seen > 500


def test_each_page_says_of_which_version_and_day_it_is_and_where_the_living_site_was(
    copy: Path,
) -> None:
    checksum = Posting.objects.get(version=17).checksum
    for name, page in pages(copy):
        band = " ".join(
            page.xpath("//section[contains(@class, 'frozen')]")[0].text_content().split()
        )
        assert checksum in band, name
        assert SITE in band, name
        assert ("Copia congelada" if name.startswith("es/") else "Frozen copy") in band, name
        if "2009-09-30" in name:
            assert "September 30, 2009" in band or "30 de septiembre de 2009" in band, name


def test_a_frozen_figure_is_the_living_one(copy: Path, client: Client) -> None:
    checksum = Posting.objects.get(version=17).checksum
    asked = {"as_of": "2009-09-30", "version": f"17-{checksum[:8]}"}
    living = client.get("/es/countries/hn/", asked).content
    frozen = (copy / "es/2009-09-30/countries/hn/index.html").read_bytes()
    assert heading(frozen) == heading(living)
    assert "4.1" in heading(frozen)


def heading(page: bytes) -> str:
    return str(html.document_fromstring(page).xpath("//h1")[0].text_content())


def test_checksums_cover_all_files_and_a_shell_verifies_them(copy: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"],
        check=False,
        cwd=copy,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "")
    page = html.document_fromstring((copy / "verify/index.html").read_bytes())
    lines = page.xpath("//pre[@id='chain']")[0].text_content()
    done = subprocess.run(["sh", "-c", lines], cwd=copy, capture_output=True, text=True, check=True)
    head = Posting.objects.get(version=17).checksum
    assert done.stdout == f"Versions 1 to 17 check; the last checksum is {head}\n"
    call_command("verify", str(copy / "ledger"), stdout=(said := io.StringIO()), verbosity=0)
    assert said.getvalue() == f"Verified: 17 versions, {ENTRIES} entries, checksum {head}\n"
    listed = {line.split("  ", 1)[1] for line in (copy / "SHA256SUMS").read_text().splitlines()}
    files = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}
    assert files == listed | {"SHA256SUMS"}


@pytest.mark.usefixtures("sourced")
def test_a_copy_made_on_another_day_is_the_same(tmp_path: Path) -> None:
    first = made(tmp_path / "first", 12)
    with as_on(date(2033, 3, 3)):
        second = made(tmp_path / "second", 12)
    assert (first / "SHA256SUMS").read_text() == (second / "SHA256SUMS").read_text()


def test_the_ledger_and_the_data_package_in_it_are_those_that_are_offered_apart(
    copy: Path, client: Client
) -> None:
    posting = Posting.objects.get(version=17)
    answer = client.get(f"/data/carsi-ledger-v17.zip?version={posting}").content
    with zipfile.ZipFile(io.BytesIO(answer)) as archive:
        names = {name for name in archive.namelist() if name != "CITATION.cff"}
        assert all((copy / name).read_bytes() == archive.read(name) for name in names)
    assert names == {
        path.relative_to(copy).as_posix() for path in copy.glob("ledger/**/*") if path.is_file()
    }
    said = json.loads((copy / "package/datapackage.json").read_text())
    assert (said["checksum"], said["homepage"].startswith(SITE)) == (posting.checksum, True)
    assert all((copy / "package" / each["path"]).is_file() for each in said["resources"])


def test_no_file_names_the_host_that_was_asked(copy: Path) -> None:
    files = [path for path in copy.rglob("*") if path.is_file()]
    assert [path for path in files if b"frozen.invalid" in path.read_bytes()] == []
    assert [path for path in files if b"testserver" in path.read_bytes()] == []


def test_a_citation_names_version_day_and_checksum(copy: Path) -> None:
    said = yaml.safe_load((copy / "CITATION.cff").read_text())
    checksum = Posting.objects.get(version=17).checksum
    assert said["cff-version"] == "1.2.0"
    assert said["license"] == "CC0-1.0"
    assert said["version"] == f"17-{checksum[:8]}"
    assert said["url"] == SITE
    assert said["identifiers"][0]["value"] == f"version=17-{checksum}"


@pytest.mark.usefixtures("sourced")
def test_an_older_version_is_frozen_as_if_nothing_had_followed(tmp_path: Path) -> None:
    copy = made(tmp_path / "older", 12)
    assert not (copy / "ledger/changes/13.csv").exists()
    page = (copy / "documents/gao-13-295r/index.html").read_text()
    assert "of ledger version 12" in page
    assert "newest version" not in page


@pytest.mark.usefixtures("sourced")
def test_a_folder_with_something_in_it_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("kept")
    with pytest.raises(CommandError, match="is not empty: name a folder"):
        call_command("freeze", str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


@pytest.mark.usefixtures("sourced")
def test_what_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    version, _revision = newest()
    with pytest.raises(KeyboardInterrupt):
        freeze(version, tmp_path / "copy", "", interrupt, processes=1, chosen=few)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--version", "18"], "There is no version 18"), (["--site", "here"], "is no address")],
)
def test_what_makes_no_sense_is_one_sentence(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("freeze", str(tmp_path / "copy"), *arguments)


def test_links_to_what_is_not_frozen_lead_to_the_page_that_has_it_or_nowhere() -> None:
    newest_day = date(2013, 1, 1)
    copy = Copy(Version(17, "ab" * 32), (newest_day, ENDED))

    def place(href: str) -> str | None:
        found = frozen_place(href, "/", copy)
        return found.place(copy) if isinstance(found, FrozenAddress) else found

    assert place("/es/countries/hn/?as_of=2009-09-30") == "es/2009-09-30/countries/hn/index.html"
    assert place("/entries/?country=HN&stage=committed") == (
        "entries/country=HN,stage=committed/index.html"
    )
    assert place("/entries/?commitment=CARSI-08-INCLE-10&stage=committed") == (
        "commitments/CARSI-08-INCLE-10/index.html"
    )
    assert place("/entries/?as_of=2009-09-30&area=a&country=HN") == (
        "2009-09-30/entries/area=a,country=HN/index.html"
    )
    assert place("/entries/?as_of=2009-09-30&goal=1&country=HN") is None
    assert place("/tables/entries.csv") == "tables/carsi-entries-2013-01-01-v17.csv"
    for left_out in (
        "/search/?q=a", "/compare/", "/?as_of=2009-09-29", "/?version=16-abababab",
        "/tables/entries.xlsx", "/charts/map.png", "/admin/", "/entries/?text=a",
        "https://elsewhere.example/",
    ):  # fmt: skip
        assert place(left_out) is None, left_out
    assert relative("a/index.html", "es/b/index.html") == "../../a/index.html"
