"""What `make run` runs: database, migrations, the sourced ledger, people, web server."""

import hashlib
import os
import secrets
import signal
import sys
import time
from pathlib import Path

import django
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction
from django.db.migrations.loader import MigrationLoader

from carsi_tracker import environment
from carsi_tracker.database import address, secret, server
from carsi_tracker.web import PortTaken, WebServer

PASSWORDS = address.VAR / "passwords.txt"
STATIC_STAMP = address.VAR / "static.stamp"
PEOPLE = ("analyst", "approver", "administrator")
SECONDS_BETWEEN_LOOKS = 2.0


class Stop(Exception):
    """Somebody asked the tracker to stop."""


def main() -> None:
    """Serve the tracker until it is stopped; exit with one plain sentence where it can't."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        serve(environment.number("PORT", 8000, 1, 65535))
    except Stop:
        print("\nStopped. All data are kept.", flush=True)
    except (server.ServerError, ImproperlyConfigured, CommandError, PortTaken) as error:
        sys.exit(str(error))
    except Error as error:
        sys.exit(f"The database refused: {_last_line(error)}")
    except OSError as error:
        sys.exit(f"{error.filename or 'The tracker'}: {error.strerror}.")


def serve(port: int) -> None:
    """Prepare everything and serve on a port of 127.0.0.1, until Stop is raised."""
    web = WebServer(port, address.VAR / "web.pid")
    web.require_port()
    prepare()
    web.start()
    try:
        print(f"\nCARSI Tracker is at http://127.0.0.1:{port}/ (Ctrl-C stops it).")
        if PASSWORDS.exists():
            people = ", ".join(PEOPLE[:-1]) + f" or {PEOPLE[-1]}"
            print(f"Sign in at http://127.0.0.1:{port}/admin/ as {people};")
            print(f"their passwords are in {PASSWORDS}, for you alone.", flush=True)
        while web.is_running():
            time.sleep(SECONDS_BETWEEN_LOOKS)
            if address.is_embedded() and not server.is_running(address.EMBEDDED):
                print("PostgreSQL has gone: starting it again", flush=True)
                server.ensure(address.EMBEDDED)
        sys.exit("The web server ended by itself; its last words are above.")
    finally:
        web.stop()


def prepare() -> None:
    """Bring database, ledger, people and static files up to date, as the owner."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "carsi_tracker.settings"
    if not environment.text("SECRET_KEY"):
        os.environ["SECRET_KEY"] = secret.kept(address.VAR / "secret_key")
    if address.is_embedded():
        _say("Starting PostgreSQL")
        elsewhere = server.start(address.EMBEDDED)
        if elsewhere:
            print(f"  its data are in {elsewhere}, because its user can't enter this folder")
    address.act_as_owner()
    django.setup()
    _say("Bringing the database up to date")
    _require_no_newer_release()
    call_command("migrate", verbosity=0)
    _load_sourced()
    _make_people()
    _collect_static()
    connection.close()


def _load_sourced() -> None:
    from carsi_tracker.ledger import sourced

    batches = sourced.pending()
    for done, _version in enumerate(sourced.load(batches), 1):
        last = done == len(batches)
        if last or sys.stdout.isatty():
            step = f"Loading the sourced ledger: {done} of {len(batches)} batches"
            print(f"\r{step}", end="\n" if last else "", flush=True)


def _make_people() -> None:
    from carsi_tracker.accounts.models import User
    from carsi_tracker.ledger import sourced

    if User.objects.exclude(username=sourced.LOADER).exists():
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


def _stop(_number: int, _frame: object) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Stop


if __name__ == "__main__":
    main()
