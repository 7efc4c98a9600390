"""A copy of the sourced ledger's files, and an empty database to load into."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from carsi_tracker.ledger.sourced import LEDGER
from tests import databases
from tests.conftest import Templates


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a copy of the files that a test may change."""
    return Path(shutil.copytree(LEDGER, tmp_path / "ledger"))


@pytest.fixture(scope="session")
def nothing_loaded(templates: Templates, worker_id: str) -> Iterator[str]:
    """Give the name of an empty database, into which no test of refusals loads anything."""
    name = f"{databases.prefix(worker_id)}_nothing"
    databases.make(name, templates.empty)
    yield name
    databases.remove(name)


@pytest.fixture
def owner_of_nothing(nothing_loaded: str, django_db_blocker: Any) -> Iterator[None]:
    """Let Django speak to the empty database as its owner."""
    with (
        django_db_blocker.unblock(),
        databases.speaking_to(databases.owner_of(nothing_loaded)),
    ):
        yield
