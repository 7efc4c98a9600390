"""Each measurement runs: its least form, which takes seconds and whose figures say nothing."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MEASUREMENTS = re.findall(
    r'^ +"(\w+)": \w+\.measure', (ROOT / "benchmarks" / "__main__.py").read_text(), re.MULTILINE
)


@pytest.mark.skipif(not os.environ.get("EVERYTHING"), reason="make check-everything runs it")
@pytest.mark.parametrize("name", MEASUREMENTS)
def test_a_measurement_runs_and_prints_its_lines(name: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks", name],
        cwd=ROOT,
        env={**os.environ, "BENCHMARKS_SMALLEST": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    head, *lines = run.stdout.splitlines()
    assert head.split() == ["tracker", "against", "min", "median", "max", "goal"]
    assert lines
