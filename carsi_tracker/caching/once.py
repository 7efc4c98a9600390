"""A cold page is made once, however many ask for it at the same moment; the others are given it."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition
from time import monotonic, sleep
from typing import Protocol, TypeVar

SECONDS_TO_WAIT = 5.0
"""How long others wait for who makes a page; then they make it themselves."""
SECONDS_BETWEEN_LOOKS = 0.02

T = TypeVar("T")
Release = Callable[[], object]

_making: Counter[str] = Counter()
_left = Condition()


class Turns(Protocol):
    """Where pages are kept, by processes that take turns to make them."""

    def take(self, key: str) -> Release | None:
        """Take the turn to make a page, to be released; None where another process has it."""
        ...


def once(key: str, turns: Turns, find: Callable[[], T | None], make: Callable[[], T]) -> T:
    """Return what is found, or made while nobody else makes it; `make` keeps it to be found."""
    with _turn_in_process(key) as first:
        release = _wait_for(key, turns, find) if first else None
        try:
            return find() or make()
        finally:
            if release:
                release()


@contextmanager
def _turn_in_process(key: str) -> Iterator[bool]:
    """Be the one thread that makes a page, or else wait; say whether nobody else makes it now."""
    with _left:
        first = _left.wait_for(lambda: not _making[key], SECONDS_TO_WAIT)
        _making[key] += 1
    try:
        yield first
    finally:
        with _left:
            _making[key] -= 1
            if not _making[key]:
                del _making[key]
            _left.notify_all()


def _wait_for(key: str, turns: Turns, find: Callable[[], T | None]) -> Release | None:
    """Wait until a page is there, or it is the turn of this process; None where it has none."""
    until = monotonic() + SECONDS_TO_WAIT
    while find() is None:
        if release := turns.take(key):
            return release
        if monotonic() >= until:
            break
        sleep(SECONDS_BETWEEN_LOOKS)
    return None
