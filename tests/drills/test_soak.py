"""Served for long, the tracker takes no more memory, handles, threads, connections and files.

`make soak` prints the table, over SOAK_MINUTES; the drills take one minute.
"""

import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import mean
from urllib.request import urlopen
from uuid import uuid4

import psycopg
import pytest

from tests.drills.at_work import (
    PASSWORD,
    Work,
    assert_nothing_was_lost,
    make_people,
    people_at_work,
)
from tests.drills.clusters import SUPERUSER, Cluster, free_port
from tests.drills.machines import Visitor, WebMachine, serving

MINUTES = float(os.environ.get("SOAK_MINUTES", "1"))
SECONDS_BETWEEN_SAMPLES = 1.0
GROWTH = {
    "MB of web processes": 12,
    "MB of PostgreSQL": 12,
    "file handles": 8,
    "threads": 4,
    "connections": 4,
    "MB of temporary files": 2,
    "MB remembered": 12,
}
"""What the mean of the last quarter may have more than that of the quarter before, beside 5 %."""
IMPORT = "/admin/ledger/batch/import/"
HEADINGS = (
    "reference,title,fiscal_year,account,area,country,agency,stage,amount_usd,effective_date,"
    "document,basis"
)


def family(pid: int) -> Iterator[int]:
    """Yield a process and all that it has started."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from family(int(child))


def status(pid: int, name: str) -> int:
    """Return a number of a process's status; 0 where it has ended."""
    try:
        found = re.search(
            rf"^{name}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE
        )
    except OSError:
        return 0
    return int(found[1]) if found else 0


def handles(pid: int) -> int:
    try:
        return sum(1 for _handle in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return 0


def size(path: Path) -> int:
    """Return the bytes of a file; none of one that is swept away meanwhile, or of a folder."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except FileNotFoundError:
        return 0


def sample(
    machine: WebMachine, cluster: Cluster, temporary: Path, metrics: str
) -> dict[str, float]:
    """Return what all processes have now; memory without what they share."""
    web, database = list(family(machine.process.pid)), list(family(cluster.postmaster))
    with psycopg.connect(cluster.url(SUPERUSER)) as session:
        (connections,) = session.execute(
            "select count(*) from pg_stat_activity where usename = 'carsi_app'"
        ).fetchone() or (0,)
    return {
        "MB of web processes": sum(status(pid, "RssAnon") for pid in web) / 1024,
        "MB of PostgreSQL": sum(status(pid, "RssAnon") for pid in database) / 1024,
        "file handles": sum(handles(pid) for pid in web),
        "threads": sum(status(pid, "Threads") for pid in web),
        "connections": connections,
        "MB of temporary files": sum(map(size, temporary.rglob("*"))) / 2**20,
        "MB remembered": remembered(metrics) / 2**20,
    }


def remembered(metrics: str) -> float:
    """Return how many bytes the web processes say that they remember."""
    with urlopen(metrics, timeout=60) as told:
        found = re.search(r"^carsi_remembered_bytes (\S+)$", told.read().decode(), re.MULTILINE)
    return float(found[1]) if found else 0


def keep_importing(work: Work, visitor: Visitor) -> None:
    """Import a pasted row of a new commitment, and submit it, again and again."""
    while not work.stop.is_set():
        reason = f"Soak {uuid4()}"
        row = (
            f"SOAK-{uuid4().hex[:12]},Radios,2008,INCLE,law-enforcement,PA,State/INL,committed,"
            "1.00,2010-02-01,activities-2010,stated"
        )
        preview = work.sent(visitor, IMPORT, {"pasted": f"{HEADINGS}\n{row}\n"})
        page = preview and re.search(rf'href="/es({IMPORT}[^"]+/)"', preview.body)  # in Spanish
        if not (preview and page):
            continue
        fields = {"title": reason, "reason": reason, "language": "en"}
        made = work.answer(lambda: visitor.post(page[1], fields, form=preview))  # noqa: B023
        batch = made and re.search(r"/admin/ledger/batch/(\d+)/", made.body)
        if made and batch:
            submit = f"/admin/ledger/batch/{batch[1]}/submit/"
            if work.answer(lambda: visitor.post(submit, {}, form=made)):  # noqa: B023
                work.hand_over(int(batch[1]), reason)


@pytest.mark.long
def test_work_that_goes_on_takes_no_more_of_the_machine(
    checkout: Path, primary: Cluster, folder: Path
) -> None:
    temporary = folder / "temporary"
    temporary.mkdir()
    port = str(free_port())
    metrics = f"http://127.0.0.1:{port}/metrics"
    more = {
        "TMPDIR": str(temporary), "PAGE_CACHE_MB": "8", "LOG_LEVEL": "error", "METRICS_PORT": port,
    }  # fmt: skip
    samples: list[dict[str, float]] = []
    with serving(checkout, folder / "web.log", **primary.environment, **more) as machine:
        make_people(primary, 1, "importer")
        visitor = machine.visitor()
        visitor.sign_in("importer1", PASSWORD)
        with people_at_work(machine, primary) as work:
            importer = threading.Thread(target=keep_importing, args=[work, visitor])
            importer.start()
            until = time.monotonic() + MINUTES * 60
            while time.monotonic() < until:
                samples.append(sample(machine, primary, temporary, metrics))
                time.sleep(SECONDS_BETWEEN_SAMPLES)
            work.stop.set()
            importer.join()
        assert_nothing_was_lost(work, machine, primary, checkout)
        assert machine.log.read_text().splitlines()[1:] == []
        assert any(reason.startswith("Soak") for reason in work.acknowledged.values())
    quarter = len(samples) // 4
    means = {
        name: [mean(s[name] for s in samples[n * quarter : (n + 1) * quarter]) for n in range(4)]
        for name in GROWTH
    }
    sys.stdout.write(f"\n{table(means, work)}\n")
    for name, (_first, _second, third, last) in means.items():
        assert last <= 1.05 * third + GROWTH[name], table(means, work)


def table(means: dict[str, list[float]], work: Work) -> str:
    """Return the means of the four quarters, a line each."""
    lines = [f"{MINUTES:g} minutes: {work.answered} answers, {len(work.acknowledged)} postings"]
    lines.append(f"{'quarter':24}" + "".join(f"{number:>9}" for number in range(1, 5)))
    lines += [f"{name:24}" + "".join(f"{v:9.1f}" for v in values) for name, values in means.items()]
    return "\n".join(lines)
