"""Headers by which browsers guard every answer, pages, files and refusals alike."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
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
PRIVATE = ("/admin/", "/account/", "/es/admin/", "/es/account/")
"""Where addresses begin that answer each person otherwise."""


class Guarded:
    """Say what browsers may do with an answer, and that nothing keeps what is of one person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault(OF_OTHERS, "same-origin")
        kept = response.headers.get("Cache-Control", "")
        if request.path_info.startswith(PRIVATE) and "private" not in kept:
            add_never_cache_headers(response)
        elif "public" in kept:  # who is given it by a cache must not lose their session by it
            response.cookies.clear()
        return response
