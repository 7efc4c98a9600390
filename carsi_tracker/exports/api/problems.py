"""Refusals of the API as problems (RFC 9457), whoever refuses: a view, Django, the database."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from carsi_tracker.reports.page.answering import ASK_AGAIN
from carsi_tracker.reports.page.parameters import BadAddress

PREFIX = "/api/v1/"
MEDIA_TYPE = "application/problem+json"
DETAILS = {
    400: "This address cannot be read. Follow the addresses that answers give.",
    403: "This may not be asked.",
    404: (
        "Nothing has this address in the version that is asked. Ask the list that it would be in, "
        "or a newer version."
    ),
    405: "Only GET, HEAD and OPTIONS are answered: nothing can be changed here.",
    406: "Answers are JSON. Send Accept: application/json, or no such header.",
    429: "Too many requests came from you. Wait, then ask again.",
    500: "Something went wrong here, and was written down. Ask again later.",
    503: "This cannot be answered now. Ask again after the seconds that Retry-After names.",
}
"""What is said of a status where nobody says more."""


def problem(status: int, detail: str = "", **more: object) -> HttpResponse:
    """Return a refusal: its kind, what happened, and members of its own."""
    response = HttpResponse(status=status)
    _say(response, detail or DETAILS.get(status, ""), more)
    return response


def _say(response: HttpResponse, detail: str, more: dict[str, Any]) -> None:
    status = response.status_code
    said = {
        "type": f"/api/#problem-{status}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or HTTPStatus(status).description,
        **more,
    }
    response.content = json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")
    response["Content-Type"] = MEDIA_TYPE
    response["Content-Length"] = str(len(response.content))


def of_bad_address(_request: HttpRequest, bad: BadAddress) -> HttpResponse:
    """Answer a parameter that can't be read: which, its value, and what is accepted."""
    why = bad.because or f"Use {bad.accepted}."
    response = problem(
        400,
        f"The value “{bad.value}” for {bad.parameter} is not valid. {why}",
        parameter=bad.parameter,
        value=bad.value,
        accepted=bad.accepted or bad.because,
    )
    response["Cache-Control"] = ASK_AGAIN
    return response


class Problems:
    """Put every refusal below the API's address as a problem, keeping its headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if (
            request.path_info.startswith(PREFIX)
            and response.status_code >= 400
            and isinstance(response, HttpResponse)
            and response.get("Content-Type") != MEDIA_TYPE
        ):
            _say(response, DETAILS.get(response.status_code, ""), {})
        return response
