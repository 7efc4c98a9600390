"""Error pages: they say what happened and where to go, and repeat nothing of the address.

So their other language leads to its own first page.
"""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from psycopg.errors import (
    DiskFull,
    IdleInTransactionSessionTimeout,
    ReadOnlySqlTransaction,
)

from carsi_tracker.monitoring import request_id
from carsi_tracker.reports.page.address import other_languages
from carsi_tracker.reports.page.answering import ASK_AGAIN

MINUTE = 60
SECONDS_TO_WAIT = 10
ENDED = IdleInTransactionSessionTimeout
"""What PostgreSQL says of a session that it ended; to Django an error of its own."""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (by Django)
    """Answer what can't be understood at all."""
    return _error(request, "400.html", 400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (by Django)
    """Answer, byte for byte alike, for what never existed and what was never posted."""
    response = _error(request, "404.html", 404)
    response["Cache-Control"] = ASK_AGAIN
    return response


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (by Django)
    """Answer what this person may not do."""
    return _error(request, "403.html", 403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault of the tracker, or one of its database, which is not asked for anything."""
    error = sys.exc_info()[1]
    if _can_not_save(error):
        return _unavailable(request, "503_not_saved.html", MINUTE)
    cause = getattr(error, "__cause__", None)
    if isinstance(error, OperationalError | InterfaceError) or isinstance(cause, ENDED):
        return _unavailable(request, "503.html", SECONDS_TO_WAIT)
    return _error(request, "500.html", 500)


def _error(request: HttpRequest, template: str, status: int) -> HttpResponse:
    context = {"languages": other_languages("/", ""), "request_id": request_id.current()}
    return render(request, template, context, status=status)


def _unavailable(request: HttpRequest, template: str, seconds: int) -> HttpResponse:
    response = _error(request, template, 503)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response


def _can_not_save(error: BaseException | None) -> bool:
    """Say whether the database reads, but has no room, or is a standby that only follows."""
    return isinstance(getattr(error, "__cause__", None), DiskFull | ReadOnlySqlTransaction)
