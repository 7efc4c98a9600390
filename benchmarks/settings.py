"""The tracker's settings with an empty view beside its pages, and static files of their own."""

from carsi_tracker.settings import *  # noqa: F403
from carsi_tracker.settings import BASE_DIR

ROOT_URLCONF = "benchmarks.urls"
STATIC_ROOT = BASE_DIR / "var" / "benchmarks" / "static"
