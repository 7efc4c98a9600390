"""The newest version, which figures are about by default."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from carsi_tracker.database import reading
from carsi_tracker.figures.query import Version

_taken_for_newest: ContextVar[Version | None] = ContextVar("taken_for_newest", default=None)


def newest() -> tuple[Version, int]:
    """Return the newest version, and the revision of the texts that pages show."""
    head = reading.head()
    return _taken_for_newest.get() or Version(*head), head.revision


@contextmanager
def taken_for_newest(version: Version) -> Iterator[None]:
    """Answer as if nothing had been posted after a version."""
    token = _taken_for_newest.set(version)
    try:
        yield
    finally:
        _taken_for_newest.reset(token)
