"""Dear pages take places: so few are made at once that others are answered meanwhile."""

import logging
import weakref
from collections.abc import Callable, Hashable
from threading import Condition
from time import monotonic

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from carsi_tracker.monitoring import metrics
from carsi_tracker.web import serving

SECONDS_TO_WAIT = 5
"""How long a request waits for a place, and after how long the next one should be made."""
SECONDS_UNSAID = 60

log = logging.getLogger(__name__)
_said_from = 0.0


class Busy(Exception):
    """All places are taken, and so are those to wait in."""


class Places:
    """Places for work that a process does at once: few to work in, and few to wait in.

    The same thing, by its key, is never worked on twice at once: who asks for it too waits.
    """

    def __init__(self, working: int, waiting: int) -> None:
        self.working, self.waiting = working, waiting
        self._at_work: set[Hashable] = set()
        self._waiting = 0
        self._left = Condition()

    def take(self, key: Hashable) -> None:
        """Take a place, to be left again. Raises Busy where there is none for SECONDS_TO_WAIT."""
        with self._left:
            if not self._is_free_for(key):
                if self._waiting >= self.waiting:
                    raise Busy
                self._waiting += 1
                free = self._left.wait_for(lambda: self._is_free_for(key), SECONDS_TO_WAIT)
                self._waiting -= 1
                if not free:
                    raise Busy
            self._at_work.add(key)

    def leave(self, key: Hashable, *rest: Hashable) -> None:
        """Leave the place that was taken for a key, or keep it for what of the work is left."""
        with self._left:
            self._at_work.discard(key)
            self._at_work.update(rest)
            self._left.notify_all()

    def answer(self, key: Hashable, make: Callable[[], HttpResponseBase]) -> HttpResponseBase:
        """Make an answer in a place. Raises Busy.

        A streamed one leaves the place at its end; another may stream the same beside it.
        """
        self.take(key)
        streams: list[object] = []
        try:
            response = make()
            if response.streaming and not isinstance(response, FileResponse):  # it is made already
                streams.append(object())
        finally:
            self.leave(key, *streams)
        for stream in streams:
            leave = weakref.finalize(response, self.leave, stream)
            response._resource_closers.append(leave)  # type: ignore[attr-defined]
        return response

    def _is_free_for(self, key: Hashable) -> bool:
        return len(self._at_work) < self.working and key not in self._at_work


def places_of(threads: int) -> Places:
    """Return the places of a process that answers on so many threads: some are for other pages.

    Who searches waits a little rather than be refused, so most places are to wait in.
    """
    others = max(2, threads // 4)
    working = max(1, threads // 4)
    return Places(working, max(0, threads - others - working))


PLACES = places_of(serving.threads())


def busy(request: HttpRequest, *, file: bool) -> HttpResponse:
    """Answer that it should be asked again soon: by a page, or in plain text where a file is.

    Not an error of the tracker, so the log has a line a minute of it, not one a request.
    """
    global _said_from  # noqa: PLW0603 (of all threads)
    metrics.BUSY.inc()
    if monotonic() >= _said_from:
        _said_from = monotonic() + SECONDS_UNSAID
        log.warning("More dear pages are asked for than are made at once: %s", request.path)
    if file:
        said = _("The site is busy. Try again in a few seconds.")
        response = HttpResponse(f"{said}\n", "text/plain; charset=utf-8", status=503)
    else:
        response = render(request, "reports/busy.html", status=503)
    response["Retry-After"] = str(SECONDS_TO_WAIT)
    response["Cache-Control"] = "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined]  # by Django, as an error
    return response
