"""Pages compressed, for browsers that take them so.

Only for pages that hold no secret and nothing of who asks, so that their size gives nothing away.
"""

import gzip
import re

from django.http import HttpRequest, HttpResponse

ACCEPTED = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
COMPRESSIBLE = re.compile(r"text/|image/svg\+xml|application/(?:[a-z]+\+)?(?:json|xml)")


def takes_gzip(request: HttpRequest) -> bool:
    """Say whether the browser takes an answer compressed by gzip."""
    return bool(ACCEPTED.search(request.headers.get("Accept-Encoding", "")))


def compress(response: HttpResponse) -> None:
    """Compress the body of an answer by gzip, unless its format is compressed already."""
    if COMPRESSIBLE.match(response.headers.get("Content-Type", "")):
        response.content = gzip.compress(response.content, compresslevel=6, mtime=0)
        response["Content-Encoding"] = "gzip"
