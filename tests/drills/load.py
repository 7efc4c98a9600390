"""Readers and a poster who go on while something is done to what serves them."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.client import HTTPException
from itertools import count
from urllib.error import URLError

from tests.drills.machines import Visitor
from tests.drills.office import Office, Refused

ASKED = ("/", "/entries/", "/countries/hn/", "/status-of-funds/", "/search/?q=radio", "/changes/")
FIRST_DAY = date(2008, 1, 1)


@dataclass
class Seen:
    """What the readers were answered, by status, 0 for no answer; and what was posted."""

    statuses: dict[int, int] = field(default_factory=dict)
    longest: float = 0.0
    posted: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def answered(self, status: int, seconds: float) -> None:
        """Count an answer; threads take turns by the interpreter's lock of a dictionary."""
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.longest = max(self.longest, seconds)


@contextmanager
def under_load(
    reader: Callable[[], Visitor], work: Callable[[Seen], None], readers: int = 3
) -> Iterator[Seen]:
    """Let readers ask for pages that no cache has, and `work` be done again and again."""
    seen, ended = Seen(), threading.Event()
    days = count()

    def read() -> None:
        while not ended.is_set():
            number = next(days)
            path = ASKED[number % len(ASKED)]
            day = FIRST_DAY + timedelta(days=number)
            began = time.monotonic()
            try:
                status = reader().get(f"{path}{'&' if '?' in path else '?'}as_of={day}").status
            except (URLError, OSError, HTTPException):
                status = 0
            seen.answered(status, time.monotonic() - began)

    def repeat() -> None:
        while not ended.is_set():
            work(seen)

    threads = [threading.Thread(target=read) for _ in range(readers)]
    threads.append(threading.Thread(target=repeat))
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        ended.set()
        for thread in threads:
            thread.join(60)


def posting(office: Office, analyst: Visitor, approver: Visitor) -> Callable[[Seen], None]:
    """Return what submits an allocation and posts it, and keeps what was said of it."""
    amounts = count(1000)

    def post(seen: Seen) -> None:
        try:
            batch = office.allocate(analyst, f"{next(amounts)}.00", submitted=True)
            answer = office.post(approver, batch)
        except Refused as refused:
            seen.refused.append(str(refused))
            return
        if "Posted as version" in answer.body:
            seen.posted.append(batch)
        else:
            seen.refused.append(answer.body)

    return post
