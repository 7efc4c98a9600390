"""A command and a shell verify the files of a ledger alike; nothing that is wrong is loaded."""

import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from carsi_tracker.ledger.canonical import loading
from tests.ledger.canonical.misfits import TABLES
from tests.ledger.canonical.shell import by_the_shell
from tests.ledger.canonical.tampering import TAMPERED, Tamper, added, summed
from tests.sourced import CHECKSUM, ENTRIES, VERSION


def verified(path: Path) -> str:
    """Return what the command says of files."""
    said = StringIO()
    call_command("verify", str(path), stdout=said, verbosity=0)
    return said.getvalue()


def zipped(folder: Path, archive: Path, prefix: str = "") -> Path:
    """Put a folder's files into a ZIP."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        for path in sorted(folder.rglob("*")):
            made.write(path, f"{prefix}{path.relative_to(folder).as_posix()}")
    return archive


def test_the_published_ledger_verifies_by_the_command_and_by_the_shell(folder: Path) -> None:
    said = f"Verified: {VERSION} versions, {ENTRIES} entries, checksum {CHECKSUM}\n"
    assert verified(folder) == said
    shell = by_the_shell(folder)
    assert (shell.returncode, shell.stderr) == (0, "")
    assert shell.stdout == f"Versions 1 to {VERSION} check; the last checksum is {CHECKSUM}\n"


def test_it_verifies_from_a_zip_and_from_a_folder_with_more_in_it(folder: Path) -> None:
    for prefix in ("", "site/data/ledger/"):
        archive = zipped(folder, folder.parent / "ledger.zip", prefix)
        with zipfile.ZipFile(archive, "a") as made:
            if prefix:
                made.writestr("site/index.html", "A page")
        assert CHECKSUM in verified(archive)
    assert CHECKSUM in verified(folder.parent)


@pytest.mark.parametrize(("tamper", "said"), TAMPERED.values(), ids=TAMPERED)
def test_what_was_changed_is_named_by_file_and_row_and_noticed_by_the_shell(
    folder: Path, tamper: Tamper, said: str
) -> None:
    tamper(folder)
    with pytest.raises(CommandError, match=rf"^{said}"):
        verified(folder)
    shell = by_the_shell(folder)
    assert shell.returncode == 1
    assert shell.stdout.strip()


@pytest.mark.usefixtures("owner_of_nothing")
@pytest.mark.parametrize(("tamper", "said"), TABLES.values(), ids=TABLES)
def test_a_table_that_does_not_fit_is_named_by_file_and_row_and_nothing_is_loaded(
    folder: Path, tamper: Tamper, said: str
) -> None:
    tamper(folder)
    with pytest.raises(CommandError, match=rf"^{said}.* Nothing was loaded\.$"):
        call_command("load_ledger", str(folder), verbosity=0)
    assert loading.held() == ""


def test_a_document_may_be_named_as_the_ledger_itself(folder: Path) -> None:
    added("files/carsi-ledger.csv", "name,value\n")(folder)
    assert CHECKSUM in verified(folder)
    assert CHECKSUM in verified(zipped(folder, folder.parent / "ledger.zip", "ledger/"))
    assert by_the_shell(folder).returncode == 0


def _lacks_its_end(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:-400])


def _leads_out(archive: Path) -> None:
    with zipfile.ZipFile(archive, "a") as made:
        made.writestr("../../carsi-ledger.csv", "x")


def _has_a_bomb(archive: Path) -> None:
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as made:
        made.writestr("files/bomb.csv", b"0" * 12_000_000)


def _has_two(archive: Path) -> None:
    with zipfile.ZipFile(archive, "a") as made:
        made.writestr("older/carsi-ledger.csv", "x")


def _has_one_twice(archive: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(archive, "a") as made:
        made.writestr("goals.csv", "x")


def _has_a_link(archive: Path) -> None:
    with zipfile.ZipFile(archive, "a") as made:
        link = zipfile.ZipInfo("files/link.pdf")
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/hostname")


def _is_broken_inside(archive: Path) -> None:
    with zipfile.ZipFile(archive) as made:
        start = made.getinfo("documents.csv").header_offset + 60
    content = bytearray(archive.read_bytes())
    content[start : start + 20] = b"\xff" * 20
    archive.write_bytes(content)


def _is_empty(archive: Path) -> None:
    with zipfile.ZipFile(archive, "w"):
        pass


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_lacks_its_end, r"ledger\.zip: it is neither a folder nor a whole ZIP file"),
        (_leads_out, r"ledger\.zip: its entry '\.\./\.\./carsi-ledger\.csv' leads out of it\."),
        (_has_a_bomb, r"ledger\.zip: its entry files/bomb\.csv would unpack to 12,000,000 bytes"),
        (_has_two, r"ledger\.zip: there are 2 ledgers in it \(carsi-ledger\.csv and older/carsi-"),
        (_has_one_twice, r"ledger\.zip: it has goals\.csv twice\."),
        (_has_a_link, r"ledger\.zip: its entry files/link\.pdf is a link\."),
        (_is_broken_inside, r"documents\.csv: it can't be read \(.+\)\."),
        (_is_empty, r"ledger\.zip: there is no ledger in it, which has a file carsi-ledger\.csv\."),
    ],
)
def test_a_zip_that_is_none_or_means_harm_is_refused_in_a_sentence(
    folder: Path, spoil: Callable[[Path], None], said: str
) -> None:
    archive = zipped(folder, folder.parent / "ledger.zip")
    spoil(archive)
    with pytest.raises(CommandError, match=rf"^{said}"):
        verified(archive)


def test_an_empty_folder_and_none_are_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r": there is no ledger in it, which has a file"):
        verified(tmp_path)
    with pytest.raises(CommandError, match=r"/away: there is no such folder or file\."):
        verified(tmp_path / "away")


def test_a_row_that_never_ends_is_not_read_into_memory(folder: Path) -> None:
    with (folder / "versions.csv").open("ab") as file:
        file.write(b"x" * 1_500_000)
    summed(folder)
    with pytest.raises(CommandError, match=r"belongs to a row of more than 1,000,000 bytes\."):
        verified(folder)
