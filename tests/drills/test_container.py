"""deploy/Containerfile makes an image that serves; its base is a Debian that was made here."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.copies import ROOT
from tests.drills.clusters import PATIENCE, Cluster, free_port
from tests.drills.systems import KEPT, debian, require_programs, run, wheels
from tests.sourced import COMMITTED, millions

pytestmark = pytest.mark.long
FILE = ROOT / "deploy" / "Containerfile"
COMMAND = json.loads(re.findall(r"^CMD (.+)$", FILE.read_text(), re.MULTILINE)[0])


@pytest.fixture
def buildah() -> Iterator[list[str | Path]]:
    """Give the command that builds images, with a place of its own for them."""
    require_programs("mmdebstrap", "buildah")
    KEPT.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="carsi-images-", dir=KEPT.parent))
    command = ["buildah", "--root", folder / "images", "--runroot", folder / "run"]
    yield command
    run(*command, "rm", "--all")
    run(*command, "rmi", "--all", "--force")
    shutil.rmtree(folder)


def build(buildah: list[str | Path]) -> str:
    """Build the image and return the name of a container of it."""
    base = run(*buildah, "from", "scratch").strip()
    run(*buildah, "add", "--quiet", base, f"{debian()}/", "/")
    run(*buildah, "commit", "--quiet", base, "localhost/debian")
    pip = KEPT / "pip.conf"
    pip.write_text("[global]\nno-index = true\nfind-links = /wheels\n")
    began = time.monotonic()
    run(
        *buildah, "build", "--quiet", "--pull-never", "--isolation=chroot",
        "--build-arg=BASE=localhost/debian",
        f"--volume={wheels()}:/wheels:ro", f"--volume={pip}:/etc/pip.conf:ro",
        f"--file={FILE}", "--tag=localhost/carsi", ROOT,
    )  # fmt: skip
    print(f"{time.monotonic() - began:6.1f} s  to build the image")  # noqa: T201
    return run(*buildah, "from", "--pull-never", "localhost/carsi").strip()


def test_the_image_serves_as_a_person_who_owns_nothing(
    buildah: list[str | Path], primary: Cluster
) -> None:
    container = build(buildah)
    in_it = [*buildah, "run", "--isolation=chroot"]
    assert run(*in_it, container, "--", "id", "--user").strip() == "900"
    assert "Permission denied" in run(
        *in_it, container, "--", "sh", "-c", "touch /srv/carsi-tracker/x 2>&1 || true"
    )
    kept = run(*in_it, container, "--", "ls", "-A", "/srv/carsi-tracker").split()
    assert not set(kept) & {".git", "tests", "benchmarks", "docs"}
    port = free_port()
    told = {"DATABASE_URL": primary.url(), "SECRET_KEY": "k" * 60, "PORT": str(port)}
    words = [f"--env={name}={value}" for name, value in told.items()]
    command = [*in_it, *words, container, "--", *COMMAND]
    served = subprocess.Popen(
        [str(word) for word in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        assert f"${millions(COMMITTED)} million" in page(port, served)
    finally:
        os.killpg(served.pid, 15)
        served.wait(PATIENCE)


def page(port: int, served: subprocess.Popen[bytes]) -> str:
    """Return the first page, as soon as it is answered."""
    patience = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/", timeout=20) as found:
                return str(found.read().decode())
        except URLError:
            assert served.poll() is None
            assert time.monotonic() < patience
