"""Each measurement runs: its least form, which takes seconds and whose figures say nothing."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MEASUREMENTS = [
    (package, name)
    for package in ("benchmarks", "benchmarks.scale")
    for name in re.findall(
        r'"(\w+)": \w+\.measure', (ROOT / package.replace(".", "/") / "__main__.py").read_text()
    )
]


@pytest.mark.skipif(not os.environ.get("EVERYTHING"), reason="make check-everything runs it")
@pytest.mark.parametrize(("package", "name"), MEASUREMENTS)
def test_a_measurement_runs_and_prints_its_lines(package: str, name: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", package, name],
        cwd=ROOT,
        env={**os.environ, "BENCHMARKS_SMALLEST": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    head, *lines = (line for line in run.stdout.splitlines() if not line.startswith("#"))
    assert head.split() == ["tracker", "against", "min", "median", "max", "goal"]
    assert lines
