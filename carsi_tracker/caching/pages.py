"""Where finished pages are kept: by a process, by all of a server, or in a cache server."""

import logging
import os
import pickle
from collections.abc import Callable
from contextlib import suppress
from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, lockf
from hashlib import sha256
from pathlib import Path
from threading import Lock, get_ident
from time import monotonic, time
from typing import Any, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.redis import RedisCache

from carsi_tracker.caching.once import Release
from carsi_tracker.caching.remembered import Kept
from carsi_tracker.caching.sealed import opened, sealed

T = TypeVar("T")

SHARE_IN_MEMORY = 8
"""What part of the pages of all processes each keeps in memory."""
SWEEPS = 16
"""A process looks at the files of all when it has written such a part of what they may be."""
BESIDES = 500
"""Bytes that a kept page takes beside its own."""
SECONDS_UNASKED = 5
"""Seconds for which a server that failed is not asked again."""
SECONDS_OF_A_TURN = 10
"""Seconds after which a turn to make a page ends, if the machine that took it has died."""
UNREADABLE = (
    pickle.UnpicklingError, EOFError, LookupError, ImportError, AttributeError, TypeError,
    ValueError,
)  # fmt: skip
"""What reading a page raises where another program has written something else in its place."""
SECONDS_UNSAID = 60
"""Seconds after which a failure that lasts is said again in the log."""

log = logging.getLogger(__name__)
KeptPage = tuple[Any, bytes]
"""When a page ends to be kept, as the clock of time.time() tells it, and the page, pickled."""
_kept: dict[str, Kept[str, KeptPage]] = {}
_opened: dict[Path, int] = {}
_opening = Lock()


class OfProcess(BaseCache):
    """Pages in the memory of this process, up to OPTIONS["BYTES"] of them, for all its threads."""

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        if name not in _kept:
            most = params["OPTIONS"]["BYTES"]
            _kept.setdefault(name, Kept(most, lambda page: len(page[1]) + BESIDES))
        self.pages = _kept[name]

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        ends, page = self._find(self.make_and_validate_key(key, version)) or (0, b"")
        if ends is not None and ends <= time():
            return default
        return pickle.loads(page)  # noqa: S301 (this process wrote it, or its like)

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> None:
        page = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        name = self.make_and_validate_key(key, version)
        self._keep(name, (self.get_backend_timeout(timeout), page))

    def delete(self, key: Any, version: Any = None) -> bool:
        return self.pages.drop(self.make_and_validate_key(key, version))

    def clear(self) -> None:
        self.pages.forget()

    def take(self, key: str) -> Release | None:
        """Take the turn to make a page."""
        return bool

    def _find(self, name: str) -> KeptPage | None:
        return self.pages.get(name)

    def _keep(self, name: str, page: KeptPage) -> None:
        self.pages.put(name, page)


