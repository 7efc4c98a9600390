"""What the API refuses, and how: problems that say what happened, why, and what to do."""

import base64
import json
import re
from datetime import date
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from carsi_tracker.exports.api import rows as parts
from carsi_tracker.exports.api import views
from carsi_tracker.exports.api.cursors import cursor
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.versions import newest
from carsi_tracker.reports.page import answering
from carsi_tracker.reports.page.places import Places
from tests.exports.api.asking import asked, rows, within
from tests.reports.reading import text

pytestmark = pytest.mark.usefixtures("sourced")


def problem(response: Any, status: int) -> Any:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert response["Content-Length"] == str(len(response.content))
    said = json.loads(response.content)
    assert said["status"] == status
    assert said["type"] == f"/api/#problem-{status}"
    assert said["title"]
    assert said["detail"].endswith(".")
    assert response["Access-Control-Allow-Origin"] == "*"
    return said


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("as_of", "2009-02-29"), ("version", "12-00000000"), ("known_on", "never"), ("country", "XX"),
     ("stage", "spent"), ("amount_from", "613.000"), ("sort", "nothing"), ("text", "x" * 201),
     ("posted_in", "99"), ("date_from", "2999-01-01")],
)  # fmt: skip
def test_a_bad_value_is_refused_as_the_page_refuses_it(
    client: Client, parameter: str, value: str
) -> None:
    said = problem(client.get("/api/v1/entries", {parameter: value}), 400)
    assert said["parameter"] == parameter
    assert said["value"] in (value, f"{value[:200]}…")
    page = client.get("/entries/", {parameter: value})
    assert page.status_code == 400
    shown = re.sub(r"\s+", " ", page.content.decode()).replace("&#x27;", "'")
    assert said["accepted"] in shown


@pytest.mark.parametrize(
    "address",
    ["figures?by=area,country,goal", "figures?by=colour", "figures?by=area,area",
     "figures?by=commitment,document", "figures?by=,", "documents?evidence=none",
     "published?verdict=fine", "entries?page=2", "areas?area=community&area=capacity"],
)  # fmt: skip
def test_what_a_list_alone_takes_is_refused_likewise(client: Client, address: str) -> None:
    said = problem(client.get(f"/api/v1/{address}"), 400)
    assert said["parameter"] in address
    assert said["accepted"]


def test_numbered_pages_are_refused_also_once_the_list_is_kept(client: Client) -> None:
    assert asked(client, "areas")["data"]
    for page in ("1", "2", ""):
        assert problem(client.get("/api/v1/areas", {"page": page}), 400)["parameter"] == "page"


@pytest.mark.parametrize(
    "path",
    ["nothing", "entries/", "entries/99-1", "entries/1", "entries/1-1-1", "entries/x-y",
     "entries/012-5", "versions/01",
     "commitments/CARSI-99", "documents/%00", "versions/18", "versions/0", "versions/-1",
     "countries/XX", "goals/9", "published/none", "status-of-funds/none", "figures/area"],
)  # fmt: skip
def test_what_does_not_exist_is_a_problem_alike(client: Client, path: str) -> None:
    response = client.get(f"/api/v1/{path}")
    problem(response, 404)
    assert response.content == client.get("/api/v1/documents/never").content
    assert "max-age=0" in response["Cache-Control"]


def test_nothing_can_be_changed(client: Client) -> None:
    for verb in ("post", "put", "patch", "delete"):
        for address in ("entries", "entries/12-5", "openapi.json", "nothing"):
            response = getattr(client, verb)(f"/api/v1/{address}")
            problem(response, 405)
            assert response["Allow"] == "GET, HEAD, OPTIONS"


def test_only_json_is_answered(client: Client) -> None:
    for accepted in ("text/html", "text/csv", "application/xml, text/*;q=0.5"):
        problem(client.get("/api/v1/areas", headers={"Accept": accepted}), 406)
    for accepted in ("*/*", "application/*", "text/html, */*;q=0.1", "application/json"):
        assert client.get("/api/v1/areas", headers={"Accept": accepted}).status_code == 200


def test_a_fault_and_a_database_that_is_away_are_problems(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.raise_request_exception = False
    for error, status in ((ValueError("x"), 500), (OperationalError("away"), 503)):

        def fails(*_args: Any, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(views.figures, "part", fails)
        response = client.get("/api/v1/figures")
        problem(response, status)
        assert ("Retry-After" in response) == (status == 503)


def test_what_is_dear_waits_for_a_place_as_pages_do(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "PLACES", Places(0, 0))
    for address in ("entries?text=policia", "figures?by=commitment"):
        response = client.get(f"/api/v1/{address}")
        problem(response, 503)
        assert response["Retry-After"] == "5"
    assert client.get("/api/v1/figures?by=area").status_code == 200


@pytest.fixture
def following(client: Client, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the address of the second rows of a list."""
    monkeypatch.setattr(parts, "SIZE", 5)
    return within(asked(client, "entries?country=GT")["next"])


def test_a_cursor_holds_for_its_own_question_alone(client: Client, following: str) -> None:
    token = following.partition("cursor=")[2]
    assert client.get(following).status_code == 200
    held = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    forged = base64.urlsafe_b64encode(held.replace(b"17-", b"16-")).decode().rstrip("=")
    another = base64.urlsafe_b64encode(held[:8] + b"[1,2,3]").decode().rstrip("=")
    deep = base64.urlsafe_b64encode(held[:8] + b"[" * 5000).decode().rstrip("=")
    for changed in (
        following[:-1], following + "A", following.replace(token, forged),
        following.replace(token, another), following.replace(token, "é"),
        following.replace(token, deep),
        following.replace(token, "x" * 5000), following.replace("country=GT", "country=HN"),
        following.replace("entries", "commitments"), following.replace("country=GT&", ""),
        following.replace("as_of=", "date_to="),
        re.sub(r"&version=[^&]+", "&version=16", following),
        f"{following}&sort=amount",
    ):  # fmt: skip
        response = client.get(changed, follow=True)
        assert problem(response, 400)["parameter"] == "cursor", changed


@pytest.mark.parametrize("key", ["\ud800", "\0", "", "999999999-1", "012-5", "1-1-1", "GT-HN"])
@pytest.mark.parametrize("name", ["entries", "documents", "published", "figures?by=area"])
def test_a_cursor_that_is_made_up_whole_is_refused(client: Client, name: str, key: str) -> None:
    said = asked(client, name)["meta"]["self"]
    question = within(said)
    query = Query(newest()[0], date.fromisoformat(re.findall(r"as_of=([0-9-]+)", said)[0]))
    made_up = cursor(question, query, key)
    assert problem(client.get(f"{question}&cursor={made_up}"), 400)["parameter"] == "cursor"


def test_the_addresses_of_what_follows_name_day_and_version(client: Client, following: str) -> None:
    assert "as_of=2" in following
    assert "version=17-" in following
    response = client.get("/api/v1/entries?country=GT")
    assert response["Link"].startswith(f'<http://testserver{following}>; rel="next", ')
    assert (
        len(rows(client, "entries?country=GT"))
        == asked(client, "entries?country=GT")["meta"]["count"]
    )
    assert "entries" in text(client, within(asked(client, "entries")["meta"]["html"]))
