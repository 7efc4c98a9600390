"""A machine that fails under PostgreSQL: power, disk, clock, cable."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from tests.drills.at_work import (
    CUT_OFF,
    NOT_SAVED,
    SILENT,
    assert_nothing_was_lost,
    people_at_work,
    versions,
)
from tests.drills.clusters import Cluster
from tests.drills.disks import cut_power, disk, power_back
from tests.drills.machines import serving
from tests.drills.networks import cable

FAKE_CLOCK = "/usr/lib/*/faketime/libfaketimeMT.so.1"


@pytest.mark.long
def test_the_power_of_the_database_is_cut(
    checkout: Path, sourced_cluster: Cluster, folder: Path
) -> None:
    with disk(folder, 500) as place:
        cluster = sourced_cluster.copied(place / "data")
        cluster.start()
        try:
            with (
                serving(checkout, folder / "web.log", **cluster.environment) as machine,
                people_at_work(machine, cluster) as work,
            ):
                work.until_posted(6)
                (place / "not synced").write_text("lost")
                postmaster = cluster.postmaster
                cut_power(place)
                cluster.end(postmaster)
                work.until_refused(SILENT)
                power_back(folder / "disk.img", place)
                assert is_lost(place / "not synced")
                cluster.start_again()
                work.until_posted()
                assert_nothing_was_lost(work, machine, cluster, checkout, SILENT, CUT_OFF)
        finally:
            cluster.remove()


def is_lost(path: Path) -> bool:
    """Say whether what was written to a file is gone, or the file can't even be read."""
    try:
        return not path.read_text()
    except OSError:
        return True


@pytest.mark.long
def test_the_disk_of_the_database_is_full_for_a_while(
    checkout: Path, sourced_cluster: Cluster, folder: Path
) -> None:
    with disk(folder, 500) as place:
        cluster = sourced_cluster.copied(place / "data")
        cluster.start()
        try:
            with (
                serving(checkout, folder / "web.log", **cluster.environment) as machine,
                people_at_work(machine, cluster) as work,
            ):
                work.until_posted()
                ballast = fill(place)
                work.until_refused(NOT_SAVED)
                assert machine.get("/?as_of=2011-03-04").status == 200
                ballast.unlink()
                work.until_posted()
                assert_nothing_was_lost(work, machine, cluster, checkout, NOT_SAVED)
        finally:
            cluster.remove()


def fill(place: Path) -> Path:
    """Fill a disk to its last byte with a file."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (2**20, 4096):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                pass
    return ballast


@pytest.mark.long
def test_the_cable_to_the_database_is_pulled_for_30_seconds(
    checkout: Path, sourced_cluster: Cluster, folder: Path
) -> None:
    with cable() as laid:
        copy = sourced_cluster.copied(folder / "away")
        cluster = replace(copy, host=laid.address, within=laid.within)
        with (cluster.folder / "pg_hba.conf").open("a") as rules:
            rules.write("host all all 10.213.77.0/30 scram-sha-256\n")
        cluster.start()
        try:
            with (
                serving(checkout, folder / "web.log", **cluster.environment) as machine,
                people_at_work(machine, cluster) as work,
            ):
                work.until_posted()
                laid.pull()
                until = time.monotonic() + 30
                work.until_refused(SILENT)
                assert machine.get("/health/").status == 200
                time.sleep(until - time.monotonic())
                laid.plug_in()
                work.until_posted()
                assert_nothing_was_lost(work, machine, cluster, checkout, SILENT, CUT_OFF)
        finally:
            cluster.remove()


@pytest.mark.long
@pytest.mark.parametrize("back", ["-60", "-3600"], ids=["a_minute", "an_hour"])
def test_the_clocks_are_set_back(
    back: str, checkout: Path, sourced_cluster: Cluster, folder: Path, clock: Callable[[str], None],
    fake_clock: dict[str, str],
) -> None:  # fmt: skip
    words = [f"{name}={value}" for name, value in fake_clock.items()]
    copy = sourced_cluster.copied(folder / "late")
    cluster = replace(copy, under=("env", *words))
    cluster.start()
    try:
        with (
            serving(checkout, folder / "web.log", **cluster.environment, **fake_clock) as machine,
            people_at_work(machine, cluster) as work,
        ):
            work.until_posted()
            clock(back)
            work.until_posted()
            posted = [datetime.fromisoformat(row["posted_at"]) for row in versions(machine)]
            assert all(one < next_one for one, next_one in pairwise(posted))
            gaps = [(after - before).total_seconds() for before, after in pairwise(posted)]
            assert min(gaps[-4:]) < 0.001
            assert_nothing_was_lost(work, machine, cluster, checkout, SILENT, CUT_OFF)
    finally:
        cluster.remove()


@pytest.fixture
def fake_clock(folder: Path) -> dict[str, str]:
    """Give the environment of processes whose clock says what `clock` sets."""
    found = sorted(Path("/").glob(FAKE_CLOCK[1:]))
    if not found:
        pytest.skip("A clock of a test's own needs Debian's package libfaketime.")
    (folder / "clock").write_text("+0")
    return {
        "LD_PRELOAD": str(found[0]),
        "FAKETIME_TIMESTAMP_FILE": str(folder / "clock"),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


@pytest.fixture
def clock(folder: Path) -> Callable[[str], None]:
    """Give what sets the clock of those processes forward or back, in seconds."""

    def set_clock(seconds: str) -> None:
        written = folder / "clock.new"
        written.write_text(seconds)
        written.replace(folder / "clock")

    return set_clock
