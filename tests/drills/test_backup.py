"""A machine is lost: what the repository alone restores is the ledger that was published."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.drills.clusters import SUPERUSER, Cluster
from tests.drills.ledger import people_of, post, posting, versions_in
from tests.drills.machines import WebMachine, manage, serving
from tests.drills.repository import Repository, archived

pytestmark = pytest.mark.skipif(
    shutil.which("pgbackrest") is None, reason="pgbackrest is not installed"
)


@pytest.fixture
def primary(sourced_cluster: Cluster, folder: Path, clusters: list[Cluster]) -> Cluster:
    """Give a stopped server with the sourced ledger."""
    made = sourced_cluster.copied(folder / "primary")
    clusters.append(made)
    return made


@pytest.fixture
def office(primary: Cluster, folder: Path, clusters: list[Cluster]) -> tuple[Cluster, Repository]:
    """Give a running server that archives, and its repository."""
    archiving, repository = archived(primary, folder)
    clusters[:] = [archiving]
    return archiving, repository


def lost(cluster: Cluster) -> None:
    """Lose a machine: its power, and its disk."""
    cluster.stop("immediate")
    shutil.rmtree(cluster.folder)


def published(machine: WebMachine) -> dict[int, str]:
    """Return the checksum of each version, as the site tells everybody."""
    rows = csv.DictReader(io.StringIO(machine.get("/versions.csv").body))
    return {int(row["version"]): row["checksum"] for row in rows}


def segment_archived(cluster: Cluster) -> None:
    """Let what is written by now reach the repository, and wait until it has."""
    with psycopg.connect(cluster.url(SUPERUSER), autocommit=True) as session:
        (name,) = session.execute("select pg_walfile_name(pg_switch_wal())").fetchone() or ("",)
        until(lambda: session.execute(
            "select last_archived_wal >= %s from pg_stat_archiver", [name]
        ).fetchone() == (True,), "the segment was not archived")  # fmt: skip


def until(holds: Callable[[], bool], otherwise: str, seconds: float = 60) -> None:
    """Wait until something holds."""
    patience = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < patience, otherwise
        time.sleep(0.02)


def assert_is(cluster: Cluster, version: int, checksum: str, checkout: Path) -> None:
    """Fail unless a server has this version as its newest, and verifies."""
    assert versions_in(cluster) == (version, checksum)
    said = manage(checkout, "verify_ledger", **cluster.environment)
    assert said.splitlines()[-1].startswith(f"Verified: {version} versions, ")


@pytest.mark.long
def test_the_unit_backs_up_tries_the_archive_and_touches_the_stamp(
    office: tuple[Cluster, Repository], folder: Path
) -> None:
    _cluster, repository = office
    stamp = folder / "last"
    repository.back_up_as_the_unit_does(stamp)
    assert stamp.exists()
    kept = json.loads(repository.run("info", "--output=json"))
    assert [backup["type"] for backup in kept[0]["backup"]] == ["full"]


def test_a_lost_machine_is_restored_to_a_second_from_the_repository_alone(
    office: tuple[Cluster, Repository],
    checkout: Path,
    folder: Path,
    clusters: list[Cluster],
) -> None:
    cluster, repository = office
    repository.run("--type=full", "backup")
    with posting(cluster) as told:
        told.until(3)
        repository.run("--type=diff", "backup")
        told.until(3)
    with people_of(cluster) as session:
        kept = post(session, "Before the accident")
        target = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
        until(lambda: datetime.now(UTC) > target, "the clock stands still")
        mistake = post(session, "After the accident")
    with serving(checkout, folder / "before.log", DATABASE_URL=cluster.url()) as machine:
        checksums = published(machine)
    assert list(checksums) == list(range(1, mistake + 1))
    segment_archived(cluster)
    lost(cluster)

    gone = time.monotonic()
    restored = repository.restored(
        cluster, folder / "elsewhere", "--type=time", f"--target={target:%Y-%m-%d %H:%M:%S}+00",
        "--target-action=promote", "--archive-mode=off",
    )  # fmt: skip
    clusters.append(restored)
    with serving(checkout, folder / "after.log", DATABASE_URL=restored.url()) as machine:
        told_now = published(machine)
        seconds = time.monotonic() - gone
    sys.stdout.write(
        f"RTO: {seconds:.1f} s from the loss to the page, {told.slowest:.2f} s slowest posting"
    )
    assert told_now == {number: checksums[number] for number in range(1, kept + 1)}
    assert told.acknowledged.keys() <= told_now.keys()
    assert_is(restored, kept, checksums[kept], checkout)


@pytest.mark.long
def test_what_was_posted_a_minute_before_the_loss_is_restored(
    office: tuple[Cluster, Repository], checkout: Path, folder: Path, clusters: list[Cluster]
) -> None:
    """The archive alone loses what archive_timeout allows, and no more."""
    cluster, repository = office
    repository.run("--type=full", "backup")
    with posting(cluster, pause=1.0) as told:
        told.until(100, seconds=300)
        lost(cluster)
    restored = repository.restored(cluster, folder / "elsewhere", "--archive-mode=off")
    clusters.append(restored)
    version, checksum = versions_in(restored)
    missing = told.acknowledged[told.newest] - told.acknowledged[version]
    sys.stdout.write(
        f"RPO of the archive: {missing.total_seconds():.1f} s, {told.newest - version} versions"
    )
    assert missing < timedelta(seconds=60 + 5)
    assert_is(restored, version, checksum, checkout)


@pytest.mark.long
def test_a_synchronous_standby_loses_nothing_that_was_acknowledged(
    primary: Cluster, folder: Path, checkout: Path, clusters: list[Cluster]
) -> None:
    primary.start()
    standby = primary.standby(folder / "standby")
    clusters.append(standby)
    with psycopg.connect(primary.url(SUPERUSER), autocommit=True) as session:
        session.execute("alter system set synchronous_standby_names = '*'")
        session.execute("select pg_reload_conf()")
    with posting(primary, pause=0) as told:
        told.until(20)
        gone = time.monotonic()
        lost(primary)
    standby.promote()
    with serving(checkout, folder / "after.log", DATABASE_URL=standby.url()) as machine:
        checksums = published(machine)
        sys.stdout.write(f"RTO of a standby: {time.monotonic() - gone:.1f} s; RPO 0")
    assert told.acknowledged.keys() <= checksums.keys()
    version, checksum = versions_in(standby)
    assert version - told.newest in (0, 1)  # one may have been written and not acknowledged
    assert_is(standby, version, checksum, checkout)


@pytest.mark.long
def test_a_back_up_that_is_damaged_is_named_and_not_restored(
    office: tuple[Cluster, Repository], folder: Path
) -> None:
    _cluster, repository = office
    repository.run("--type=full", "backup")
    assert "status: ok" in repository.run("verify", "--output=text", "--verbose")
    (bundle, *_others) = sorted(
        (repository.folder / "backup").rglob("bundle/*"), key=lambda path: -path.stat().st_size
    )
    with bundle.open("r+b") as file:
        file.seek(bundle.stat().st_size // 2)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))
    said = repository.run("verify", "--output=text", "--verbose", check=False)
    assert "status: error" in said, said
    said = repository.fails(f"--pg1-path={folder / 'elsewhere'}", "restore")
    assert re.search(r"ERROR: \[\d+\]", said), said


@pytest.mark.long
def test_a_missing_piece_of_the_log_is_named(
    office: tuple[Cluster, Repository], folder: Path, clusters: list[Cluster]
) -> None:
    cluster, repository = office
    repository.run("--type=full", "backup")
    with people_of(cluster) as session:
        first = post(session)
        segment_archived(cluster)
        post(session)
        segment_archived(cluster)
        post(session)
        segment_archived(cluster)
    *_before, missing, _last = sorted((repository.folder / "archive").rglob("0000*-*.zst"))
    missing.unlink()
    said = repository.run("verify", "--log-level-console=detail")
    assert len(re.findall("wal start: 00000001", said)) == 2, said
    lost(cluster)
    restored = repository.restored(cluster, folder / "elsewhere", "--archive-mode=off")
    clusters.append(restored)
    assert versions_in(restored)[0] == first


@pytest.mark.long
def test_postings_go_on_while_the_repository_is_full_and_all_are_archived_afterwards(
    primary: Cluster, folder: Path, checkout: Path, clusters: list[Cluster]
) -> None:
    where = folder / "disk"
    where.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(where)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a disk of its own can't be mounted here")
    try:
        cluster, repository = archived(primary, folder, where)
        clusters[:] = [cluster]
        (where / "full").write_bytes(b"x" * 2**19)
        with (
            posting(cluster) as told,
            psycopg.connect(cluster.url(SUPERUSER), autocommit=True) as session,
            serving(checkout, folder / "web.log", DATABASE_URL=cluster.url()) as machine,
        ):
            with pytest.raises(OSError, match="No space left"):
                (where / "full").write_bytes(b"x" * 2**24)
            session.execute("select pg_switch_wal()")
            until(lambda: session.execute(
                "select failed_count > 0 from pg_stat_archiver"
            ).fetchone() == (True,), "archiving did not fail")  # fmt: skip
            said = repository.fails("check", "--archive-timeout=5")
            assert "unable to" in said or "WAL segment" in said, said
            before = len(waiting(cluster))
            for _each in range(3):
                told.until(2)
                session.execute("select pg_switch_wal()")
            assert len(waiting(cluster)) >= before + 3
            assert machine.get("/").status == 200
            (where / "full").unlink()
            subprocess.run(["mount", "-o", "remount,size=512m", str(where)], check=True)
            told.until(2)
        segment_archived(cluster)
        assert waiting(cluster) == []
        repository.run("check")
        repository.run("--type=full", "backup")
        version, checksum = versions_in(cluster)
        assert told.acknowledged.keys() <= set(range(1, version + 1))
        segment_archived(cluster)
        lost(cluster)
        restored = repository.restored(cluster, folder / "elsewhere", "--archive-mode=off")
        clusters.append(restored)
        assert_is(restored, version, checksum, checkout)
    finally:
        for each in clusters:
            each.stop("immediate")
        subprocess.run(["umount", "--lazy", str(where)], check=True)


def waiting(cluster: Cluster) -> list[Path]:
    """Return the pieces of the log that wait to be archived, 16 MB each."""
    return list((cluster.folder / "pg_wal" / "archive_status").glob("*.ready"))
