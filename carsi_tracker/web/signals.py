"""How a process is told to stop, and what it does not leave half done."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(BaseException):
    """Somebody asked the tracker to stop; no handler of faults is meant."""


def stop_on_signals() -> None:
    """Let the first of the signals raise Stop, and the others do nothing."""
    for number in SIGNALS:
        signal.signal(number, _stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let signals wait until what must not be left half done is done."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _stop(_number: int, _frame: FrameType | None) -> None:
    for number in SIGNALS:
        signal.signal(number, _go_on)
    raise Stop


def _go_on(_number: int, _frame: FrameType | None) -> None:
    """Do nothing; Python complains of a signal that came just before it was ignored."""


def is_stopping() -> bool:
    """Say whether this process was asked to stop, whatever became of Stop on its way."""
    return signal.getsignal(signal.SIGTERM) == _go_on
