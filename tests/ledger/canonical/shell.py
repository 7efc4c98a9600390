"""The lines of the README that verify a ledger with a shell."""

import re
import subprocess
from pathlib import Path

from carsi_tracker.ledger.sourced import LEDGER

README = (LEDGER / "README.md").read_text()
LINES = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)[0]


def by_the_shell(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the lines of the README in a folder."""
    return subprocess.run(
        ["sh", "-c", LINES], cwd=folder, capture_output=True, text=True, check=False
    )
