"""What a process remembers: every answer that it keeps is kept by this module.

Answers that can be large share one bound in bytes; others are few. So they are bounded, safe
under threads, can't be altered by who was given them, and all of them can be emptied.
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

MEGABYTES = 128
"""How much a process remembers of all answers together that say their bytes."""
BESIDES = 1500
"""How many bytes an answer takes beside itself: its question, and its place among the others."""

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


_answers: Kept[Hashable, tuple[int, Any]] = Kept(MEGABYTES * 2**20, lambda answer: answer[0])


class RememberedAnswers(Generic[K, V]):
    """Answers of one kind; what is asked least, of all kinds, gives way to what is asked.

    `weigh` says how many bytes an answer takes.
    """

    def __init__(self, weigh: Callable[[V], int]) -> None:
        self._weigh = weigh

    def get(self, key: K) -> V | None:
        """Return what is remembered under a key; None where there is nothing."""
        found: tuple[int, V] | None = _answers.get((self, key))
        return found[1] if found else None

    def put(self, key: K, value: V) -> None:
        """Remember an answer."""
        _answers.put((self, key), (BESIDES + self._weigh(value), value))


def remembered(
    most: int = 0, *, weigh: Callable[[Any], int] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function remember its answers: `most` of them, or within the bound of all.

    `weigh` says how many bytes an answer takes; then it is the bound of all kinds together.

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
        answers: RememberedAnswers[Hashable, tuple[R]] = RememberedAnswers(
            lambda found: weigh(*found)
        )

        @wraps(function)
        def look_up(*args: P.args, **kwargs: P.kwargs) -> R:
            key = hashkey(*args, **kwargs)  # type: ignore[arg-type]  # arguments are hashable
            found = answers.get(key)
            if found is None:
                found = (answer(*args, **kwargs),)
                answers.put(key, found)
            return found[0]

        return look_up

    return decorate


def bytes_remembered() -> int:
    """Return how many bytes the answers of all kinds take, by what they say of themselves."""
    return _answers.weight


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
