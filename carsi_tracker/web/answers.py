"""How the web server answers: nothing but the head to HEAD, and words to what it can't read.

A connection stays open wherever the end of an answer shows, which waitress closes after a 304 and
after a length that was not told at first.
"""

from collections.abc import Callable, Iterable
from typing import Any, cast

from django.template.loader import render_to_string
from django.utils import translation
from waitress.task import ErrorTask, WSGITask

from carsi_tracker.monitoring import logs, request_id

TEMPLATES = {400: "400.html", 413: "413.html", 431: "400.html", 501: "400.html"}


class Answer(WSGITask):  # type: ignore[misc]  # waitress has no types
    """An answer of the application; to HEAD, its head alone."""

    def set_close_on_finish(self) -> None:
        """Close after this answer, unless its end shows by itself and nobody asked for that."""
        asked = self.request.connection_close or self.version != "1.1"
        if asked or self.wrote_header or (self.has_body and not self.chunked_response):
            super().set_close_on_finish()

    def finish(self) -> None:
        """Write what ends the answer."""
        if self.request.command == "HEAD":
            if not self.wrote_header:
                self.write(b"")
            self.chunked_response = False
        super().finish()


class Refusal(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """The answer to what is too large or can't be read, in the language of its address."""

    def execute(self) -> None:
        """Write a page, and close the connection."""
        code = self.request.error.code
        language = "es" if self.request.path.startswith("/es/") else "en"
        self.status = f"{code} {self.request.error.reason}"
        with translation.override(language):
            body = render_to_string(TEMPLATES.get(code, "500.html")).encode()
        self.response_headers += [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Language", language),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
            (request_id.HEADER, request_id.made()),
        ]
        self.channel.refused = True
        self.set_close_on_finish()
        self.content_length = len(body)
        from carsi_tracker.monitoring import metrics  # which asks first where processes count

        metrics.REQUESTS.labels("unread", "other", str(code)).inc()
        logs.refused(self.request.command, self.request.path, code, len(body))
        self.write(b"" if self.request.command == "HEAD" else body)


def without_bodies_for_head(application: Callable[..., Any]) -> Callable[..., Iterable[bytes]]:
    """Return the application that makes no bytes which nobody gets."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        made = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return cast("Iterable[bytes]", made)
        if hasattr(made, "close"):
            made.close()
        return []

    return answer
