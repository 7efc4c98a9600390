"""Earlier releases of the tracker, laid out from the history of the repository."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.copies import ROOT
from tests.drills.clusters import Cluster
from tests.drills.machines import environment, manage

COMMITS = {"0.2.0": "d7c4b16", "0.3.0": "222a9d9", "0.4.0": "97d032d", "0.5.0": "c5bfd0d"}
BEFORE = "0.5.0"
"""The release before this one: its code has to go on working while this one is rolled out."""
PROBE = "/health/"
"""What says that a machine of the release before can serve."""
FILL = """
import os, django
from carsi_tracker.database import address
address.act_as_owner()
django.setup()
from tests.database.filled import fill
fill()
"""


def lay_out(version: str, folder: Path) -> None:
    """Lay a release out in a folder, with its messages and static files; skips without history."""
    commit = COMMITS[version]
    archive = subprocess.run(
        ["git", "archive", commit], cwd=ROOT, capture_output=True, check=False
    )  # fmt: skip
    if archive.returncode:
        pytest.skip(
            f"The history of this clone lacks release {version} ({commit}): fetch it whole."
        )
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
    manage(folder, "collectstatic", "--no-input", "--verbosity=0", DATABASE_URL="postgresql://a@/b")


def fill(release: Path, cluster: Cluster) -> None:
    """Make the database of a release, by its own code, with people and work in every state."""
    manage(release, "migrate", "--verbosity=0", **cluster.environment)
    manage(release, "load_sourced", **cluster.environment)
    filled = subprocess.run(
        [sys.executable, "-c", FILL],
        cwd=release,
        env=environment(DJANGO_SETTINGS_MODULE="carsi_tracker.settings", **cluster.environment),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert filled.returncode == 0, filled.stderr


def addresses(release: Path) -> dict[str, str]:
    """Return an example of each public address that a release has."""
    (examples,) = (
        node.value
        for node in ast.parse((release / "tests/reports/addresses.py").read_text()).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "EXAMPLES"
    )
    found: dict[str, str] = ast.literal_eval(examples)
    return found
