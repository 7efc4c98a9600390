"""What a process remembers: every answer that it keeps is kept by this module.

So each of them is bounded, safe under threads, can't be altered by who was given it, and all of
them can be emptied.
"""

from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache, wraps
from threading import Lock
from types import MappingProxyType
from typing import Any, Generic, ParamSpec, TypeVar

from cachetools import LRUCache
from cachetools.keys import hashkey

P = ParamSpec("P")
R = TypeVar("R")
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_forgetting: list[Callable[[], object]] = []


class Kept(Generic[K, V]):
    """Values by key, those used last, that weigh `most` together; for all threads of a process."""

    def __init__(self, most: int, weigh: Callable[[V], int] = lambda _value: 1) -> None:
        self._values: LRUCache[K, V] = LRUCache(most, getsizeof=weigh)
        self._lock = Lock()
        _forgetting.append(self.forget)

    @property
    def weight(self) -> int:
        """What all values weigh together."""
        return int(self._values.currsize)

    def get(self, key: K) -> V | None:
        """Return what is kept under a key; None where there is nothing."""
        with self._lock:
            return self._values.get(key)

    def put(self, key: K, value: V) -> None:
        """Keep a value, at the cost of those used longest ago; not one heavier than all may be."""
        with self._lock:
            self._values.pop(key, None)
            if self._values.getsizeof(value) <= self._values.maxsize:
                self._values[key] = value

    def drop(self, key: K) -> bool:
        """Forget one value; say whether there was one."""
        with self._lock:
            return self._values.pop(key, None) is not None

    def forget(self) -> None:
        """Forget all values."""
        with self._lock:
            self._values.clear()


def remembered(
    most: int, weigh: Callable[[Any], int] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function remember its answers: `most` of them, or such that weigh `most` together.

    Its arguments have to be hashable, and say all that the answer depends on. Mappings, lists and
    sets that it answers can be read only. Threads that ask the same at once may each compute it.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def answer(*args: P.args, **kwargs: P.kwargs) -> R:
            found: R = unalterable(function(*args, **kwargs))
            return found

        if weigh is None:
            kept_by_number = lru_cache(most)(answer)
            _forgetting.append(kept_by_number.cache_clear)
            return kept_by_number  # type: ignore[return-value]  # arguments are hashable
        kept: Kept[Hashable, tuple[R]] = Kept(most, lambda found: weigh(*found))

        @wraps(function)
        def look_up(*args: P.args, **kwargs: P.kwargs) -> R:
            key = hashkey(*args, **kwargs)  # type: ignore[arg-type]  # arguments are hashable
            found = kept.get(key)
            if found is None:
                found = (answer(*args, **kwargs),)
                kept.put(key, found)
            return found[0]

        return look_up

    return decorate


def forget_everything() -> None:
    """Empty all that this process remembers."""
    for forget in _forgetting:
        forget()


def unalterable(value: Any) -> Any:
    """Return mappings, lists and sets, also inside each other, such that they can only be read."""
    if isinstance(value, MappingProxyType):
        return value  # made here, or it would be copied each time that an answer holds another
    if isinstance(value, Mapping):
        return MappingProxyType({key: unalterable(each) for key, each in value.items()})
    if type(value) in {list, tuple}:
        return tuple(unalterable(each) for each in value)
    return frozenset(value) if isinstance(value, set) else value
