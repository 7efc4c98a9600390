"""Asks the site's own views, in this process, as they answered when a version was the newest."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus

from django.core.cache import caches
from django.core.cache.backends.dummy import DummyCache
from django.http import Http404, HttpRequest, QueryDict
from django.urls import resolve
from django.utils import translation

from carsi_tracker.caching.once import Release
from carsi_tracker.exports.frozen.places import HOST, Copy
from carsi_tracker.figures.versions import taken_for_newest
from carsi_tracker.ledger.days import as_on


class NotFrozen(Exception):
    """The copy can't be made; the message is a sentence that says why."""


class FrozenRequest(HttpRequest):
    """A request that no network sent: it tells nothing of the machine that makes the copy."""

    def __init__(self, address: str, language: str) -> None:
        super().__init__()
        self.path, _mark, query = address.partition("?")
        self.path_info = self.path
        self.method = "GET"
        self.META = {"REQUEST_METHOD": "GET", "QUERY_STRING": query}
        self.GET = QueryDict(query)
        self.LANGUAGE_CODE = language

    @property
    def scheme(self) -> str:
        """The one that the living site has."""
        return "https"

    def get_host(self) -> str:
        """Return a name that is no host's."""
        return HOST


class KeepsNothing(DummyCache):
    """Stands in for the pages that are kept, which are for readers: each is asked once."""

    def take(self, key: str) -> Release | None:
        """Take the turn to make a page."""
        return bool


@contextmanager
def as_it_stood(copy: Copy) -> Iterator[None]:
    """Let views answer as they did on the day of the newest version, which is that of the copy."""
    kept = caches["pages"]
    with ExitStack() as stack:
        stack.enter_context(as_on(copy.newest))
        stack.enter_context(taken_for_newest(copy.version))
        stack.callback(caches.__setitem__, "pages", kept)
        caches["pages"] = KeepsNothing("", {})
        yield


@contextmanager
def answer(address: str) -> Iterator[Iterable[bytes] | None]:
    """Give what the site answers at an address, in pieces; None where there is nothing.

    The answer is not closed, because that ends the session with the database as at the end of a
    request; what it holds is let go of with it.
    """
    path = address.partition("?")[0]
    language = "es" if path.startswith("/es/") else "en"
    with translation.override(language):
        match = resolve(path)
        try:
            response = match.func(FrozenRequest(address, language), *match.args, **match.kwargs)
        except Http404:
            yield None
            return
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise NotFrozen(f"{address} answered {response.status_code}.")
        yield response if response.status_code == HTTPStatus.OK else None
