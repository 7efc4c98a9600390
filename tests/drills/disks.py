"""Disks that exist for a test: small ones, and ones whose power is cut."""

import fcntl
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CUT_OFF, NOTHING_MORE = 0x8004587D, struct.pack("I", 2)
"""EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH, as fs/ext4/ext4.h of the kernel has them."""


def _tried(*words: str | Path) -> None:
    run = subprocess.run(words, capture_output=True, text=True, check=False)
    if run.returncode:
        pytest.skip(f"A disk of a test's own needs root and loop devices: {run.stderr.strip()}")


@contextmanager
def disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Give a place on a disk of so many megabytes (ext4 on a loop device); PostgreSQL owns it."""
    image, place = folder / "disk.img", folder / "disk"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(megabytes * 2**20)
    _tried("mkfs.ext4", "-q", "-F", "-m", "0", image)
    attach(image, place)
    try:
        shutil.chown(place, "postgres", "postgres")
        place.chmod(0o755)
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def attach(image: Path, place: Path) -> None:
    """Mount a disk; what it had not written of its journal is written first."""
    _tried("mount", "-o", "loop", image, place)


def cut_power(place: Path) -> None:
    """Let the disk take nothing any more, from one instant on.

    What was written, and not yet brought to the disk by fsync or by the kernel, is lost with it.
    """
    descriptor = os.open(place, os.O_RDONLY)
    try:
        fcntl.ioctl(descriptor, CUT_OFF, NOTHING_MORE)
    finally:
        os.close(descriptor)


def power_back(image: Path, place: Path) -> None:
    """Let the disk come back as it was at that instant."""
    subprocess.run(["umount", place], check=True)
    attach(image, place)
