"""Which caches there are, by what the environment says."""

import os
import re
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from carsi_tracker import environment

FOLDER = "CARSI_PAGES"
"""The name under which the web server tells its processes where their pages are."""
SECONDS = 0.5
"""How long a page waits for the shared cache."""


def page_cache() -> dict[str, Any]:
    """Return where finished pages are kept, as Django's CACHES take it.

    Raises ImproperlyConfigured where CACHE_URL can't be used.
    """
    servers = environment.address_of("CACHE_URL", "redis", "rediss", "unix")
    if not servers:
        bound = {"BYTES": environment.number("PAGE_CACHE_MB", 64, 1, 100_000) * 2**20}
        if folder := os.environ.get(FOLDER):
            return {
                "BACKEND": "carsi_tracker.caching.pages.OfServer",
                "OPTIONS": {**bound, "FOLDER": folder},
            }
        return {"BACKEND": "carsi_tracker.caching.pages.OfProcess", "OPTIONS": bound}
    try:
        from redis.backoff import NoBackoff
        from redis.connection import parse_url
        from redis.retry import Retry
    except ImportError:
        raise ImproperlyConfigured(
            "CACHE_URL is set, but the package redis is not installed: "
            "install it, or leave CACHE_URL away."
        ) from None
    for server in re.split("[;,]", servers):
        try:
            named = parse_url(server)  # type: ignore[no-untyped-call]
        except ValueError as error:
            raise ImproperlyConfigured(f"CACHE_URL is no address of a cache: {error}.") from None
        if not named.keys() & {"host", "path"}:
            raise ImproperlyConfigured("CACHE_URL names no server, such as redis://127.0.0.1:6379.")
    return {
        "BACKEND": "carsi_tracker.caching.pages.Shared",
        "LOCATION": servers,
        "KEY_PREFIX": "carsi-pages",
        "OPTIONS": {
            "serializer": "carsi_tracker.caching.sealed.AsWritten",
            "socket_connect_timeout": SECONDS,
            "socket_timeout": SECONDS,
            "retry": Retry(NoBackoff(), 0),
        },
    }
