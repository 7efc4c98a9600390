"""What `make run` runs: database, migrations, the sourced ledger, people, web server."""

import signal

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ends without a word while the rest is imported

import fcntl
import hashlib
import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction
from django.db.migrations.loader import MigrationLoader

from carsi_tracker import environment
from carsi_tracker.database import address
from carsi_tracker.local import postgresql, secret
from carsi_tracker.local.web_server import WebServer
from carsi_tracker.web import processes, serving
from carsi_tracker.web.signals import is_stopping, stop_on_signals

PASSWORDS = address.VAR / "passwords.txt"
STATIC_STAMP = address.VAR / "static.stamp"
PEOPLE = ("analyst", "approver", "administrator")
SECONDS_BETWEEN_LOOKS = 2.0


class AlreadyServed(Exception):
    """The tracker of this folder runs; the message is one plain sentence."""


def main() -> None:
    """Serve the tracker until it is stopped; exit with one plain sentence where it can't."""
    stop_on_signals()
    try:
        _run()
    except BaseException:
        if not is_stopping():
            raise
        print("\nStopped. All data are kept.", flush=True)


def _run() -> None:
    try:
        with alone() as note:
            serve(note)
    except (
        postgresql.ServerError,
        ImproperlyConfigured,
        CommandError,
        processes.PortTaken,
        AlreadyServed,
    ) as error:
        sys.exit(str(error))
    except Error as error:
        sys.exit(f"The database refused: {_last_line(error)}")
    except OSError as error:
        sys.exit(f"{error.filename or 'The tracker'}: {error.strerror}.")


@contextmanager
def alone() -> Iterator[Path]:
    """Be the one that serves this folder; give the file in which to note the address."""
    address.VAR.mkdir(parents=True, exist_ok=True)
    note = address.VAR / "run.lock"
    with note.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            where = note.read_text().strip()
            message = (
                f"The tracker of this folder runs already{where and ', at '}{where}; "
                "Ctrl-C where it was started stops it."
            )
            raise AlreadyServed(message) from None
        note.write_text("")
        yield note


def serve(note: Path) -> None:
    """Prepare everything and serve, until Stop is raised."""
    host, port = serving.host(), serving.port()
    serving.processes(), serving.threads()  # a wrong number is said before anything is done
    site = WebServer(address.VAR / "web.lock")
    site.wait_for_former()
    with processes.bound(host, port) as listener:
        note.write_text(processes.address_of(listener))
        prepare()
        try:
            site.start(listener)
            _tell_where(processes.address_of(listener))
            _watch(site)
        finally:
            site.stop()


def _tell_where(where: str) -> None:
    print(f"\nCARSI Tracker is at {where} (Ctrl-C stops it).")
    if PASSWORDS.exists():
        people = ", ".join(PEOPLE[:-1]) + f" or {PEOPLE[-1]}"
        print(f"Sign in at {where}admin/ as {people};")
        print(f"their passwords are in {PASSWORDS}, for you alone.", flush=True)


def _watch(site: WebServer) -> None:
    """Start again whatever ends, the web server and PostgreSQL."""
    said = ""
    while True:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        if not site.is_running():
            if site.ended_at_once():
                sys.exit("The web server ended by itself; its last words are above.")
            print("The web server has ended: starting it again", flush=True)
            site.start()
        if address.is_embedded():
            said = _look_after_database(said)


def _look_after_database(said: str) -> str:
    """Start PostgreSQL again if it has gone; return what ails it, and say that once."""
    try:
        answers = postgresql.is_running(address.EMBEDDED)
        if not answers and not postgresql.lives(address.EMBEDDED):
            print("PostgreSQL has gone: starting it again", flush=True)
            answers = postgresql.ensure(address.EMBEDDED)
        ails = "" if answers else "PostgreSQL does not answer: waiting for it"
    except postgresql.ServerError as error:
        ails = str(error)
    if ails != said:
        print(ails or "PostgreSQL answers again", flush=True)
    return ails


def prepare() -> None:
    """Bring database, ledger, people and static files up to date, as the owner."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "carsi_tracker.settings"
    if not environment.text("SECRET_KEY"):
        os.environ["SECRET_KEY"] = secret.kept(address.VAR / "secret_key")
    if address.is_embedded():
        _say("Starting PostgreSQL")
        elsewhere = postgresql.start(address.EMBEDDED)
        if elsewhere:
            print(f"  its data are in {elsewhere}, because its user can't enter this folder")
    address.act_as_owner()
    django.setup()
    _say("Bringing the database up to date")
    _require_no_newer_release()
    call_command("migrate", verbosity=0)
    _load_ledger()
    _make_people()
    _collect_static()
    connection.close()


def _load_ledger() -> None:
    """Load the sourced ledger as it was published, where there is none yet."""
    from carsi_tracker.ledger.canonical import loading

    if not loading.held():
        _say("Loading and verifying the sourced ledger")
        call_command("load_ledger", verbosity=0)


def _make_people() -> None:
    from carsi_tracker.accounts.models import User
    from carsi_tracker.ledger.canonical.people import NAMES_ALONE

    if User.objects.exclude(NAMES_ALONE).exists():
        return
    _say("Making passwords")
    with transaction.atomic():
        lines = []
        for role in PEOPLE:
            password = secrets.token_urlsafe(12)
            User.objects.create_user(role, password, **{f"is_{role}": True})
            lines.append(f"{role}: {password}\n")
        PASSWORDS.unlink(missing_ok=True)
        PASSWORDS.touch(mode=0o600)
        PASSWORDS.write_text("".join(lines))


def _collect_static() -> None:
    """Collect static files where they differ from those collected last."""
    listed = []
    for finder in get_finders():
        for path, storage in finder.list([]):
            file = Path(storage.path(path))
            listed.append(f"{file} {file.stat().st_mtime_ns} {file.stat().st_size}")
    stamp = hashlib.sha256("\n".join(sorted(listed)).encode()).hexdigest()
    if STATIC_STAMP.exists() and STATIC_STAMP.read_text() == stamp:
        return
    _say("Collecting static files")
    call_command("collectstatic", interactive=False, verbosity=0)
    STATIC_STAMP.write_text(stamp)


def _require_no_newer_release() -> None:
    loader = MigrationLoader(connection)
    unknown = sorted(
        f"{app}.{name}"
        for app, name in loader.applied_migrations
        if app in loader.migrated_apps and (app, name) not in loader.disk_migrations
    )
    if unknown:
        message = (
            f"The database belongs to a newer release of the tracker (it has {unknown[-1]}); "
            "use that release."
        )
        raise ImproperlyConfigured(message)


def _say(step: str) -> None:
    print(step, flush=True)


def _last_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or ["it said nothing"]
    return lines[0].removeprefix("FATAL:").strip()


if __name__ == "__main__":
    main()
