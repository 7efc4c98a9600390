"""Each request has a name and a line."""

import re
from typing import Any

import pytest
from django.test import Client

from carsi_tracker.reports.page import public_page
from tests import factories
from tests.monitoring.conftest import Log

pytestmark = pytest.mark.usefixtures("sourced")


def test_a_line_tells_of_a_request_and_nothing_of_what_was_searched_for(
    client: Client, log: Log
) -> None:
    answer = client.get("/es/entries/?text=radio")
    (line,) = log.requests
    assert line["method"] == "GET"
    assert line["path"] == "/es/entries/"
    assert line["status"] == 200
    assert line["route"] == "entries"
    assert line["bytes"] == len(answer.content)
    assert 0 < line["ms"] < 60_000
    assert line["request_id"] == answer["X-Request-ID"]
    assert line["level"] == "INFO"
    assert line["user"] is None
    assert "radio" not in log.text


def test_a_line_of_text_tells_the_same(client: Client, text_log: Log) -> None:
    answer = client.get("/versions.csv")
    size = len(b"".join(answer))  # type: ignore[call-overload]
    name = re.escape(answer["X-Request-ID"])
    said = rf"GET /versions\.csv 200 ms=\d+\.\d bytes={size} route=versions-file "
    said += rf"address=127\.0\.0\.0/24 \[{name}\]"
    assert re.search(f"^{said}$", text_log.text, re.MULTILINE)


def test_every_kind_of_answer_has_a_line(client: Client, log: Log) -> None:
    tag = client.get("/")["ETag"]
    client.get("/", headers={"If-None-Match": tag})
    client.get("/nothing/")
    b"".join(client.get("/static/site.css"))  # type: ignore[call-overload]
    client.post("/")
    client.head("/")
    told = [(line["method"], line["status"], line["route"]) for line in log.requests]
    assert told == [
        ("GET", 200, "overview"),
        ("GET", 304, "overview"),
        ("GET", 404, "none"),
        ("GET", 200, "static"),
        ("POST", 405, "overview"),
        ("HEAD", 200, "overview"),
    ]
    assert log.requests[3]["bytes"] > 1000
    assert [log.requests[number]["bytes"] for number in (1, 5)] == [0, 0]


def test_the_person_who_is_signed_in_is_told_by_number(client: Client, log: Log) -> None:
    ana = factories.analyst()
    client.force_login(ana)
    client.get("/admin/")
    (line,) = log.requests
    assert line["user"] == ana.pk


def test_a_path_can_not_end_its_line(client: Client, text_log: Log) -> None:
    client.get("/a%0A%1B[31mGET / 200/")
    (line,) = [line for line in text_log.text.splitlines() if "route=none" in line]
    assert line.startswith("GET /a%0A%1B%5B31mGET%20/%20200/ 404")


def test_probes_that_find_all_well_are_told_at_the_level_of_debugging(
    client: Client, log: Log
) -> None:
    client.get("/health/")
    client.get("/ready/")
    assert [(line["route"], line["level"]) for line in log.requests] == [
        ("health", "DEBUG"),
        ("ready", "DEBUG"),
    ]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [("none", None), ("network", "203.0.113.0/24"), ("whole", "203.0.113.77")],
)
def test_the_address_of_who_asks_is_told_as_far_as_wanted(
    client: Client, log: Log, settings: Any, wanted: str, told: str | None
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.LOG_ADDRESSES = wanted
    client.get("/", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.77"})
    assert log.requests[0]["address"] == told


@pytest.mark.parametrize("given", ["a" * 7, "a" * 65, "bad\tname", "name of mine", "ñandú-123"])
def test_a_name_that_is_not_well_formed_is_replaced(
    client: Client, settings: Any, given: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert re.fullmatch("[0-9a-f]{16}", client.get("/", HTTP_X_REQUEST_ID=given)["X-Request-ID"])


def test_the_proxy_may_name_a_request_and_nobody_else(client: Client, settings: Any) -> None:
    given = {"X-Request-ID": "4f2a-proxy.1"}
    assert client.get("/", headers=given)["X-Request-ID"] != "4f2a-proxy.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client.get("/", headers=given)["X-Request-ID"] == "4f2a-proxy.1"


@pytest.mark.parametrize(("root", "said"), [("", "quote request"), ("/es", "cite la solicitud")])
def test_a_page_that_says_what_went_wrong_has_the_name_and_so_does_the_log(
    log: Log, monkeypatch: pytest.MonkeyPatch, root: str, said: str
) -> None:
    def fails() -> tuple[object, int]:
        raise ZeroDivisionError

    monkeypatch.setattr(public_page, "newest", fails)
    client = Client(raise_request_exception=False)
    answer = client.get(f"{root}/areas/")
    name = answer["X-Request-ID"]
    assert answer.status_code == 500
    assert f"{said} <code>{name}</code>" in answer.content.decode()
    (fault,) = [line for line in log.lines if "ZeroDivisionError" in line.get("exc_info", "")]
    assert fault["request_id"] == name


def test_a_page_that_is_not_there_is_alike_for_all(client: Client) -> None:
    one, other = client.get("/nothing/"), client.get("/nothing/")
    assert one["X-Request-ID"] != other["X-Request-ID"]
    assert one.content == other.content
