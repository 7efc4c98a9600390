"""Public pages of another day each time, beside Datasette and Fava with the same rows.

Both are installed for it, at the versions named, into an environment of their own under var/.
Each site is served by two processes. Datasette has an index that covers the sums and a file of
inspection; its pages are HTML. Fava's are blank without script, so that its JSON is asked for.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from benchmarks import ledgers, peer_sites
from benchmarks.ledgers import Ledger
from benchmarks.processes import cpu_seconds, postgres, served
from benchmarks.reader import rate
from benchmarks.size import either
from benchmarks.table import Row

SIZES = either((134, 10_000, 100_000), (134,))
ROUNDS = either(7, 1)
REQUESTS = either(90, 8)  # at most, in a turn; a day is asked once
LEAST_REQUESTS = 8
SECONDS_A_TURN = 3.0
CONNECTIONS = 8
FIRST_DAY, DAYS = date(2009, 9, 1), 757
"""From when the sourced ledger is nearly full to when the last of the added entries is."""


@dataclass
class Page:
    """A page of a site, `address` with a hole for the day, and what was measured of it."""

    site: "Site"
    address: str
    rates: list[float]
    cpu: list[float]  # milliseconds a request
    requests: int = REQUESTS


@dataclass(frozen=True)
class Site:
    """Servers of the same pages, the roots of their processes, and whom they ask."""

    name: str
    ports: tuple[int, ...]
    processes: tuple[int, ...]


def measure(folder: Path) -> Iterator[Row]:
    """Yield the rates of pages, and their CPU time, against those of both peers."""
    peer_sites.install()
    for entries in SIZES:
        ledger = ledgers.make(folder, f"peers_{entries}")
        ledgers.add_entries(ledger, entries - SIZES[0])
        yield from _rows(folder, ledger, entries)


def _rows(folder: Path, ledger: Ledger, entries: int) -> Iterator[Row]:
    with ExitStack() as open_:
        port, process = open_.enter_context(served(ledger))
        tracker = Site("tracker", (port,), (process, postgres(folder)))
        rows = peer_sites.rows_of(ledger)
        datasette, fava = (
            Site(name, *open_.enter_context(start(rows)))
            for name, start in (("Datasette", peer_sites.datasette), ("Fava", peer_sites.fava))
        )
        totals = [
            _page(tracker, "/areas/?as_of={}"),
            _page(tracker, "/?as_of={}"),
            _page(datasette, peer_sites.DATASETTE_TOTALS),
            _page(fava, peer_sites.FAVA_TOTALS),
        ]
        lists = [
            _page(tracker, "/entries/?country=HN&as_of={}"),
            _page(datasette, peer_sites.DATASETTE_LIST),
            _page(fava, peer_sites.FAVA_LIST),
        ]
        for pages in (totals, lists):
            _take_turns(pages)
            ours = [page for page in pages if page.site is tracker]
            theirs = [page for page in pages if page.site is not tracker]
            for own in ours:
                for peer in theirs:
                    yield from _compared(own, peer, entries)


def _page(site: Site, address: str) -> Page:
    return Page(site, address, [], [])


def _take_turns(pages: Sequence[Page]) -> None:
    """Ask for each page of other days, in turns; the first round is not counted."""
    days = {id(page): _days() for page in pages}
    for number in range(ROUNDS + 1):
        for page in pages:
            addresses = [
                page.address.format(day)
                for day, _ in zip(days[id(page)], range(page.requests), strict=False)
            ]
            before = cpu_seconds(page.site.processes)
            found = rate(page.site.ports, addresses, CONNECTIONS)
            spent = cpu_seconds(page.site.processes) - before
            if number:
                page.rates.append(found)
                page.cpu.append(1000 * spent / len(addresses))
            else:
                wanted = max(LEAST_REQUESTS, int(found * SECONDS_A_TURN))
                page.requests = min(page.requests, wanted)


def _days() -> Iterator[date]:
    for number in random.Random(165).sample(range(DAYS), DAYS):
        yield FIRST_DAY + timedelta(days=number)


def _compared(own: Page, peer: Page, entries: int) -> Iterator[Row]:
    what = f"{entries:,} entries, {own.address.split('?')[0]}"
    yield Row(
        f"{what} : {peer.site.name}",
        f"{median(own.rates):,.0f}/s",
        f"{median(peer.rates):,.0f}/s",
        [ours / theirs for ours, theirs in zip(own.rates, peer.rates, strict=True)],
        "> 1",
    )
    yield Row(
        f"{what} : {peer.site.name}, CPU time",
        f"{median(own.cpu):,.1f} ms",
        f"{median(peer.cpu):,.1f} ms",
        [ours / theirs for ours, theirs in zip(own.cpu, peer.cpu, strict=True)],
    )
