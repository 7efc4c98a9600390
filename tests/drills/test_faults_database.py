"""A standby that is promoted in the middle of work has all that was acknowledged."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.drills.at_work import CUT_OFF, SILENT, assert_nothing_was_lost, people_at_work
from tests.drills.clusters import APPLICATION, DATABASE, OWNER, PASSWORD, SUPERUSER, Cluster
from tests.drills.machines import serving


def address(role: str, *servers: Cluster) -> str:
    """Return the address of whichever of the servers takes writes."""
    hosts = ",".join(f"{server.host}:{server.port}" for server in servers)
    return f"postgresql://{role}:{PASSWORD}@{hosts}/{DATABASE}?target_session_attrs=read-write"


@pytest.mark.long
def test_a_standby_is_promoted_in_the_middle(
    checkout: Path, primary: Cluster, make_standby: Callable[..., Cluster], folder: Path
) -> None:
    standby = make_standby("standby")
    with psycopg.connect(primary.url(SUPERUSER), autocommit=True) as session:
        session.execute("alter system set synchronous_standby_names = '*'")
        session.execute("select pg_reload_conf()")
    both = {"DATABASE_URL": address(APPLICATION, primary, standby)}
    both["DATABASE_OWNER_URL"] = address(OWNER, primary, standby)
    with (
        serving(checkout, folder / "web.log", **both) as machine,
        people_at_work(machine, primary) as work,
    ):
        work.until_posted()
        primary.kill()
        work.until_refused(SILENT)
        standby.promote()
        work.until_posted()
        assert_nothing_was_lost(work, machine, standby, checkout, SILENT, CUT_OFF)
