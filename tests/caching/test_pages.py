"""Finished pages: bounded by bytes, and served without the server that keeps them."""

import logging
import shutil
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client

from carsi_tracker.caching.choice import page_cache
from carsi_tracker.caching.pages import OfProcess, Shared

NOBODY = "redis://127.0.0.1:1"
PAGES = ("/", "/es/", "/entries/", "/charts/bar.svg", "/tables/entries.csv", "/feed/", "/search/")


def of_process(name: str, most: int) -> OfProcess:
    return OfProcess(name, {"OPTIONS": {"BYTES": most}})


def test_pages_are_bounded_by_their_bytes_not_by_their_number() -> None:
    pages = of_process("bounded", 200_000)
    for number in range(1000):
        pages.set(number, HttpResponse(b"x" * (number % 7) * 10_000))
        assert pages.pages.weight <= 200_000
    assert pages.get(999).content == b"x" * 50_000
    assert pages.get(0) is None
    pages.set("huge", HttpResponse(b"x" * 200_000))
    assert pages.get("huge") is None
    assert pages.get(999) is not None


def test_many_small_pages_are_bounded_too() -> None:
    pages = of_process("small", 100_000)
    for number in range(1000):
        pages.set(number, b"")
    assert sum(pages.get(number) is not None for number in range(1000)) < 200


def test_a_page_is_kept_no_longer_than_it_may() -> None:
    pages = of_process("brief", 10_000)
    pages.set("old", b"old", timeout=0)
    pages.set("always", b"always", timeout=None)
    assert pages.get("old", "none") == "none"
    assert pages.get("always") == b"always"
    assert pages.delete("always")
    assert pages.get("always") is None


def test_all_threads_of_a_process_have_the_same_pages() -> None:
    caches["pages"].set("told", b"by one thread")
    with ThreadPoolExecutor(1) as other:
        assert other.submit(lambda: caches["pages"].get("told")).result() == b"by one thread"


def test_whoever_is_given_a_page_alters_no_kept_one() -> None:
    pages = of_process("altered", 10_000)
    pages.set("page", HttpResponse("whole"))
    pages.get("page").content = b"altered"
    assert pages.get("page").content == b"whole"


def test_how_much_is_kept_can_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CACHE_URL", raising=False)
    assert page_cache()["OPTIONS"] == {"BYTES": 64 * 2**20}
    monkeypatch.setenv("PAGE_CACHE_MB", "7")
    assert page_cache()["OPTIONS"] == {"BYTES": 7 * 2**20}
    monkeypatch.setenv("PAGE_CACHE_MB", "much")
    with pytest.raises(ImproperlyConfigured, match=r"^PAGE_CACHE_MB is 'much'; it has"):
        page_cache()


@pytest.mark.parametrize(
    "url",
    [
        "localhost", "127.0.0.1:6379", "http://127.0.0.1", "redis://", "redis://host:port",
        "redis://127.0.0.1:6379,redis://host:port",
    ],
)  # fmt: skip
def test_a_cache_url_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("CACHE_URL", url)
    with pytest.raises(ImproperlyConfigured, match=r"^CACHE_URL [^\n]*\.$"):
        page_cache()


def test_without_the_package_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CACHE_URL", NOBODY)
    for name in ("redis", "redis.backoff"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    with pytest.raises(ImproperlyConfigured, match="the package redis is not installed"):
        page_cache()


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch, settings: Any, request: Any) -> None:
    """Let pages be kept by the server of CACHE_URL."""
    monkeypatch.setenv("CACHE_URL", getattr(request, "param", NOBODY))
    monkeypatch.setattr(Shared, "asked_from", 0.0)
    monkeypatch.setattr(Shared, "said_from", 0.0)
    settings.CACHES = {**settings.CACHES, "pages": page_cache()}


@pytest.mark.usefixtures("sourced", "shared")
def test_where_nothing_listens_pages_come_from_the_database(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for path in PAGES:
            for _again in range(2):
                assert client.get(path).status_code == 200, path
    (said,) = [record for record in caplog.records if record.name.startswith("carsi_tracker")]
    assert "cache of CACHE_URL does not answer" in said.getMessage()
    assert "\n" not in caplog.text.strip()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[tuple[str, Any]]:
    """Give a server that keeps what it is given, and the process of it."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.skip("no server to keep pages in")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["--port", str(port), "--save", "", "--bind", "127.0.0.1", "--dir", str(tmp_path)]
    with subprocess.Popen([program, *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while "eady to accept connections" not in process.stdout.readline():
            assert process.poll() is None
        yield f"redis://127.0.0.1:{port}/3", process
        process.kill()


@pytest.mark.usefixtures("sourced")
def test_a_shared_cache_keeps_pages_and_is_emptied_of_nothing_else(
    client: Client,
    redis_server: tuple[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    django_assert_num_queries: Any,
) -> None:
    redis = pytest.importorskip("redis")
    url, process = redis_server
    monkeypatch.setenv("CACHE_URL", url)
    monkeypatch.setattr(Shared, "asked_from", 0.0)
    monkeypatch.setattr(Shared, "said_from", 0.0)
    settings.CACHES = {**settings.CACHES, "pages": page_cache()}
    with redis.Redis.from_url(url) as others:
        others.set("of another program", "whole")
        first = client.get("/about/")
        with django_assert_num_queries(1):  # for the newest version
            again = client.get("/about/")
        assert again.content == first.content
        assert others.dbsize() == 2
        caches["pages"].clear()
        assert others.keys() == [b"of another program"]
    process.kill()
    process.wait()
    assert client.get("/about/").content == first.content
    caches["pages"].close()
