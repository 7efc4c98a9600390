"""The tracker's settings with an empty view beside its pages."""

from carsi_tracker.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
