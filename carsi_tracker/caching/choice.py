"""Which caches there are, by what the environment says."""

import re
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from carsi_tracker import environment

SECONDS = 0.5
"""How long a page waits for the shared cache."""


def page_cache() -> dict[str, Any]:
    """Return where finished pages are kept, as Django's CACHES take it.

    Raises ImproperlyConfigured where CACHE_URL can't be used.
    """
    servers = environment.address_of("CACHE_URL", "redis", "rediss", "unix")
    if not servers:
        megabytes = environment.number("PAGE_CACHE_MB", 64, 1, 100_000)
        return {
            "BACKEND": "carsi_tracker.caching.pages.OfProcess",
            "OPTIONS": {"BYTES": megabytes * 2**20},
        }
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
            "socket_connect_timeout": SECONDS,
            "socket_timeout": SECONDS,
            "retry": Retry(NoBackoff(), 0),
        },
    }
