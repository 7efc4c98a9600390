"""`make clean`: all data of a folder, wherever they are, and those of folders that are gone."""

import io
from pathlib import Path

import pytest

from carsi_tracker.database import address
from carsi_tracker.local import clean, place


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with data, in `var/` and elsewhere, beside the data of two other folders."""
    monkeypatch.setattr(address, "EMBEDDED", tmp_path / "here" / "var" / "postgres")
    monkeypatch.setattr(place, "PLACES", tmp_path / "places")
    (tmp_path / "another" / "var").mkdir(parents=True)
    for name in ("here", "another", "gone"):
        kept = tmp_path / "places" / name
        (kept / "postgres").mkdir(parents=True)
        (kept / "folder").write_text(str(tmp_path / name / "var" / "postgres"))
    address.EMBEDDED.parent.mkdir(parents=True)
    address.EMBEDDED.symlink_to(tmp_path / "places" / "here" / "postgres")
    return tmp_path


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ("yes\nyes\n", {"another"}),
        ("yes\nno\n", {"another", "gone"}),
        ("no\nyes\n", {"here", "another"}),
        ("", {"here", "another", "gone"}),
    ],
)
def test_it_removes_what_it_names_once_told_yes(
    places: Path,
    told: str,
    left: set[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(told))
    clean.main()
    said = capsys.readouterr().out
    for name in ("places/here", "here/var", "places/gone"):
        assert f"  {places / name}\n" in said
    assert "another" not in said
    assert {path.name for path in (places / "places").iterdir()} == left
    assert (places / "here" / "var").exists() is ("here" in left)
