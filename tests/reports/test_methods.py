"""What is asked in another way than by GET, or of another host."""

import logging

import pytest
from django.test import Client

from carsi_tracker.web.log import OneLine

ADDRESSES = ("/", "/es/", "/entries/", "/countries/hn/", "/feed/", "/data/", "/charts/bar.svg",
             "/tables/entries.csv", "/versions.csv", "/documents/none/file/", "/favicon.ico",
             "/sitemap.xml", "/robots.txt", "/.well-known/security.txt",
             "/health/", "/ready/", "/es/about/")  # fmt: skip

DATA = ("/feed/", "/charts/bar.svg", "/tables/entries.csv", "/versions.csv",
        "/documents/none/file/")  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_writes_is_405_before_a_token_is_asked_for(address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    for verb in ("post", "put", "patch", "delete", "trace"):
        assert getattr(client, verb)(address).status_code == 405, verb
    asked_before = 204 if address in DATA else 405  # by browsers, for scripts of other sites
    assert client.options(address).status_code == asked_before


def test_what_writes_at_the_desk_still_needs_a_token(db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    for address in ("/account/login/", "/admin/"):
        assert client.post(address).status_code in {302, 403}
    assert client.post("/account/login/", {"login": "a", "password": "b"}).status_code == 403


@pytest.mark.parametrize("host", ["10.1.2.3", "10.1.2.3:8000", "[fd00::1]", "anything.example"])
def test_probes_are_answered_whatever_host_they_ask_and_nobody_else(
    db: None, client: Client, host: str, caplog: pytest.LogCaptureFixture
) -> None:
    for probe in ("/health/", "/ready/"):
        assert client.get(probe, HTTP_HOST=host).status_code == 200
    caplog.handler.addFilter(OneLine())
    with caplog.at_level(logging.WARNING):
        assert client.get("/", HTTP_HOST=host).status_code == 400
    assert "\n" not in caplog.text.strip()
    assert "Invalid HTTP_HOST header" in caplog.text
