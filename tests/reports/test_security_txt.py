"""Whom to tell of a weakness stands where RFC 9116 has people look."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client

ADDRESS = "/.well-known/security.txt"


def test_it_names_the_contact_until_a_day_to_come_and_asks_no_database(
    client: Client, settings: Any
) -> None:
    settings.SECURITY_CONTACT = "security@office.example"
    answer = client.get(ADDRESS, secure=True, HTTP_HOST="localhost")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert fields["Contact"] == "mailto:security@office.example"
    assert fields["Canonical"] == f"https://localhost{ADDRESS}"
    left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert timedelta(days=2) < left < timedelta(days=365)


def test_without_a_contact_there_is_none(client: Client, settings: Any, db: None) -> None:
    settings.SECURITY_CONTACT = ""
    assert client.get(ADDRESS).status_code == 404
