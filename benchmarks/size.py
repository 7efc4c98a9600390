"""How much is measured: what says something, or the least that shows that a measurement works."""

import os
from typing import TypeVar

T = TypeVar("T")


def either(whole: T, smallest: T) -> T:
    """Return how much to measure, by what the environment says."""
    return smallest if os.environ.get("BENCHMARKS_SMALLEST") else whole
