"""Measurements of the tracker, as ratios within one run."""
