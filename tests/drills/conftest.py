"""What drills share: a folder that every user may enter, and servers with the sourced ledger."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests import copies
from tests.drills import releases
from tests.drills.clusters import Cluster
from tests.drills.machines import manage


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one process run all drills that need the release before, which takes long to fill."""
    for item in items:
        of_before = "cluster_before" in getattr(item, "fixturenames", ())
        group = "release before" if of_before else item.path.name
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: "cluster_before" not in getattr(item, "fixturenames", ()))


def _folder() -> Path:
    made = Path(tempfile.mkdtemp(prefix="carsi-drill-"))
    made.chmod(0o755)
    if os.geteuid() == 0:
        shutil.chown(made, "postgres", "postgres")
    return made


@pytest.fixture(scope="session")
def checkout() -> Iterator[Path]:
    """Give a copy of the tracker as it is installed: static files and messages are made."""
    made = _folder()
    copies.copy_into(made)
    manage(made, "collectstatic", "--no-input", "--verbosity=0", DATABASE_URL="postgresql://a@/b")
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def sourced_cluster(checkout: Path) -> Iterator[Cluster]:
    """Give a stopped server whose database is the sourced ledger; tests copy it."""
    folder = _folder()
    made = Cluster(folder / "sourced", settings=(("fsync", "off"),))
    made.initialise()
    manage(checkout, "migrate", "--verbosity=0", **made.environment)
    manage(checkout, "load_ledger", **made.environment)
    made.stop()
    yield made.configured(fsync="on")
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def release_before() -> Iterator[Path]:
    """Give the release before this one, as it was installed."""
    made = _folder()
    try:
        releases.lay_out(releases.BEFORE, made)
        yield made
    finally:
        shutil.rmtree(made)


@pytest.fixture(scope="session")
def cluster_before(release_before: Path) -> Iterator[Cluster]:
    """Give a stopped server with a filled database of the release before; tests copy it."""
    folder = _folder()
    made = Cluster(folder / "before", settings=(("fsync", "off"),))
    made.initialise()
    releases.fill(release_before, made)
    made.stop()
    yield made.configured(fsync="on")
    shutil.rmtree(folder)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder for this test's servers, logs and files; PostgreSQL's user owns it."""
    made = _folder()
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def clusters(folder: Path) -> Iterator[list[Cluster]]:
    """Give a list; the servers that a test puts there are removed after it."""
    made: list[Cluster] = []
    yield made
    for cluster in reversed(made):
        with suppress(FileNotFoundError):
            cluster.remove()


@pytest.fixture
def primary(sourced_cluster: Cluster, folder: Path, clusters: list[Cluster]) -> Cluster:
    """Give a running server with the sourced ledger, to which only this test speaks."""
    made = sourced_cluster.copied(folder / "primary")
    clusters.append(made)
    made.start()
    return made


@pytest.fixture
def make_standby(primary: Cluster, folder: Path, clusters: list[Cluster]) -> Callable[..., Cluster]:
    """Give what makes a hot standby of the primary, by name and settings."""

    def make(name: str, **settings: str) -> Cluster:
        made = primary.standby(folder / name, **settings)
        clusters.append(made)
        return made

    return make


@pytest.fixture
def migrated(
    cluster_before: Cluster, checkout: Path, folder: Path, clusters: list[Cluster]
) -> Cluster:
    """Give a running server that the release before has filled, and this one migrated."""
    made = cluster_before.copied(folder / "migrated")
    clusters.append(made)
    made.start()
    manage(checkout, "migrate", "--verbosity=0", **made.environment)
    return made
