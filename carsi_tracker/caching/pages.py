"""Where finished pages are kept: in the memory of a process, or in a server that all share."""

import logging
import pickle
from collections.abc import Callable
from time import monotonic, time
from typing import Any, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.redis import RedisCache

from carsi_tracker.caching.remembered import Kept

T = TypeVar("T")

BESIDES = 500
"""Bytes that a kept page takes beside its own."""
SECONDS_UNASKED = 5
"""Seconds for which a server that failed is not asked again."""
SECONDS_UNSAID = 60
"""Seconds after which a failure that lasts is said again in the log."""

log = logging.getLogger(__name__)
_kept: dict[str, Kept[str, tuple[Any, bytes]]] = {}


class OfProcess(BaseCache):
    """Pages in the memory of this process, up to OPTIONS["BYTES"] of them, for all its threads."""

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        if name not in _kept:
            most = params["OPTIONS"]["BYTES"]
            _kept.setdefault(name, Kept(most, lambda page: len(page[1]) + BESIDES))
        self.pages = _kept[name]

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        name = self.make_and_validate_key(key, version)
        ends, page = self.pages.get(name) or (0, b"")
        if ends is not None and ends <= time():
            return default
        return pickle.loads(page)  # noqa: S301 (this process wrote it)

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> None:
        page = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        name = self.make_and_validate_key(key, version)
        self.pages.put(name, (self.get_backend_timeout(timeout), page))

    def delete(self, key: Any, version: Any = None) -> bool:
        return self.pages.drop(self.make_and_validate_key(key, version))

    def clear(self) -> None:
        self.pages.forget()


class Shared(RedisCache):
    """Pages in Redis or a relative of it, for all processes.

    While it does not answer nothing is kept, and the log says so in one line a minute.
    """

    asked_from = said_from = 0.0
    """When it may be asked again, and a failure said again: for all threads, since it is one."""

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._ask(default, lambda: super(Shared, self).get(key, default, version))

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> None:
        self._ask(None, lambda: super(Shared, self).set(key, value, timeout, version))

    def delete(self, key: Any, version: Any = None) -> bool:
        return self._ask(False, lambda: bool(super(Shared, self).delete(key, version)))  # noqa: FBT003

    def clear(self) -> None:
        """Remove what this cache has put there, and nothing else."""
        client = self._cache.get_client(write=True)
        for key in client.scan_iter(match=f"{self.key_prefix}:*", count=1000):
            client.delete(key)

    def _ask(self, otherwise: T, ask: Callable[[], T]) -> T:
        from redis.exceptions import RedisError

        now = monotonic()
        if now < Shared.asked_from:
            return otherwise
        try:
            return ask()
        except (RedisError, OSError, pickle.UnpicklingError) as error:
            Shared.asked_from = now + SECONDS_UNASKED
            if now >= Shared.said_from:
                Shared.said_from = now + SECONDS_UNSAID
                log.warning("The cache of CACHE_URL does not answer, pages do without: %s", error)
            return otherwise
