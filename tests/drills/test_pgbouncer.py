"""pgbouncer in transaction mode between the web processes and PostgreSQL."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.copies import ROOT
from tests.drills.clusters import APPLICATION, DATABASE, PASSWORD, PATIENCE, Cluster, free_port
from tests.drills.load import posting, under_load
from tests.drills.machines import serving
from tests.drills.office import HEAD, Office
from tests.drills.office import PASSWORD as OF_PEOPLE
from tests.reports.addresses import EXAMPLES

CONNECTIONS = 4


def test_the_office_works_through_it_and_files_are_whole(
    migrated: Cluster, checkout: Path, folder: Path
) -> None:
    """Two machines with more threads than it has connections; each file as without it."""
    office = Office(migrated)
    with (
        pgbouncer(folder, office.cluster) as pooled,
        serving(checkout, folder / "direct.log", DATABASE_URL=office.cluster.url()) as direct,
        serving(checkout, folder / "one.log", DATABASE_URL=pooled) as one,
        serving(checkout, folder / "two.log", DATABASE_URL=pooled) as two,
    ):
        for address in EXAMPLES.values():
            if "." in address and not address.endswith(".pdf"):
                expected = direct.get(address, Host="localhost")
                assert one.get(address, Host="localhost").body == expected.body, address
        ana, pablo = one.visitor(), two.visitor()
        ana.sign_in("ana", OF_PEOPLE)
        pablo.sign_in("pablo", OF_PEOPLE)
        batch = office.imported(ana, "POOLED-1")
        office.submit(ana, batch)
        assert office.posted(pablo, batch) == office.value(HEAD)
        with under_load(two.visitor, posting(office, ana, pablo), readers=4) as seen:
            patience = time.monotonic() + 3 * PATIENCE
            while len(seen.posted) < 2 or sum(seen.statuses.values()) < 30:
                assert time.monotonic() < patience, seen
                time.sleep(0.1)
        assert (seen.statuses.keys(), seen.refused) == ({200}, [])
        backends = "select count(*) from pg_stat_activity where usename = %s"
        assert office.value(backends, APPLICATION) <= CONNECTIONS + 16  # of the direct machine
    for name in ("one", "two"):
        assert "Traceback" not in (folder / f"{name}.log").read_text()


@contextmanager
def pgbouncer(folder: Path, cluster: Cluster) -> Iterator[str]:
    """Run pgbouncer by the file of `deploy/` before a cluster, and give its address."""
    program = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin")
    if not program:
        pytest.skip("Debian's package pgbouncer is not installed.")
    port = free_port()
    lines = (ROOT / "deploy/pgbouncer.ini").read_text()
    for line in (
        f"carsi = host=127.0.0.1 port={cluster.port} dbname={DATABASE}",
        "listen_addr = 127.0.0.1", f"listen_port = {port}", f"auth_file = {folder}/users",
        f"default_pool_size = {CONNECTIONS}", "unix_socket_dir =",
        f"logfile = {folder}/pgbouncer.log", f"pidfile = {folder}/pgbouncer.pid",
    ):  # fmt: skip
        name = line.split(" = ")[0].removesuffix(" =")
        lines, changed = re.subn(rf"(?m)^{name} =.*$", lambda _found, to=line: to, lines)
        assert changed == 1, name
    (folder / "users").write_text(f'"{APPLICATION}" "{PASSWORD}"\n')
    (folder / "pgbouncer.ini").write_text(lines)
    (folder / "users").chmod(0o644)
    process = subprocess.Popen(
        [program, "-q", str(folder / "pgbouncer.ini")], user="postgres", group="postgres",
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"postgresql://{APPLICATION}:{PASSWORD}@127.0.0.1:{port}/{DATABASE}"
    patience = time.monotonic() + PATIENCE
    try:
        while True:
            try:
                psycopg.connect(address).close()
                break
            except psycopg.OperationalError:
                assert time.monotonic() < patience, (folder / "pgbouncer.log").read_text()
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(20)
