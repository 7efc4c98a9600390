"""A release follows the one before without a break: both serve one database meanwhile, and back."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.drills.balancer import Balancer
from tests.drills.clusters import Cluster
from tests.drills.load import Seen, posting, under_load
from tests.drills.machines import Visitor, WebMachine, manage, serving
from tests.drills.office import HEAD, PASSWORD, Office
from tests.drills.releases import PROBE, addresses, fill, lay_out

SHORT_WAIT = 10  # seconds, of two busy processors
NOT_THERE = {"/documents/gao-13-295r/file/": 404, "/.well-known/security.txt": 404}
"""No file of the document was loaded, and no contact was set."""


@pytest.fixture
def office(cluster_before: Cluster, folder: Path, clusters: list[Cluster]) -> Office:
    """Give a running server that the release before has filled."""
    made = cluster_before.copied(folder / "primary")
    clusters.append(made)
    made.start()
    return Office(made)


@pytest.fixture
def old(office: Office, release_before: Path, folder: Path) -> Iterator[WebMachine]:
    """Give a web machine of the release before."""
    url = office.cluster.url()
    with serving(release_before, folder / "old.log", PROBE, DATABASE_URL=url) as machine:
        yield machine


def test_the_release_before_works_on_the_migrated_database_beside_this_one(
    office: Office, old: WebMachine, release_before: Path, checkout: Path, folder: Path
) -> None:
    """Readers at the old code, the desk at the old and the new in turn, and then verified whole."""
    url = office.cluster.url()
    manage(checkout, "migrate", "--verbosity=0", **office.cluster.environment)
    with serving(checkout, folder / "new.log", DATABASE_URL=url) as new:
        assert statuses(old, addresses(release_before)) == NOT_THERE
        for at, other in ((old, new), (new, old)):
            work_at(office, at, other)
    assert "Traceback" not in (folder / "old.log").read_text()
    said = manage(checkout, "verify_ledger", **office.cluster.environment)
    assert said.startswith(f"Verified: {office.value(HEAD)} versions, ")


def statuses(machine: WebMachine, examples: dict[str, str]) -> dict[str, int]:
    """Return the public addresses, in both languages, that don't answer 200."""
    found = {}
    for address in examples.values():
        in_one_language = re.search(r"\.|/file/|/health/", address)
        for asked in (address,) if in_one_language else (address, f"/es{address}"):
            if (status := machine.get(asked).status) != 200:
                found[asked] = status
    return found


def work_at(office: Office, machine: WebMachine, other: WebMachine) -> None:
    """Draft, import, correct, submit and post at one machine; the other shows each version."""
    ana, pablo = machine.visitor(), machine.visitor()
    ana.sign_in("ana", PASSWORD)
    pablo.sign_in("pablo", PASSWORD)
    first = office.allocate(ana, "250,000.00")
    office.submit(ana, first)
    taken_back = office.posted(pablo, first)
    for batch in (
        office.imported(ana, f"UPGRADE-{taken_back}"),
        office.reduced(ana, "CARSI-09-INCLE-01"),
        office.reversed(ana, taken_back),
    ):
        office.submit(ana, batch)
        version = office.posted(pablo, batch)
        shown = other.get(f"/changes/{version}/")
        assert (shown.status, "Ana Núñez" in shown.body) == (200, True)


@pytest.mark.long
def test_migrating_holds_readers_up_for_a_moment_and_loses_no_posting(
    office: Office, old: WebMachine, checkout: Path
) -> None:
    with working_at(office, old.visitor) as seen:
        for again in ((), ("--apply-rules",), ("--apply-rules",)):
            manage(checkout, "migrate", "--verbosity=0", *again, **office.cluster.environment)
    assert seen.statuses.keys() == {200}
    assert seen.longest < SHORT_WAIT
    assert seen.posted
    require_all_posted(office, seen)
    assert seen.refused == []


