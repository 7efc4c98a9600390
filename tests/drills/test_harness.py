"""The servers that drills are made of do what the drills ask of them."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.copies import ROOT
from tests.drills import packages
from tests.drills.clusters import OWNER, Cluster
from tests.drills.machines import serving
from tests.sourced import COMMITTED, millions


@pytest.mark.long
def test_a_web_machine_on_a_standby_tells_what_the_primary_has(
    checkout: Path, primary: Cluster, make_standby: Callable[..., Cluster], folder: Path
) -> None:
    standby = make_standby("standby")
    with psycopg.connect(primary.url(OWNER), autocommit=True) as session:
        session.execute("comment on table ledger_entry is 'replicated'")
    standby.wait_for(primary)
    with serving(checkout, folder / "web.log", DATABASE_URL=standby.url()) as machine:
        assert f"${millions(COMMITTED)} million" in machine.get("/").body
    primary.kill()
    standby.promote()
    with psycopg.connect(standby.url(OWNER)) as session:
        assert session.execute("select obj_description('ledger_entry'::regclass)").fetchone() == (
            "replicated",
        )


def test_packages_of_debian_that_are_missing_are_named_with_the_line_that_installs_them() -> None:
    assert packages.missing(["base-files", "no-such-package"]) == ["no-such-package"]
    said = packages.sentence(["nginx", "buildah"])
    assert "Debian’s packages nginx, buildah fail or are skipped" in said
    assert said.endswith("apt-get install --no-install-recommends nginx buildah.")
    assert "nginx" in packages.needed()
    told = (ROOT / "CONTRIBUTING.md").read_text()
    assert {name for name in packages.LONG if f"`{name}`" not in told} == set()
