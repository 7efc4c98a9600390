"""Web servers that are measured, and the processor time of processes."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.ledgers import Ledger
from carsi_tracker.local.web_server import WebServer
from carsi_tracker.web.processes import bound

TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def served(ledger: Ledger) -> Iterator[tuple[int, int]]:
    """Serve a ledger as `make run` does; give the port, and the first of the processes."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    os.environ["DATABASE_URL"] = ledger.application.url
    with tempfile.TemporaryDirectory() as kept, bound("127.0.0.1", 0) as listener:
        server = WebServer(Path(kept) / "web.lock")
        server.start(listener)
        assert server.process is not None  # noqa: S101 (started)
        try:
            yield listener.getsockname()[1], server.process.pid
        finally:
            server.stop()
            server.lock.close()
            del os.environ["DATABASE_URL"]


def postgres(folder: Path) -> int:
    """Return the first process of the server of a folder."""
    return int((folder / "postmaster.pid").read_text().split()[0])


def cpu_seconds(roots: Iterable[int]) -> float:
    """Return the processor time of processes and of all that they started, ended ones too."""
    return sum(sum(map(int, fields[11:15])) for fields in _family(roots).values()) / TICKS


def memory(roots: Iterable[int]) -> float:
    """Return the memory of processes and of all that they started, in MiB, shared parts once."""
    return sum(_proportional(pid) for pid in _family(roots)) / 1024


def _proportional(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _family(roots: Iterable[int]) -> dict[int, list[str]]:
    """Return what the system tells of processes and all below them, from the state on."""
    told = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                told[int(entry.name)] = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
    family = set(roots)
    while more := {pid for pid, fields in told.items() if int(fields[1]) in family} - family:
        family |= more
    return {pid: told[pid] for pid in family if pid in told}