class OfServer(OfProcess):
    """Pages in files, up to OPTIONS["BYTES"] of them, for all processes of a server.

    OPTIONS["FOLDER"] is theirs alone. A file is moved into its place, so that it is read whole or
    not at all. What a process asked last it keeps in memory as well.
    """

    unswept = 0
    """Bytes that this process has written since it looked at what all have written."""

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        self.folder, self.most = Path(params["OPTIONS"]["FOLDER"]), params["OPTIONS"]["BYTES"]
        super().__init__(name, {**params, "OPTIONS": {"BYTES": self.most // SHARE_IN_MEMORY}})

    def delete(self, key: Any, version: Any = None) -> bool:
        with suppress(OSError):
            self._file(self.make_and_validate_key(key, version)).unlink()
        return super().delete(key, version)

    def clear(self) -> None:
        super().clear()
        self._sweep(0)

    def take(self, key: str) -> Release | None:
        """Take the turn to make a page, by a lock that the system releases for a process that dies.

        Such a lock is the process's own: its threads take turns before.
        """
        place = int.from_bytes(sha256(key.encode()).digest()[:7])
        try:
            file = self._turns()
            lockf(file, LOCK_EX | LOCK_NB, 1, place)
        except BlockingIOError:
            return None
        except OSError:  # no room on the disk
            return bool
        return lambda: lockf(file, LOCK_UN, 1, place)

    def _turns(self) -> int:
        """Return the file of the locks, which stays open: closing it would release them all."""
        with _opening:
            if self.folder not in _opened:
                _opened[self.folder] = os.open(self.folder / "turns", os.O_RDWR | os.O_CREAT, 0o600)
            return _opened[self.folder]

    def _find(self, name: str) -> KeptPage | None:
        if (page := super()._find(name)) is None:
            with suppress(OSError, pickle.UnpicklingError, EOFError):
                page = pickle.loads(self._file(name).read_bytes())  # noqa: S301 (its like wrote it)
                super()._keep(name, page)
        return page

    def _keep(self, name: str, page: KeptPage) -> None:
        super()._keep(name, page)
        written = pickle.dumps(page, pickle.HIGHEST_PROTOCOL)
        beside = self.folder / f"{os.getpid()}-{get_ident()}"
        with suppress(OSError):  # without room on the disk, other processes make the page anew
            beside.write_bytes(written)
            beside.replace(self._file(name))
        OfServer.unswept += len(written)
        if OfServer.unswept > self.most // SWEEPS:
            OfServer.unswept = 0
            self._sweep(self.most - self.most // SWEEPS)

    def _file(self, name: str) -> Path:
        return self.folder / f"{sha256(name.encode()).hexdigest()}.page"

    def _sweep(self, most: int) -> None:
        """Remove the oldest files beyond so many bytes; other processes may do the same."""
        found = []
        for file in self.folder.glob("*.page"):
            with suppress(OSError):
                told = file.stat()
                found.append((told.st_mtime_ns, told.st_size, file))
        for _written, size, file in sorted(found, reverse=True):
            most -= size
            if most < 0:
                file.unlink(missing_ok=True)


class Shared(RedisCache):
    """Pages in Redis or a relative of it, for all processes of all machines.

    While it does not answer nothing is kept, and the log says so in one line a minute.
    """

    asked_from = said_from = 0.0
    """When it may be asked again, and a failure said again: for all threads, since it is one."""

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        kept = self._ask(None, lambda: super(Shared, self).get(key, None, version))
        if kept is None:
            return default
        name = self.make_and_validate_key(key, version)
        return self._ask(default, lambda: opened(name, kept))

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> None:
        page = sealed(self.make_and_validate_key(key, version), value)
        self._ask(None, lambda: super(Shared, self).set(key, page, timeout, version))

    def delete(self, key: Any, version: Any = None) -> bool:
        return self._ask(False, lambda: bool(super(Shared, self).delete(key, version)))  # noqa: FBT003

    def clear(self) -> None:
        """Remove what this cache has put there, and nothing else."""
        client = self._cache.get_client(write=True)
        for key in client.scan_iter(match=f"{self.key_prefix}:*", count=1000):
            client.delete(key)

    def take(self, key: str) -> Release | None:
        """Take the turn to make a page; it ends by itself where the process that has it dies."""
        name = self.make_and_validate_key(f"turn:{key}")
        lock = self._cache.get_client(write=True).lock(name, SECONDS_OF_A_TURN, blocking=False)
        taken: bool | None = self._ask(None, lock.acquire)
        if taken is None:  # nobody keeps turns now
            return bool
        return (lambda: self._ask(None, lock.release)) if taken else None

    def _ask(self, otherwise: T, ask: Callable[[], T]) -> T:
        from redis.exceptions import LockError, RedisError, ResponseError

        now = monotonic()
        if now < Shared.asked_from:
            return otherwise
        if Shared.asked_from:  # one asks whether it is back
            Shared.asked_from = now + SECONDS_UNASKED
        try:
            answer = ask()
        except LockError:  # the turn had ended by itself
            return otherwise
        except (ResponseError, *UNREADABLE) as error:  # it answers
            self._say("does not do what is asked", error)
            return otherwise
        except (RedisError, OSError) as error:
            Shared.asked_from = now + SECONDS_UNASKED
            self._say("does not answer", error)
            return otherwise
        else:
            Shared.asked_from = 0.0
            return answer

    def _say(self, what: str, error: Exception) -> None:
        if monotonic() >= Shared.said_from:
            Shared.said_from = monotonic() + SECONDS_UNSAID
            log.warning("The cache of CACHE_URL %s, pages do without: %s", what, error)
