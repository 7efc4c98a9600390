"""The log: lines of text or of JSON on the standard error, as the environment says."""

import logging
from typing import Any

from django.utils.encoding import escape_uri_path
from pythonjsonlogger.core import RESERVED_ATTRS

from carsi_tracker import environment

FIELDS = ["levelname", "name", "message", "request_id"]
JSON = {
    "()": "pythonjsonlogger.json.JsonFormatter",
    "fmt": FIELDS,
    "rename_fields": {"levelname": "level", "name": "logger"},
    "reserved_attrs": [*RESERVED_ATTRS, *("request", "sql", "params")],  # which tell queries
    "timestamp": "time",
}
ADDRESSES = ("none", "network", "whole")
of_requests = logging.getLogger("carsi_tracker.requests")


class TextFormatter(logging.Formatter):
    """What is said, then the name of the request, then where an error came from."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (as in logging)
        """Return the line that comes before a traceback."""
        said = super().formatMessage(record)
        request_id: str = getattr(record, "request_id", "")
        return f"{said} [{request_id}]" if request_id else said


def logging_by_environment(*, deployed: bool) -> dict[str, Any]:
    """Return Django's LOGGING, by LOG_FORMAT and LOG_LEVEL; raises ImproperlyConfigured.

    An installation that is deployed has a line for each request, unless it is told otherwise.
    """
    form = environment.choice("LOG_FORMAT", "text", "json") or "text"
    level = environment.choice("LOG_LEVEL", "debug", "info", "warning", "error")
    level = level or ("info" if deployed else "warning")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "one line": {"()": "carsi_tracker.web.log.OneLine"},
            "request": {"()": "carsi_tracker.monitoring.request_id.NameRequest"},
        },
        "formatters": {"text": {"()": f"{__name__}.TextFormatter"}, "json": dict(JSON)},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "filters": ["one line", "request"],
                "formatter": form,
            }
        },
        "root": {"handlers": ["console"], "level": level.upper()},
        "loggers": {"waitress.queue": {"level": "ERROR"}},  # else a line a request that waits
    }


def addresses() -> str:
    """Return how much of the address of who asks is logged: by LOG_ADDRESSES, its network."""
    return environment.choice("LOG_ADDRESSES", *ADDRESSES) or "network"


def write(level: int, **told: str | float | None) -> None:
    """Write the line of a request; what is told begins with its method, path and status."""
    if of_requests.isEnabledFor(level):
        begin, rest = list(told.items())[:3], list(told.items())[3:]
        words = [str(value) for _name, value in begin]
        words += [
            f"{name}={value}"
            for name, value in rest
            if name != "request_id" and value not in {None, ""}
        ]
        of_requests.log(level, "%s", " ".join(words), extra=told)


def refused(method: str, path: str, status: int, size: int) -> None:
    """Write the line of a request that was refused before it was read whole."""
    write(logging.INFO, method=method, path=escape_uri_path(path), status=status, bytes=size)
