"""Finished pages: bounded by bytes, and served without the server that keeps them."""

import logging
import pickle
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
from carsi_tracker.caching.pages import OfProcess, OfServer, Shared

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


class Unwelcome:
    """Something that writes a file when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return Path.touch, (self.file,)


@pytest.mark.usefixtures("sourced")
def test_what_another_program_wrote_in_place_of_a_page_is_never_unpickled(
    client: Client,
    redis_server: tuple[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    tmp_path: Path,
) -> None:
    redis = pytest.importorskip("redis")
    url, _process = redis_server
    monkeypatch.setenv("CACHE_URL", url)
    monkeypatch.setattr(Shared, "asked_from", 0.0)
    settings.CACHES = {**settings.CACHES, "pages": page_cache()}
    with redis.Redis.from_url(url) as others:
        about, overview = client.get("/about/"), client.get("/")
        (one, other) = others.keys()
        unwelcome = pickle.dumps(Unwelcome(tmp_path / "written"))
        for content in (unwelcome, b"x" * 32 + unwelcome, others.get(other)):
            others.set(one, content)
            assert client.get("/about/").content == about.content
            assert client.get("/").content == overview.content
    assert not (tmp_path / "written").exists()
    caches["pages"].close()


def of_server(name: str, folder: Path, most: int = 1_000_000) -> OfServer:
    """Return the pages of a process: processes are told apart by the name of their memory."""
    return OfServer(name, {"OPTIONS": {"BYTES": most, "FOLDER": str(folder)}})


def test_a_page_of_one_process_is_found_by_another(tmp_path: Path) -> None:
    one, other = of_server("one", tmp_path), of_server("other", tmp_path)
    one.set("told", HttpResponse(b"by one process"))
    assert other.get("told").content == b"by one process"
    one.delete("told")
    assert one.get("told") is None
    assert other.get("told").content == b"by one process", "it is in its memory"
    one.set("brief", b"brief", timeout=0)
    assert other.get("brief") is None
    other.clear()
    assert not list(tmp_path.iterdir())


def test_files_of_pages_are_bounded_by_their_bytes(tmp_path: Path) -> None:
    pages = of_server("bounded files", tmp_path, 200_000)
    for number in range(200):
        pages.set(number, b"x" * 5_000)
        assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 210_000
    assert of_server("newcomer", tmp_path).get(199) is not None
    assert of_server("newcomer", tmp_path).get(0) is None


def test_a_file_that_is_no_page_is_none(tmp_path: Path) -> None:
    pages = of_server("broken", tmp_path)
    pages.set("told", b"told")
    [file] = tmp_path.iterdir()
    for content in (b"", b"told", file.read_bytes()[:-3]):
        file.write_bytes(content)
        pages.pages.forget()
        assert pages.get("told") is None
    shutil.rmtree(tmp_path)
    pages.set("told", b"again")
    assert pages.get("told") == b"again", "without its folder a process keeps what it has"


def test_processes_that_write_and_remove_the_same_pages_read_whole_ones(tmp_path: Path) -> None:
    def work(process: int) -> None:
        pages = of_server(f"racing {process}", tmp_path, 100_000)
        for number in range(300):
            pages.set(number % 20, bytes([number % 20]) * 8_000)
            pages.pages.forget()
            found = pages.get(number % 7)
            assert found in (None, bytes([number % 7]) * 8_000)

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(work, process) for process in range(4)]:
            done.result()
