"""Answers that are read from whichever server has the newest version."""

from collections.abc import Callable, Iterator
from contextvars import Context, copy_context
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from carsi_tracker.database import reading

P = ParamSpec("P")


def from_any_server(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let a view that only reads be answered by a replica, by another where that one fails.

    A stream is begun before it is sent, so that what fails by then is asked for elsewhere; its rest
    comes from the server that began it.
    """

    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not reading.replicas():
            return view(request, *args, **kwargs)
        return reading.answered(lambda: _begun(request, view(request, *args, **kwargs)))

    return page


def _begun(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    made = isinstance(response, FileResponse) or request.method == "HEAD"
    if isinstance(response, StreamingHttpResponse) and not made:
        pieces: Iterator[bytes] = iter(response.streaming_content)  # type: ignore[arg-type]
        first = next(pieces, b"")
        response.streaming_content = _continued(first, pieces, copy_context())
    return response


def _continued(first: bytes, rest: Iterator[bytes], context: Context) -> Iterator[bytes]:
    yield first
    while (piece := context.run(next, rest, None)) is not None:
        yield piece
