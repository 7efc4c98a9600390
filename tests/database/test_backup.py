"""PostgreSQL's own tools back the ledger up by the printed address, and the copy verifies."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from carsi_tracker.database import address
from tests import databases
from tests.conftest import Templates
from tests.database.conftest import clean_environment
from tests.database.dump import tools
from tests.sourced import ENTRIES, VERSION

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "backup.md"


@pytest.fixture
def copy(templates: Templates, worker_id: str) -> Iterator[str]:
    """Give the name of an empty database for the copy."""
    name = f"{databases.prefix(worker_id)}_restored"
    databases.make(name)
    yield name
    databases.remove(name)


def test_what_the_document_says_backs_up_and_restores(
    templates: Templates, copy: str, tmp_path: Path
) -> None:
    dump, restore = re.findall(r"```sh\n(pg_(?:dump|restore) [^`]+)```", DOCUMENT.read_text())
    source = environment(templates.sourced)
    dump = dump.replace("$(.venv/bin/python manage.py database_address --owner)", "$SOURCE")
    run(dump, tmp_path, SOURCE=source["DATABASE_OWNER_URL"])
    said = run(
        restore.replace(".venv/bin/python manage.py", f"{sys.executable} $ROOT/manage.py"),
        tmp_path,
        ROOT=str(settings.BASE_DIR),
        SECRET_KEY="x",
        **environment(copy),
    )
    assert said.splitlines()[-1].startswith(
        f"Verified: {VERSION} versions, {ENTRIES} entries, checksum "
    )


def environment(database: str) -> dict[str, str]:
    return addresses(databases.application_of(database), databases.owner_of(database))


def addresses(
    application: address.DatabaseAddress, owner: address.DatabaseAddress
) -> dict[str, str]:
    return {"DATABASE_URL": application.url, "DATABASE_OWNER_URL": owner.url}


@pytest.fixture
def elsewhere(worker_id: str, templates: Templates) -> Iterator[dict[str, str]]:
    """Give the addresses of an empty database, whose roles have names of their own."""
    if not address.is_embedded():
        pytest.skip("only of the embedded server do we know the superuser")
    name, owner, application = (
        f"{databases.prefix(worker_id)}_{part}" for part in ("elsewhere", "keeper", "server")
    )
    superuser = databases.superuser_of("postgres")
    with psycopg.connect(superuser.conninfo(), autocommit=True) as session:
        session.execute(f"create role {owner} login; create role {application} login")
        session.execute(f"create database {name} owner {owner}")
        yield addresses(
            replace(superuser, name=name, user=application),
            replace(superuser, name=name, user=owner),
        )
        session.execute(f"drop database {name}")
        session.execute(f"drop role {owner}, {application}")


def test_a_copy_under_roles_of_other_names_verifies(
    templates: Templates, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    source = environment(templates.sourced)["DATABASE_OWNER_URL"]
    run('pg_dump --format=custom --file=carsi.dump "$SOURCE"', tmp_path, SOURCE=source)
    options = "--no-owner --no-privileges --exit-on-error"
    run(f'pg_restore {options} --dbname="$DATABASE_OWNER_URL" carsi.dump', tmp_path, **elsewhere)
    manage = f"{sys.executable} {settings.BASE_DIR}/manage.py"
    for command in ("verify_ledger --without-grants", "verify_ledger"):
        said = run(f"{manage} {command}", tmp_path, SECRET_KEY="x", **elsewhere)
        assert said.splitlines()[-1].startswith(f"Verified: {VERSION} versions, ")
        run(f"{manage} migrate --verbosity 0", tmp_path, SECRET_KEY="x", **elsewhere)


def run(lines: str, folder: Path, **more: str) -> str:
    path = f"{tools()}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(
        ["sh", "-ec", lines],
        cwd=folder,
        env=clean_environment(PATH=path, **more),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout
