"""One line of the log for each request, when its answer has been made.

It tells the path without what stands behind a question mark: what somebody searches for is theirs.
"""

import logging
from collections.abc import Callable, Iterator
from functools import partial
from ipaddress import ip_address, ip_network
from time import perf_counter
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.encoding import escape_uri_path

from carsi_tracker.caching.remembered import bytes_remembered, remembered
from carsi_tracker.monitoring import logs, metrics, request_id
from carsi_tracker.monitoring.probes import PROBES

NETWORK = {4: 24, 6: 48}
"""How many bits of an address say in which network it is, and not who in it."""


class Observed:
    """Name each request, and tell of it once it is answered; stands before all the others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began, name = perf_counter(), request_id.begin(request)
        response = self.get_response(request)
        response.headers[request_id.HEADER] = name
        sent = [0]
        if isinstance(response, HttpResponse):
            sent = [len(response.content)]
        elif isinstance(response, StreamingHttpResponse) and "Content-Length" not in response:
            response.streaming_content = _counted(response.streaming_content, sent)
        else:
            sent = [int(response.headers.get("Content-Length", 0))]
        closed = partial(_answered, request, response, name, began, sent)
        response._resource_closers.append(closed)  # type: ignore[attr-defined]
        return response


def _answered(
    request: HttpRequest, response: HttpResponseBase, name: str, began: float, sent: list[int]
) -> None:
    """Tell of a request, in whatever thread its answer ends."""
    route, user = _route(request), getattr(request, "_cached_user", None)
    seconds = perf_counter() - began
    metrics.count_request(route, request.method or "", response.status_code, seconds)
    metrics.REMEMBERED.set(bytes_remembered())
    is_ready = request.path_info in PROBES and response.status_code == 200
    level = logging.DEBUG if is_ready else logging.INFO
    if not logs.of_requests.isEnabledFor(level):
        return
    logs.write(
        level,
        method=request.method or "",
        path=escape_uri_path(request.path),
        status=response.status_code,
        ms=round(1000 * seconds, 1),
        bytes=0 if request.method == "HEAD" else sent[0],
        route=route,
        user=getattr(user, "pk", None),
        address=_address(request),
        request_id=name,
    )


def _counted(parts: Any, sent: list[int]) -> Iterator[bytes]:
    """Yield the parts of an answer; `sent` counts their bytes."""
    for part in parts:
        sent[0] += len(part)
        yield part


def _route(request: HttpRequest) -> str:
    """Return the name of the address that was asked for, as the addresses have it."""
    if request.resolver_match:
        return request.resolver_match.view_name
    if request.path_info in PROBES:
        return PROBES[request.path_info]
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"


def _address(request: HttpRequest) -> str | None:
    """Return the address of who asks, as far as LOG_ADDRESSES lets it be logged."""
    if settings.LOG_ADDRESSES == "none":
        return None
    try:
        return _shortened(_adapter().get_client_ip(request), settings.LOG_ADDRESSES)
    except (PermissionDenied, ImproperlyConfigured, ValueError):
        return None


@remembered(1)
def _adapter() -> DefaultAccountAdapter:
    return get_adapter()


@remembered(1000)
def _shortened(written: str, wanted: str) -> str:
    address = ip_address(written)
    if wanted == "whole":
        return str(address)
    return str(ip_network((address, NETWORK[address.version]), strict=False))
