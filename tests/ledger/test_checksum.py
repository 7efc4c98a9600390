"""Rule 6: anybody can check the chain with the public files and a shell."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from carsi_tracker.ledger import checksum
from carsi_tracker.ledger.models import Posting
from tests.sourced import NEXT, VERSION

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "checking.md"


@pytest.fixture
def files(sourced: None, client: Client, tmp_path: Path) -> Path:
    """Give a folder with the public files, as they are served."""
    names = {"versions.csv": "/versions.csv"} | {
        f"{version}.csv": f"/changes/{version}.csv" for version in range(1, NEXT)
    }
    for name, address in names.items():
        response = client.get(address)
        (tmp_path / name).write_bytes(b"".join(response.streaming_content))
    return tmp_path


def check(folder: Path, shell: str = "sh") -> subprocess.CompletedProcess[str]:
    (lines,) = re.findall(r"```sh check\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    return subprocess.run(
        [shell, "-c", lines], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_shell_lines_of_the_document_check_the_public_files(files: Path, shell: str) -> None:
    head = Posting.objects.get(version=VERSION).checksum
    checked = check(files, shell)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout == f"Versions 1 to {VERSION} check; the last checksum is {head}\n"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("7.csv", "613000.00", "613000.01", "version 7: its entries were changed"),
        ("3.csv", ",BZ,", ",PA,", "version 3: its entries were changed"),
        ("versions.csv", "9 January", "8 January", "version 4: its line was changed"),
        ("versions.csv", "CARSI Tracker", "CARSI", "version 1: its line was changed"),
    ],
)
def test_one_changed_byte_is_found(files: Path, name: str, old: str, new: str, said: str) -> None:
    text = (files / name).read_text()
    assert old in text
    (files / name).write_text(text.replace(old, new, 1))
    checked = check(files)
    assert (checked.returncode, checked.stdout) == (1, f"{said}\n")


@pytest.mark.parametrize("name", ["versions.csv", "1.csv", f"{VERSION}.csv"])
@pytest.mark.parametrize("where", [0, 0.5, -1], ids=["first", "middle", "last"])
def test_a_byte_changed_anywhere_is_found(files: Path, name: str, where: float) -> None:
    changed = bytearray((files / name).read_bytes())
    changed[int(len(changed) * where) if where > 0 else int(where)] ^= 1
    (files / name).write_bytes(changed)
    assert check(files).returncode == 1


def test_a_version_cut_off_shows_in_the_last_checksum(files: Path) -> None:
    lines = (files / "versions.csv").read_text().splitlines(keepends=True)
    (files / "versions.csv").write_text("".join(lines[:-1]))
    noted = Posting.objects.get(version=VERSION - 1).checksum
    assert (
        check(files).stdout == f"Versions 1 to {VERSION - 1} check; the last checksum is {noted}\n"
    )


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize(
    "lines", [checksum.versions_csv, checksum.entries_csv], ids=["versions", "entries"]
)
def test_a_file_is_read_from_a_cursor_of_the_server(lines: Callable[[int], Iterator[str]]) -> None:
    written = lines(VERSION)
    next(written)
    next(written)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_cursors where not is_holdable")
        assert cursor.fetchone() == (1,)
    written.close()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("sourced")
def test_a_version_file_prints_the_columns_of_the_import_format_without_titles() -> None:
    header, first, *_ = "".join(checksum.entries_csv(7)).splitlines()
    assert header == (
        "reference,fiscal_year,account,area,country,goal,agency,partner,stage,amount_usd,"
        "effective_date,document,locator,basis,note,quote"
    )
    assert first == (
        "CARSI-08-INCLE-01,2008,INCLE,capacity,PA,5,State/INL,,committed,300000.00,2009-03-13,"
        "loa-panama-2009,,stated,,"
    )


@pytest.mark.usefixtures("sourced")
def test_versions_end_where_they_are_asked_to() -> None:
    lines = "".join(checksum.versions_csv(12)).splitlines()
    assert len(lines) == 13
    assert lines[-1].endswith(Posting.objects.get(version=12).checksum)
