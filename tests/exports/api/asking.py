"""Asks the API, and follows where answers go on."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

PREFIX = "/api/v1/"


def asked(client: Client, address: str, status: int = 200, **headers: str) -> Any:
    """Return what an address below the API's answers."""
    response = client.get(PREFIX + address, headers=headers)
    assert response.status_code == status, (address, response.content)
    return json.loads(response.content)


def walked(client: Client, address: str) -> Iterator[Any]:
    """Yield an answer, and all that go on from it."""
    following = PREFIX + address
    while following:
        response = client.get(following)
        assert response.status_code == 200, (following, response.content)
        answer = json.loads(response.content)
        yield answer
        following = within(answer["next"]) if answer["next"] else ""


def rows(client: Client, address: str) -> list[dict[str, Any]]:
    """Return the rows of a whole list."""
    return [row for answer in walked(client, address) for row in answer["data"]]


def within(address: str) -> str:
    """Return an address without its host."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
