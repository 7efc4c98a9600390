"""PostgreSQL's own tools back the ledger up by the printed address, and the copy verifies."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from carsi_tracker.database import address, place
from tests import databases
from tests.conftest import Templates
from tests.database.conftest import clean_environment

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "deployment.md"


@pytest.fixture
def copy(templates: Templates, worker_id: str) -> Iterator[str]:
    """Give the name of an empty database for the copy."""
    name = f"{databases.prefix(worker_id)}_restored"
    databases.make(name)
    yield name
    databases.remove(name)


def tools() -> str:
    """Return the folder of pg_dump and pg_restore that fit the server."""
    if address.is_embedded():
        return str(place.binaries(databases.FOLDER))
    return os.defpath


def test_what_the_document_says_backs_up_and_restores(
    templates: Templates, copy: str, tmp_path: Path
) -> None:
    dump, restore = re.findall(r"```sh\n(pg_\w+ [^`]+)```", DOCUMENT.read_text())
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
    assert said.splitlines()[-1].startswith("Verified: 16 versions, 134 entries, checksum ")


def environment(database: str) -> dict[str, str]:
    return {
        "DATABASE_URL": databases.application_of(database).url,
        "DATABASE_OWNER_URL": databases.owner_of(database).url,
    }


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
