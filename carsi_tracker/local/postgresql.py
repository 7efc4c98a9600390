"""The embedded PostgreSQL: started by its first user, shared, stopped when its last has gone."""

import atexit
import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from carsi_tracker import environment
from carsi_tracker.local import place
from carsi_tracker.local.place import ServerError, socket_folder
from carsi_tracker.web.signals import uninterrupted

__all__ = ["APPLICATION", "DATABASE", "OWNER", "ServerError", "release", "socket_folder", "start"]

DATABASE = "carsi"
OWNER = "carsi_owner"
APPLICATION = "carsi_app"
SUPERUSER = "postgres"
SETTINGS = """
listen_addresses = ''
unix_socket_permissions = 0700
timezone = 'UTC'
max_wal_size = '2GB'
max_connections = 200
"""
NOT_DURABLE = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
PATIENCE = 15.0  # seconds in which the processes of a killed server go away
PATIENCE_WITH_LIVING = 600.0  # seconds in which a server recovers from what befell it
SECONDS_TO_STOP = 30
SECONDS_TO_ANSWER = 5
NO_SPACE = "No space left on device"
PROC = Path("/proc/self").parent if Path("/proc/self").exists() else Path("/nowhere")


@dataclass
class _Use:
    """A hold on the server of a folder: a lock that the kernel releases when we die."""

    lock: IO[str]
    process: int


_uses: dict[Path, _Use] = {}


def start(folder: Path, *, durable: bool = True) -> Path | None:
    """Start the server whose data are in `folder`, or join it; it runs while anybody uses it.

    Returns where the data are when they can't be in the folder itself (see `place`).
    Raises ServerError.
    """
    folder = folder.absolute()
    with _plain_errors(folder):
        elsewhere = None
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder not in _uses:
            with _gate(folder):
                elsewhere = place.settle(folder)
                lock = folder.with_name(f"{folder.name}.lock").open("a")
                fcntl.flock(lock, fcntl.LOCK_SH)
                _uses[folder] = _Use(lock, os.getpid())  # before it starts: who is stopped now
                atexit.register(release, folder)  # leaves no server behind
                try:
                    _start(folder, durable=durable)
                except (ServerError, OSError):
                    _uses.pop(folder).lock.close()
                    raise
        return elsewhere


def ensure(folder: Path, *, durable: bool = True) -> bool:
    """Start the server again if it has gone while this process uses it; return whether it answers.

    One that lives and doesn't answer, because it recovers or was halted, is left to itself.
    Raises ServerError.
    """
    folder = folder.absolute()
    with _plain_errors(folder), _gate(folder):
        if is_running(folder):
            return True
        if _lives(place.data_folder(folder)):
            return False
        _start(folder, durable=durable)
        return True


def release(folder: Path) -> bool:
    """Stop using the server of `folder`; return whether that stopped it."""
    use = _uses.pop(folder.absolute(), None)
    if use is None or use.process != os.getpid():
        return False
    with _gate(folder), use.lock:
        try:
            fcntl.flock(use.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        data = place.data_folder(folder)
        if _lives(data):
            patience = ("-w", "-t", str(SECONDS_TO_STOP))
            with contextlib.suppress(ServerError):  # one that was halted stops when it goes on
                _run(folder, "pg_ctl", "-D", data, *patience, "-m", "fast", "-s", "stop")
        return True


def is_running(folder: Path) -> bool:
    """Ask the server itself: a pid file can be stale, copied, or name another process."""
    try:
        with _superuser(folder) as connection:
            row = connection.execute("show data_directory").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and Path(row[0]) == place.data_folder(folder)


def _start(folder: Path, *, durable: bool) -> None:
    if not (place.data_folder(folder) / "PG_VERSION").exists():
        _make(folder)
    _run_server(folder, durable=durable)
    _prepare(folder)


def _make(folder: Path) -> None:
    data = place.data_folder(folder)
    draft = data.with_name(f"{data.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    place.make_private(draft)
    words = ("--auth=trust", "--encoding=UTF8", "--no-instructions")
    locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    try:
        _run(folder, "initdb", "-D", draft, "-U", SUPERUSER, *words, *locale)
        with (draft / "postgresql.conf").open("a") as configuration:
            configuration.write(SETTINGS)
        draft.rename(data)
    except (ServerError, OSError):
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _run_server(folder: Path, *, durable: bool) -> None:
    data, sockets = place.data_folder(folder), socket_folder(folder)
    if sockets != data:
        place.make_private(sockets)
    quoted = str(sockets).replace("'", "''")
    options = f"-c unix_socket_directories='\"{quoted}\"'" + ("" if durable else f" {NOT_DURABLE}")
    log = data / "server.log"
    words = ("-D", data, "-w", "-t", "10", "-s", "-l", log, "-o", options)
    begun = time.monotonic()
    said = ""
    while not is_running(folder):
        lives = _lives(data)
        if not lives:
            _forget_foreign_pid(data)
            started = log.stat().st_size if log.exists() else 0
            try:
                return _run(folder, "pg_ctl", *words, "start")
            except ServerError:
                said = log.read_bytes()[started:].decode(errors="replace") if log.exists() else ""
        patience = PATIENCE_WITH_LIVING if lives else PATIENCE
        if NO_SPACE in said or time.monotonic() - begun > patience:
            message = f"PostgreSQL did not start: {_last_line(said)} (see {log})."
            raise ServerError(message)
        time.sleep(0.25)
    return None


def lives(folder: Path) -> bool:
    """Say whether the server of a folder has a main process, answering or not."""
    return _lives(place.data_folder(folder))


def _lives(data: Path) -> bool:
    """Say whether a main process of PostgreSQL works in a data folder, answering or not."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, 0)
        return not PROC.exists() or (PROC / str(pid) / "cwd").readlink() == data
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return False  # another user's process has its number now


def _forget_foreign_pid(data: Path) -> None:
    """Remove a pid file that came with a copied folder or names a process of another program."""
    file = data / "postmaster.pid"
    try:
        pid = int(file.read_text().split("\n", 1)[0])
        working = (PROC / str(pid) / "cwd").readlink()
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return  # none, or it ended: PostgreSQL sees that itself
    except PermissionError:
        working = Path("/")  # another user's process
    if working != data and PROC.exists():
        file.unlink(missing_ok=True)


def _prepare(folder: Path) -> None:
    """Make the two roles and the database where they are missing."""
    with _superuser(folder) as connection:
        roles = {row[0] for row in connection.execute("select rolname from pg_roles")}
        if OWNER not in roles:
            statement = sql.SQL("create role {} login createdb")
            connection.execute(statement.format(sql.Identifier(OWNER)))
        if APPLICATION not in roles:
            connection.execute(sql.SQL("create role {} login").format(sql.Identifier(APPLICATION)))
        names = {row[0] for row in connection.execute("select datname from pg_database")}
        if DATABASE not in names:
            statement = sql.SQL("create database {} owner {}")
            connection.execute(statement.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))


def _superuser(folder: Path) -> psycopg.Connection:
    environment.forget_libpq()
    return psycopg.connect(
        host=str(socket_folder(folder)),
        user=SUPERUSER,
        dbname="postgres",
        connect_timeout=SECONDS_TO_ANSWER,
        autocommit=True,
    )


def _run(folder: Path, program: str, *words: str | Path) -> None:
    """Run one of PostgreSQL's programs; raise ServerError with its last words."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
    with (
        tempfile.TemporaryFile("w+") as said,  # not a pipe: the server would hold it open
        uninterrupted(),
    ):
        result = subprocess.run(  # noqa: S603 our own programs
            [place.binaries(folder) / program, *words],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env=environment,
            cwd="/",
            check=False,
            start_new_session=True,  # what a terminal interrupts is the tracker alone
            **place.run_as(),
        )
        said.seek(0)
        text = said.read()
    if result.returncode:
        message = f"PostgreSQL's {program} failed: {_last_line(text)}."
        raise ServerError(message)


def _last_line(text: str) -> str:
    """Return what went wrong out of a program's output: a fatal or error line, or its last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if NO_SPACE in line or "FATAL" in line or "error:" in line]
    return (telling or lines or ["it said nothing"])[-1].rstrip(".")


@contextlib.contextmanager
def _gate(folder: Path) -> Iterator[None]:
    """Hold the lock under which the server of `folder` is started and stopped."""
    with folder.absolute().with_name(f"{folder.name}.gate").open("a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _plain_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        message = f"{error.filename or folder.parent} can't be written by this user."
        raise ServerError(message) from None
    except OSError as error:
        message = f"{error.filename or folder.parent}: {error.strerror}."
        raise ServerError(message) from None
