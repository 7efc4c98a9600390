"""The dump of a filled database of an earlier release, and what restores it."""

import lzma
import os
import subprocess
from pathlib import Path

from carsi_tracker.database import address
from carsi_tracker.local import place
from tests import databases

DUMP = Path(__file__).with_name("filled.sql.xz")


def restore(name: str) -> None:
    """Make a database that holds the dump as it is, with the rules of its release."""
    databases.make(name)
    words = ("psql", "-qX", "--set=ON_ERROR_STOP=1", "--single-transaction",
             databases.owner_of(name).url)  # fmt: skip
    path = f"{tools()}{os.pathsep}{os.environ['PATH']}"
    restored = subprocess.run(
        words, input=lzma.decompress(DUMP.read_bytes()), capture_output=True, check=False,
        env=os.environ | {"PATH": path},
    )  # fmt: skip
    assert restored.returncode == 0, restored.stderr.decode()


def tools() -> str:
    """Return the folder of pg_dump and pg_restore that fit the server."""
    if address.is_embedded():
        return str(place.binaries(databases.FOLDER))
    return os.defpath