@contextmanager
def working_at(office: Office, visitor: Callable[[], Visitor]) -> Iterator[Seen]:
    """Let readers read, and ana and pablo submit and post, at the machine of the visitors."""
    ana, pablo = visitor(), visitor()
    ana.sign_in("ana", PASSWORD)
    pablo.sign_in("pablo", PASSWORD)
    with under_load(visitor, posting(office, ana, pablo)) as seen:
        yield seen


def require_all_posted(office: Office, seen: Seen) -> None:
    """Find each posting that was acknowledged, in the ledger."""
    found = "select count(*) from ledger_batch where id = any(%s) and version is not null"
    assert office.value(found, seen.posted) == len(seen.posted)


@pytest.mark.long
def test_two_machines_are_upgraded_one_after_the_other_and_back_without_a_break(
    office: Office, release_before: Path, checkout: Path, folder: Path
) -> None:
    """As `docs/upgrade.md` has it, behind nginx by its lines; then the old ones start again."""
    with ExitStack() as machines, Balancer(folder) as balancer:
        serve = partial(_serve, machines, office, folder)
        ends = {port: serve(release_before, PROBE, port) for port in balancer.ports}
        with working_at(office, balancer.visitor) as seen:
            manage(checkout, "migrate", "--verbosity=0", **office.cluster.environment)
            for release, probe in ((checkout, "/ready/"), (release_before, PROBE)):
                for port in balancer.ports:
                    balancer.take_out(port)
                    ends[port]()
                    ends[port] = serve(release, probe, port)
                    balancer.put_back()
                    assert static_files_missing(balancer.visitor()) == set()
    assert seen.statuses.keys() == {200}
    assert seen.refused == []
    assert len(seen.posted) > len(balancer.ports)
    require_all_posted(office, seen)
    said = manage(checkout, "verify_ledger", **office.cluster.environment)
    assert said.startswith(f"Verified: {office.value(HEAD)} versions, ")


def _serve(
    machines: ExitStack, office: Office, folder: Path, release: Path, probe: str, port: int
) -> Callable[[], None]:
    """Serve a release at a port, and return what ends it."""
    one = machines.enter_context(ExitStack())
    log = folder / f"{port}-{release.name}.log"
    url = office.cluster.url()
    one.enter_context(serving(release, log, probe, DATABASE_URL=url, PORT=str(port)))
    return one.close


def static_files_missing(visitor: Visitor) -> set[str]:
    """Return the static files that pages name, of whichever machine, and that nobody has."""
    named = set()
    for _ in range(6):
        named.update(re.findall(r'"(/static/[^"]+)"', visitor.get("/").body))
    assert named
    return {name for name in sorted(named) if visitor.get(name).status != 200}


@pytest.mark.long
@pytest.mark.parametrize(
    ("version", "lacks"),
    [("0.2.0", ["/published/gao-obligated-2013-floor/"]), ("0.3.0", []), ("0.4.0", [])],
)
def test_what_an_older_release_filled_is_brought_up_to_date(
    version: str, lacks: list[str], release_before: Path, checkout: Path, folder: Path,
    clusters: list[Cluster],
) -> None:  # fmt: skip
    """Each address of the release before, since the older ones keep no list of theirs."""
    not_there = NOT_THERE | dict.fromkeys([*lacks, *(f"/es{path}" for path in lacks)], 404)
    release, made = folder / "release", Cluster(folder / "older", settings=(("fsync", "off"),))
    release.mkdir()
    lay_out(version, release)
    clusters.append(made)
    made.initialise()
    fill(release, made)
    manage(checkout, "migrate", "--verbosity=0", **made.environment)
    said = manage(checkout, "verify_ledger", **made.environment)
    assert said.startswith("Verified: ")
    with serving(checkout, folder / "web.log", DATABASE_URL=made.url()) as machine:
        assert statuses(machine, addresses(release_before)) == not_there
