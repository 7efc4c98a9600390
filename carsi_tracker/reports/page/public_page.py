"""Public pages: asked once, computed once, and fresh as soon as the ledger changes."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from carsi_tracker.figures.query import Filters, Query, Version
from carsi_tracker.figures.versions import newest
from carsi_tracker.figures.vocabulary import Vocabulary, vocabulary
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.text import well_formed_bytes
from carsi_tracker.reports.page.address import Address, written
from carsi_tracker.reports.page.compression import compress, takes_gzip
from carsi_tracker.reports.page.parameters import BadAddress, read, read_address
from carsi_tracker.reports.page.places import PLACES, Busy, busy

P = ParamSpec("P")
MARKUP = re.compile(r"text/html|image/svg\+xml|application/(?:[a-z]+\+)?xml")
KEPT_FOR = 24 * 3600
"""Seconds that a page stays in the cache; its key says what it shows, so it is never stale."""
FILTERS = frozenset(filter_.name for filter_ in fields(Filters))
ASK_AGAIN = "public, no-cache"
"""How others may keep an answer: what is missing, too, may be posted next."""


@dataclass(frozen=True)
class PublicRequest:
    """What a page answers: the query, the rest of the address, the words it may use.

    `head` is the newest version, which the page need not be about.
    """

    query: Query
    address: Address
    words: Vocabulary
    head: Version
    texts_revision: int


def never(_request: HttpRequest, _asked: PublicRequest) -> bool:
    """Say of an ordinary page that it is not dear."""
    return False


def always(_request: HttpRequest, _asked: PublicRequest) -> bool:
    """Say of a dear page that it is dear, whatever it is asked."""
    return True


def public_page(
    *,
    sorts: frozenset[str] = frozenset(),
    own: tuple[str, ...] = (),
    dear: Callable[[HttpRequest, PublicRequest], bool] = never,
    file: bool = False,
) -> Callable[
    [Callable[Concatenate[HttpRequest, PublicRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Make a view of a query into a public page.

    The page answers 400 where the address asks nonsense, leads a version without checksum to its
    full address and a filter to how links write it, and is kept in the cache under all that it
    depends on: version, revision of the texts, release, language, day and address. `own` names the
    parameters that only this page has: the view reads them, and may raise BadAddress. A stream is
    not kept. A page that is `dear`, or asks for entries that hold some words, takes a place: 503
    where none is free, in plain text for a `file`.
    """

    def decorate(
        view: Callable[Concatenate[HttpRequest, PublicRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @require_safe
        @wraps(view)
        def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            head, revision = newest()
            try:
                public = _asked(request, head, revision, sorts, own)
            except BadAddress as bad:
                return _bad(request, bad)
            if _asks_less_than_it_means(request) or _is_not_plain(request, public):
                return HttpResponseRedirect(request.path + public.address.query_string())
            etag = _etag(request, public)
            if (fresh := get_conditional_response(request, etag=etag)) is not None:
                return _marked(fresh, etag)
            is_dear = dear(request, public) or bool(public.query.filters.text)
            try:
                return _answer(
                    request, etag, lambda: view(request, public, *args, **kwargs), dear=is_dear
                )
            except BadAddress as bad:
                return _bad(request, bad)
            except Busy:
                return busy(request, file=file)

        return page

    return decorate


def _answer(
    request: HttpRequest, etag: str, view: Callable[[], HttpResponseBase], *, dear: bool
) -> HttpResponseBase:
    """Return a page as it is kept; else make it, in a place if it is dear, and keep it."""

    def make() -> HttpResponseBase:
        response = _marked(view(), etag)
        if response.status_code == 200 and isinstance(response, HttpResponse):
            _send_well(request, response)
            caches["pages"].set(etag, response, KEPT_FOR)
        return response

    kept: HttpResponseBase | None = caches["pages"].get(etag)
    if kept is not None or not dear:
        return kept or make()
    return PLACES.answer(etag, lambda: caches["pages"].get(etag) or make())


def _asked(
    request: HttpRequest,
    head: Version,
    revision: int,
    sorts: frozenset[str],
    own: tuple[str, ...],
) -> PublicRequest:
    for name, values in request.GET.lists():
        if len(values) > 1:
            raise BadAddress(name, " ".join(values), "1")
    query = read(request.GET.dict(), head, revision)
    address = read_address(request.GET.dict(), query, sorts, own)
    version = query.version
    words = vocabulary(version.number, version.checksum, revision)
    return PublicRequest(query, address, words, head, revision)


def _asks_less_than_it_means(request: HttpRequest) -> bool:
    version = request.GET.get("version", "")
    return bool(request.GET.get("known_on")) or (bool(version) and "-" not in version)


def _is_not_plain(request: HttpRequest, public: PublicRequest) -> bool:
    """Say whether a filter is sent empty, as forms do, or written otherwise than links write it."""
    names = FILTERS & request.GET.keys()
    chosen = written(public.query.filters) if names else {}
    return any(request.GET[name] != chosen.get(name) for name in names)


def _send_well(request: HttpRequest, response: HttpResponse) -> None:
    """Replace what markup can't hold, which old versions may, and compress what may be."""
    if MARKUP.match(response.headers.get("Content-Type", "")):
        response.content = well_formed_bytes(response.content)
    if takes_gzip(request):
        compress(response)


def _bad(request: HttpRequest, bad: BadAddress) -> HttpResponse:
    others = request.GET.copy()
    others.pop(bad.parameter, None)
    without = f"{request.path}?{others.urlencode()}" if others else request.path
    response = render(request, "400.html", {"bad": bad, "without": without}, status=400)
    response["Cache-Control"] = ASK_AGAIN
    return response


def _etag(request: HttpRequest, public: PublicRequest) -> str:
    parts = (
        public.head.checksum,
        public.texts_revision,
        settings.RELEASE,
        request.LANGUAGE_CODE,
        takes_gzip(request),
        request.scheme,
        request.get_host(),
        request.path,
        public.address.query_string(),
        public.query.day,
        today(),
    )
    return quote_etag(hashlib.sha256(repr(parts).encode()).hexdigest()[:32])


def _marked(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response["Cache-Control"] = ASK_AGAIN
    if response.status_code in (200, 304):
        response["ETag"] = etag
        patch_vary_headers(response, ["Accept-Encoding"])
    return response
