"""Dear pages hold nobody up: few are made at once, and who finds no place is told so."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice
from threading import Event, Semaphore, Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import typst
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, StreamingHttpResponse

from carsi_tracker.reports.page import answering, places
from carsi_tracker.reports.page.places import Busy, Places, places_of
from carsi_tracker.web import serving

PATIENCE = 60
Answered = tuple[int, dict[str, str], bytes]


class Quiet(WSGIRequestHandler):
    def log_message(self, *words: Any) -> None: ...


@pytest.fixture(autouse=True)
def _places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the places of a process, not those for tests that leave streams unread."""
    monkeypatch.setattr(answering, "PLACES", places_of(serving.threads()))


@pytest.fixture
def get(sourced: None) -> Iterator[Callable[[str], Answered]]:
    """Give what asks the tracker by HTTP, each request in a thread of its own."""
    with ThreadedWSGIServer(("127.0.0.1", 0), Quiet) as server:
        server.set_app(get_wsgi_application())
        Thread(target=server.serve_forever, daemon=True).start()

        def ask(path: str) -> Answered:
            try:
                with urlopen(f"http://127.0.0.1:{server.server_port}{path}", None, PATIENCE) as it:
                    return it.status, dict(it.headers), it.read()
            except HTTPError as other:
                with other:
                    return other.code, dict(other.headers), other.read()

        yield ask
        server.shutdown()


class Pencil:
    """Draws pictures as the library does, once it may; counts those that it began."""

    def __init__(self) -> None:
        self.may, self.began, self.number = Event(), Semaphore(0), 0
        self._make = typst.Compiler

    def __call__(self, *args: Any, **options: Any) -> Any:
        self.number += 1
        self.began.release()
        assert self.may.wait(PATIENCE)
        return self._make(*args, **options)

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """Let it draw at the end of this at the latest."""
        try:
            yield
        finally:
            self.may.set()


@pytest.fixture
def pencil(monkeypatch: pytest.MonkeyPatch) -> Pencil:
    made = Pencil()
    monkeypatch.setattr(typst, "Compiler", made)
    return made


def maps(number: int) -> list[str]:
    """Return addresses of maps of days that nobody has asked for."""
    return [f"/charts/map.png?as_of={date(2009, 1, 9) + timedelta(days=n)}" for n in range(number)]


def test_fifty_maps_at_once_leave_the_other_pages_answered(
    get: Callable[[str], Answered], pencil: Pencil
) -> None:
    real = answering.PLACES
    with ThreadPoolExecutor(50) as readers, pencil.lifted():
        asked = [readers.submit(get, address) for address in maps(50)]
        assert pencil.began.acquire(timeout=PATIENCE)
        at_once = (future for future in as_completed(asked, PATIENCE) if future.result()[0] == 503)
        refused = set(islice(at_once, 50 - real.working - real.waiting))
        for path in ("/ready/", "/", "/entries/", "/es/areas/"):
            assert get(path)[0] == 200
        assert 1 <= pencil.number <= real.working
        for path in ("/search/?q=radio", "/entries/?text=radio"):
            status, headers, said = get(path)
            assert (status, int(headers["Retry-After"]) > 0) == (503, True)
            assert b"Please try again in a few seconds</h1>" in said
        assert "Vuelva a intentarlo en unos segundos</h1>" in get("/es/search/?q=radio")[2].decode()
    drawn = [future.result() for future in asked if future not in refused]
    assert {status for status, _headers, _picture in drawn} <= {200, 503}
    assert any(picture.startswith(b"\x89PNG") for _status, _headers, picture in drawn)
    for future in refused:
        _status, headers, said = future.result()
        assert headers["Content-Type"] == "text/plain; charset=utf-8"
        assert int(headers["Retry-After"]) > 0
        assert b"The site is busy" in said
    assert get(maps(1)[0])[0] == get("/search/?q=radio")[0] == 200


def test_a_picture_that_many_ask_for_at_once_is_drawn_once(
    get: Callable[[str], Answered], pencil: Pencil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "PLACES", Places(4, 8))
    with ThreadPoolExecutor(8) as readers, pencil.lifted():
        asked = [readers.submit(get, maps(1)[0]) for _reader in range(8)]
        assert pencil.began.acquire(timeout=PATIENCE)
        pencil.may.set()
        answers = [future.result() for future in asked]
    assert {status for status, _headers, _picture in answers} == {200}
    assert len({picture for _status, _headers, picture in answers}) == 1
    assert pencil.number == 1


@pytest.mark.parametrize(
    "path",
    [
        "/charts/map.png", "/charts/card.png", "/es/charts/bar.png", "/search/?q=radio",
        "/search/?q=radio&kind=commitments", "/commitments/?text=radio", "/feed/?text=radio",
        "/tables/entries.xlsx", "/tables/entries.csv", "/tables/matrix.csv",
        "/compare/?from_version=3",
    ],
)  # fmt: skip
def test_what_is_dear_takes_a_place(
    client: Any, sourced: None, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(answering, "PLACES", Places(0, 0))
    response = client.get(path, follow=True)
    assert (response.status_code, response["Cache-Control"]) == (503, "no-store")
    is_file = "." in path
    assert response["Content-Type"].startswith("text/plain" if is_file else "text/html")
    monkeypatch.setattr(answering, "PLACES", Places(1, 0))
    response = client.get(path, follow=True)
    assert response.status_code == 200
    response.close()


@pytest.mark.usefixtures("sourced")
def test_the_log_says_in_one_line_that_much_is_asked_for(
    client: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(answering, "PLACES", Places(0, 0))
    monkeypatch.setattr(places, "_said_from", 0.0)
    for path in ("/charts/map.png", "/charts/map.png", "/search/?q=radio"):
        assert client.get(path).status_code == 503
    (said,) = caplog.records
    assert said.getMessage().endswith(": /charts/map.png")


@pytest.mark.usefixtures("sourced")
def test_what_is_kept_takes_no_place(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client.get("/charts/bar.png")
    monkeypatch.setattr(answering, "PLACES", Places(0, 0))
    assert client.get("/charts/bar.png").content == first.content
    etag = first["ETag"]
    assert client.get("/charts/bar.png", headers={"if-none-match": etag}).status_code == 304


@pytest.mark.parametrize("threads", range(2, 33))
def test_a_quarter_of_the_threads_and_two_are_for_other_pages(threads: int) -> None:
    of_process = places_of(threads)
    assert of_process.working >= 1
    free = threads - of_process.working - of_process.waiting
    assert free >= max(min(2, threads - 1), threads // 4)


def test_six_who_search_at_the_same_moment_are_all_answered(
    get: Callable[[str], Answered],
) -> None:
    """By a process that serves as it does by itself; the others wait while two are answered."""
    with ThreadPoolExecutor(6) as readers:
        found = list(readers.map(get, [f"/search/?q=radio+{number}" for number in range(6)]))
    assert [status for status, _headers, _page in found] == 6 * [200]


def test_a_place_is_left_also_by_what_failed() -> None:
    one = Places(1, 0)

    def fail() -> HttpResponse:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        one.answer("one", fail)
    assert one.answer("one", HttpResponse).status_code == 200


def test_a_stream_keeps_its_place_until_its_end_or_until_nobody_reads_it() -> None:
    one = Places(1, 0)
    stream = one.answer("one", lambda: StreamingHttpResponse(iter("ab")))
    with pytest.raises(Busy):
        one.answer("another", HttpResponse)
    stream.close()
    stream = one.answer("one", lambda: StreamingHttpResponse(iter("ab")))
    del stream
    assert one.answer("another", HttpResponse).status_code == 200
