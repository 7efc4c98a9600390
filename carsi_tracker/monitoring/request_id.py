"""The name of a request: on its answer, on pages that say what went wrong, in each line of the log.

It is the proxy's where one of ours stands in front, so that both logs tell of the same request.
"""

import logging
import re
import secrets
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest

HEADER, KEY = "X-Request-ID", "HTTP_X_REQUEST_ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")

_current: ContextVar[str] = ContextVar("request_id", default="")


def begin(request: HttpRequest) -> str:
    """Name a request, for all that its thread does from now on."""
    given = request.META.get(KEY, "") if settings.ALLAUTH_TRUSTED_PROXY_COUNT else ""
    name = given if WELL_FORMED.fullmatch(given) else made()
    _current.set(name)
    return name


def made() -> str:
    """Return a name that no other request has."""
    return secrets.token_hex(8)


def current() -> str:
    """Return the name of the request that this thread answers, "" where it answers none."""
    return _current.get()


class NameRequest(logging.Filter):
    """Gives each line of the log the name of the request that it is about."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Name the request, unless the line does; let the line pass."""
        if not hasattr(record, "request_id"):
            record.request_id = current()
        return True
