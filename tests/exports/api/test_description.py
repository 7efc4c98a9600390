"""The description of the API: valid, true of what is answered, and kept."""

import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from requests import Request

from tests.exports.api.asking import asked
from tests.reports.reading import text

pytestmark = pytest.mark.usefixtures("sourced")

FIELDS = Path(__file__).parent / "fields.json"


@pytest.fixture
def description(client: Client) -> Any:
    return asked(client, "openapi.json")


def test_the_description_is_valid_openapi_3_1(description: Any) -> None:
    assert description["openapi"].startswith("3.1.")
    validate(description)
    for path, methods in description["paths"].items():
        assert list(methods) == ["get"], path
        assert methods["get"]["summary"]
        assert all(
            each.get("description") or each.get("$ref") for each in methods["get"]["parameters"]
        )
    for name, schema in description["components"]["schemas"].items():
        for field, told in schema["properties"].items():
            assert told.get("description") or name.endswith(("Answer", "Problem")), (name, field)
    identifiers = [methods["get"]["operationId"] for methods in description["paths"].values()]
    assert len(set(identifiers)) == len(identifiers)


def test_fields_are_never_renamed_or_removed(description: Any) -> None:
    """What was once answered is written down; new fields are added to the file, none taken off."""
    fields = {
        name: list(schema["properties"])
        for name, schema in description["components"]["schemas"].items()
    }
    recorded = json.loads(FIELDS.read_text())
    for name, kept in recorded.items():
        assert set(kept) <= set(fields[name]), name
    assert fields == recorded, "record the new fields"


def test_answers_are_as_described(client: Client, description: Any) -> None:
    components = {"components": description["components"]}
    for path, methods in description["paths"].items():
        if "{" not in path:
            content = methods["get"]["responses"]["200"]["content"]["application/json"]
            answer = asked(client, path.removeprefix("/api/v1/"))
            Draft202012Validator({**content["schema"], **components}).validate(answer)


def test_nothing_that_is_made_up_is_answered_otherwise_than_described(
    client: Client, description: Any
) -> None:
    """Questions made up by schemathesis from the description; a refusal is told in it, too."""
    schema = schemathesis.openapi.from_dict(description)
    operations = [each.ok() for each in schema.get_all_operations()]
    assert len(operations) == 25
    for operation in operations:

        @seed(165)
        @settings(
            max_examples=8, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            told = description["paths"][case.operation.path]["get"]["responses"]
            sent = case.as_transport_kwargs(base_url="http://testserver")
            asks = Request("GET", sent["url"], params=sent["params"]).prepare().path_url
            response = client.get(asks)
            said = told[str(response.status_code)]
            if "$ref" in said:
                said = description["components"]["responses"][said["$ref"].rpartition("/")[2]]
            for kind, content in said.get("content", {}).items():
                assert response["Content-Type"] == kind, asks
                held = {**content["schema"], "components": description["components"]}
                Draft202012Validator(held).validate(json.loads(response.content))

        ask()


def test_the_page_tells_all_of_it_in_both_languages(client: Client, description: Any) -> None:
    for address in ("/api/", "/es/api/"):
        page = text(client, address)
        for path, methods in description["paths"].items():
            assert path in page
            for parameter in methods["get"]["parameters"]:
                assert f"<code>{parameter.get('$ref', 'key').rpartition('/')[2]}</code>" in page
        for schema in description["components"]["schemas"].values():
            for field in schema["properties"]:
                assert field in page
        assert "<script" not in page.partition("<main")[2]
    assert client.get("/api/v1/")["Location"] == "/api/"


@pytest.mark.parametrize("address", ["openapi.json", "entries", "figures?by=area", "entries/12-5"])
def test_answers_are_tagged_compressed_and_kept_as_pages_are(client: Client, address: str) -> None:
    plain = client.get(f"/api/v1/{address}")
    pressed = client.get(f"/api/v1/{address}", headers={"Accept-Encoding": "gzip"})
    assert pressed["Content-Encoding"] == "gzip"
    assert len(pressed.content) < len(plain.content)
    assert plain["ETag"] != pressed["ETag"]
    assert plain["Cache-Control"] == "public, max-age=0, stale-if-error=86400"
    fresh = client.get(f"/api/v1/{address}", headers={"If-None-Match": plain["ETag"]})
    assert (fresh.status_code, fresh.content) == (304, b"")
    head = client.head(f"/api/v1/{address}")
    assert (head.status_code, head["ETag"]) == (200, plain["ETag"])


def test_a_bare_version_is_led_to_its_checksum(client: Client) -> None:
    response = client.get("/api/v1/areas?version=9&as_of=2009-09-30")
    assert response.status_code == 302
    assert response["Location"].startswith("/api/v1/areas?as_of=2009-09-30&version=9-")
    assert response["Access-Control-Allow-Origin"] == "*"
