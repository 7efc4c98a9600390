"""Servers that are left alone after they failed, until a thread of its own finds one well again.

So no reader waits for a server that is known to be away.
"""

import logging
from collections.abc import Callable
from threading import Lock, Thread
from time import monotonic, sleep

SECONDS_BETWEEN_LOOKS = 2.0
SECONDS_UNSAID = 60.0
"""Seconds after which a failure that comes again is said again in the log."""

log = logging.getLogger(__name__)


class Resting:
    """Which servers are left alone, and since when some have lacked what the primary has."""

    def __init__(self, is_well: Callable[[str], bool]) -> None:
        self._is_well = is_well
        self._resting: set[str] = set()
        self._late_since: dict[str, float] = {}
        self._said_from: dict[str, float] = {}
        self._lock = Lock()

    def may_be_asked(self, name: str) -> bool:
        """Say whether readers may be sent to a server."""
        return name not in self._resting

    def is_late(self, name: str) -> bool:
        """Say whether a server lacked what the primary had when it was last asked."""
        return name in self._late_since

    def keeps_up(self, name: str) -> None:
        """Note that a server has what the primary has."""
        self._late_since.pop(name, None)

    def lacks(self, name: str, limit: int) -> None:
        """Note that a server lacks what the primary has; for `limit` seconds it may."""
        if monotonic() - self._late_since.setdefault(name, monotonic()) >= limit:
            self.rest(name, f"for {limit} seconds it has not told what the primary tells")

    def rest(self, name: str, why: str) -> None:
        """Leave a server alone until it is well."""
        with self._lock:
            if name in self._resting:
                return
            self._resting.add(name)
        if monotonic() >= self._said_from.get(name, 0.0):
            self._said_from[name] = monotonic() + SECONDS_UNSAID
            log.warning("Readers do without the database server %r: %s", name, why)
        Thread(target=self._look_after, args=(name,), daemon=True).start()

    def _look_after(self, name: str) -> None:
        while True:
            sleep(SECONDS_BETWEEN_LOOKS)
            if self._is_well(name):
                self._resting.discard(name)
                return
