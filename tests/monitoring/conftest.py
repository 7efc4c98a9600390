import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from logging.config import DictConfigurator  # type: ignore[attr-defined]  # documented, not typed
from typing import Any

import pytest

from carsi_tracker.monitoring.logs import logging_by_environment
from carsi_tracker.monitoring.request_id import NameRequest
from carsi_tracker.web.log import OneLine


@dataclass(frozen=True)
class Log:
    """What is logged while a test runs."""

    written: StringIO

    @property
    def text(self) -> str:
        return self.written.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines of a log of JSON."""
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def requests(self) -> list[dict[str, Any]]:
        """Those of requests."""
        return [line for line in self.lines if line["logger"] == "carsi_tracker.requests"]


def written_by(form: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    """Let the log be written as an installation writes it, with all that it can tell."""
    monkeypatch.setenv("LOG_FORMAT", form)
    config = logging_by_environment(deployed=True)
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(DictConfigurator(config).configure_formatter(config["formatters"][form]))
    handler.addFilter(OneLine())
    handler.addFilter(NameRequest())
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield Log(handler.stream)
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    """Give the log, in JSON."""
    yield from written_by("json", monkeypatch)


@pytest.fixture
def text_log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    """Give the log, in text."""
    yield from written_by("text", monkeypatch)
