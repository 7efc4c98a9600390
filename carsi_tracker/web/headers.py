"""Headers by which browsers guard every answer, pages, files and refusals alike."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import add_never_cache_headers

# None that a browser may not know (Bluetooth, on Linux): each page had an error in its console.
NEVER_USED = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
USED_HERE = ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")
PERMISSIONS = ", ".join(
    [*(f"{name}=()" for name in NEVER_USED), *(f"{name}=(self)" for name in USED_HERE)]
)
OF_OTHERS = "Cross-Origin-Resource-Policy"
"""Whether pages of other sites may show an answer: none may, unless its view says so."""
READING = ("GET", "HEAD", "OPTIONS")
"""What may be asked of data; OPTIONS is what a browser asks first for a page of another site."""
SHOWN_ELSEWHERE = {
    OF_OTHERS: "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Disposition, ETag, Link, Retry-After",
}
"""What lets scripts and pages of other sites read an answer, without anybody's cookies."""
BEFORE = {
    "Access-Control-Allow-Methods": ", ".join(READING),
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
    "Allow": ", ".join(READING),
}
"""What a browser is told that asks before it lets such a script read."""
PRIVATE = ("/admin/", "/account/", "/es/admin/", "/es/account/")
"""Where addresses begin that answer each person otherwise."""


def shown_elsewhere(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Return a view whose answers, refusals too, scripts and pages of other sites may read."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=BEFORE)
        return view(request, *args, **kwargs)

    shown.is_shown_elsewhere = True  # type: ignore[attr-defined]
    return shown


def is_shown_elsewhere(view: Callable[..., Any]) -> bool:
    """Say whether a view gives data, which other sites may read."""
    return getattr(view, "is_shown_elsewhere", False)


class Guarded:
    """Say what browsers may do with an answer, and that nothing keeps what is of one person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if (asked := request.resolver_match) and is_shown_elsewhere(asked.func):
            for name, value in SHOWN_ELSEWHERE.items():
                response[name] = value
        response.headers.setdefault(OF_OTHERS, "same-origin")
        kept = response.headers.get("Cache-Control", "")
        if request.path_info.startswith(PRIVATE) and "private" not in kept:
            add_never_cache_headers(response)
        elif "public" in kept:  # who is given it by a cache must not lose their session by it
            response.cookies.clear()
        return response
