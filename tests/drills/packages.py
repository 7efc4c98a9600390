"""Says which of Debian's packages the drills lack on this machine."""

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

SHORTER = Path(__file__).parents[2] / ".ci" / "drills"
LONG = ("buildah", "curl", "mmdebstrap", "slirp4netns", "systemd-container", "util-linux")
"""What long drills need besides; they are skipped where it is missing."""


def needed() -> list[str]:
    """Return the packages of all drills: those that .ci/drills installs, and those of long ones."""
    shorter = re.findall(r"^  ([a-z0-9-]+)", SHORTER.read_text(), re.MULTILINE)
    return sorted({*shorter, *LONG})


def missing(packages: Iterable[str]) -> list[str]:
    """Return those of the packages that are not installed; all, where there is no Debian."""
    if shutil.which("dpkg-query") is None:
        return [*packages]
    asked = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *packages]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.splitlines()
    return [name for name in packages if f"{name} installed" not in said]


def sentence(lacking: list[str]) -> str:
    """Return what is said where packages are missing."""
    return (
        f"Drills that need Debian’s packages {', '.join(lacking)} fail or are skipped: as root, "
        f"apt-get install --no-install-recommends {' '.join(lacking)}."
    )


if __name__ == "__main__" and (lacking := missing(needed())):
    print(sentence(lacking))  # noqa: T201
