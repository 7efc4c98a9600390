"""How a public page is answered: by the copy that a browser has, from the cache, or made anew.

Pages travel compressed: they hold no secret and nothing of who asks, so that their size gives
nothing away.
"""

import gzip
import re
from collections.abc import Callable

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

from carsi_tracker.caching.once import once
from carsi_tracker.ledger.text import well_formed_bytes
from carsi_tracker.monitoring import metrics
from carsi_tracker.reports.page.places import PLACES

KEPT_FOR = 24 * 3600
"""Seconds that a page stays in the cache; its key says what it shows, so it is never stale."""
ASK_AGAIN = "public, max-age=0, stale-if-error=86400"
"""How others may keep an answer: they ask each time, since even what is missing may be posted next.

While that is answered by an error they may show it for a day, which `no-cache` would forbid.
"""
FOR_GOOD = "public, max-age=31536000, immutable"
"""How others may keep what never changes."""
MARKUP = re.compile(r"text/html|image/svg\+xml|application/(?:[a-z]+\+)?xml")
ACCEPTED = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
COMPRESSIBLE = re.compile(r"text/|image/svg\+xml|application/(?:[a-z]+\+)?(?:json|xml)")


def answer(
    request: HttpRequest,
    etag: str,
    view: Callable[[], HttpResponseBase],
    *,
    dear: bool,
    fixed: bool = False,
) -> HttpResponseBase:
    """Answer 304, or the page as it is kept; else make it, in a place if it is dear, and keep it.

    A stream is not kept. What is `fixed` others may keep for good. Raises Busy.
    """
    response = _found_or_made(request, etag, view, dear=dear)
    if fixed and response.status_code in (200, 304):
        response["Cache-Control"] = FOR_GOOD
    return response


def _found_or_made(
    request: HttpRequest, etag: str, view: Callable[[], HttpResponseBase], *, dear: bool
) -> HttpResponseBase:

    def make() -> HttpResponseBase:
        response = _marked(view(), etag)
        metrics.COMPUTED.inc()
        if response.status_code == 200 and isinstance(response, HttpResponse):
            _make_ready(request, response)
            caches["pages"].set(etag, response, KEPT_FOR)
        return response

    if (fresh := get_conditional_response(request, etag=etag)) is not None:
        metrics.UNCHANGED.inc()
        return _marked(fresh, etag)
    if (kept := _kept(etag)) is not None:
        metrics.FROM_CACHE.inc()
        return kept

    def make_once() -> HttpResponseBase:
        return once(etag, caches["pages"], lambda: _kept(etag), make)  # type: ignore[arg-type]

    return PLACES.answer(etag, make_once) if dear else make_once()


def _kept(etag: str) -> HttpResponseBase | None:
    found = caches["pages"].get(etag)
    return found if isinstance(found, HttpResponse) else None


def takes_gzip(request: HttpRequest) -> bool:
    """Say whether the browser takes an answer compressed by gzip."""
    return bool(ACCEPTED.search(request.headers.get("Accept-Encoding", "")))


def _marked(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response["Cache-Control"] = ASK_AGAIN
    if response.status_code in (200, 304):
        response["ETag"] = etag
        patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _make_ready(request: HttpRequest, response: HttpResponse) -> None:
    """Replace what markup can't hold, which old versions may, and compress what may be."""
    kind = response.headers.get("Content-Type", "")
    if MARKUP.match(kind):
        response.content = well_formed_bytes(response.content)
    if takes_gzip(request) and COMPRESSIBLE.match(kind):
        response.content = gzip.compress(response.content, compresslevel=6, mtime=0)
        response["Content-Encoding"] = "gzip"
