"""What is asked when Prometheus asks: the database, the processes of this machine."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from resource import getpagesize
from typing import Any

from django.db import DatabaseError, InterfaceError, connections, transaction
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from carsi_tracker import __version__, environment
from carsi_tracker.monitoring.witnesses import witnesses

PATIENCE = "5s"
"""The statement_timeout of what is asked; Prometheus waits for ten seconds."""
OF_LEDGER = """
    select
        h.version as ledger_version,
        extract(epoch from p.posted_at)::float8 as ledger_posted_timestamp_seconds,
        (select count(*) from ledger_batch where state::text = 'draft') as drafts,
        q.waiting as queue_batches,
        coalesce(extract(epoch from now() - q.oldest), 0)::float8 as queue_age_seconds,
        (select count(*) from mail_waitingmail) as mails_waiting,
        (
            select count(*) from pg_stat_activity where datname = current_database()
        ) as database_connections,
        current_setting('max_connections')::integer as database_connections_most,
        extract(epoch from v.finished_at)::float8 as verification_timestamp_seconds,
        v.problem_count as verification_problems
    from ledger_head h
    left join ledger_posting p on p.version = h.version
    cross join (
        select count(*) as waiting, min(submitted_at) as oldest
        from ledger_batch where state::text = 'submitted'
    ) q
    left join lateral (
        select finished_at, problem_count from monitoring_verification order by id desc limit 1
    ) v on true
"""
TOLD = """
    select coalesce(min(coalesce(t.version, 0)), 0) as version
    from unnest(%s::text[]) as w (witness)
    left join (
        select witness, max(version) as version from monitoring_witnessedversion group by witness
    ) t using (witness)
"""
MEANINGS = {
    "ledger_version": "The newest version of the ledger",
    "ledger_posted_timestamp_seconds": "When the newest version was posted",
    "drafts": "Batches that are drafts",
    "queue_batches": "Batches that wait for an approver",
    "queue_age_seconds": "Seconds since the oldest of these was submitted",
    "mails_waiting": "Mails that the mail server has not taken",
    "database_connections": "Sessions of the database, of all machines",
    "database_connections_most": "Sessions that the server allows",
    "verification_timestamp_seconds": "When the ledger was verified last",
    "verification_problems": "What that found wrong",
    "witness_version": "The newest version of which every witness was told",
}
LAG = """
    select case
        when not pg_is_in_recovery() then 0
        when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
        else extract(epoch from now() - pg_last_xact_replay_timestamp())::float8
    end, (select version from ledger_head)
"""

log = logging.getLogger(__name__)


class OfDatabase(Collector):
    """What the database knows; `carsi_database_up` alone where it does not answer."""

    def collect(self) -> Iterator[Metric]:
        """Ask the database and yield what it said."""
        up = GaugeMetricFamily("carsi_database_up", "1 where the database answers", value=1)
        try:
            found = _asked("default", OF_LEDGER)
            if wanted := witnesses():
                found["witness_version"] = _asked("default", TOLD, wanted)["version"]
        except (DatabaseError, InterfaceError):
            log.warning("The database does not answer for the metrics", exc_info=True)
            found, up.samples[0] = {}, up.samples[0]._replace(value=0)
        yield up
        for name, meaning in MEANINGS.items():
            if found.get(name) is not None:
                yield GaugeMetricFamily(f"carsi_{name}", meaning, value=found[name])


class OfReplicas(Collector):
    """How far each replica is behind; one that does not answer is `carsi_replica_up` 0."""

    def collect(self) -> Iterator[Metric]:
        """Ask each replica."""
        up = GaugeMetricFamily("carsi_replica_up", "1 where it answers", labels=["replica"])
        lag = GaugeMetricFamily("carsi_replica_lag_seconds", "Seconds behind", labels=["replica"])
        version = GaugeMetricFamily("carsi_replica_version", "Its version", labels=["replica"])
        for alias in connections:
            if alias == "default":
                continue
            try:
                seconds, newest = _asked(alias, LAG).values()
            except (DatabaseError, InterfaceError):
                up.add_metric([alias], 0)
            else:
                up.add_metric([alias], 1)
                if seconds is not None:  # it has followed a primary since it started
                    lag.add_metric([alias], seconds)
                version.add_metric([alias], newest)
        yield from (up, lag, version)


class OfMachine(Collector):
    """What this installation is, its processes, and its last back-up."""

    def __init__(self, processes: Callable[[], dict[str, int]]) -> None:
        self.processes = processes

    def collect(self) -> Iterator[Metric]:
        """Yield the release, each process by name, and the time of the stamp of back-ups."""
        release = GaugeMetricFamily("carsi_release_info", "The release", labels=["release"])
        release.add_metric([__version__], 1)
        yield release
        memory = GaugeMetricFamily(
            "carsi_process_memory_bytes", "Memory that a process has", labels=["process"]
        )
        files = GaugeMetricFamily(
            "carsi_process_open_files", "Files and connections", labels=["process"]
        )
        for name, pid in self.processes().items():
            with suppress(OSError):  # it has ended meanwhile
                pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
                memory.add_metric([name], pages * getpagesize())
                files.add_metric([name], len([*Path(f"/proc/{pid}/fd").iterdir()]))
        yield from (memory, files)
        stamp = Path(environment.text("BACKUP_STAMP"))
        if stamp.is_file():
            said = "When the last back-up ended"
            at = stamp.stat().st_mtime
            yield GaugeMetricFamily("carsi_backup_timestamp_seconds", said, value=at)


def siblings() -> dict[str, int]:
    """Return the processes of the web server by name, seen from the one that tells metrics."""
    main, own = os.getppid(), os.getpid()
    children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    web = sorted(int(pid) for pid in children if int(pid) != own)
    return {"main": main, "metrics": own} | {f"web {n}": pid for n, pid in enumerate(web, 1)}


def _asked(alias: str, query: str, *values: list[str]) -> dict[str, Any]:
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute("select set_config('statement_timeout', %s, true)", [PATIENCE])
        cursor.execute(query, values or None)
        names = [column.name for column in cursor.description or ()]
        return dict(zip(names, cursor.fetchone() or (), strict=False))
