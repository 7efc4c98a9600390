"""A stalled or slow client holds nobody up, and is ended; the web server's own answers."""

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from types import SimpleNamespace

import pytest
from django.conf import settings

from carsi_tracker.web import connections, processes, serving

PAGE = b"word " * 20
SITE = """
import signal, socket, sys
import django
from carsi_tracker.monitoring import probes
from carsi_tracker.web import connections, serving

django.setup()
serving.SECONDS_IDLE = serving.SECONDS_TO_MOVE = 1
connections.SECONDS_BETWEEN_LOOKS = 0.2
closed = []

class Parts:
    "A file of 8 MB, more than the buffers of both ends of a connection take."
    left = 128
    def __iter__(self):
        return self
    def __next__(self):
        self.left -= 1
        if self.left < 0:
            raise StopIteration
        return bytes(2**16)
    def close(self):
        closed.append(self.left)

def application(environ, start_response):
    path, headers = environ["PATH_INFO"], [("Content-Type", "text/plain")]
    if path == "/large":
        start_response("200 OK", headers)
        return Parts()
    said = b"word " * 20
    if path == "/body":
        said = str(len(environ["wsgi.input"].read())).encode()
    if path == "/closed":
        said = str(closed).encode()
    if path == "/unchanged":
        start_response("304 Not Modified", [("ETag", '"x"')])
        return []
    if path == "/parts":
        start_response("200 OK", headers)
        return iter([said, said])
    if path == "/who":
        said = str([environ.get("HTTP_X_FORWARDED_" + name) for name in ("FOR", "PROTO")]).encode()
    if path == "/stops":
        said = str(probes._process["stops"]).encode()
    start_response("200 OK", [*headers, ("Content-Length", str(len(said)))])
    return [said]

connections.work(socket.socket(fileno=int(sys.argv[1])), application, [0])
"""


class Site:
    """A web process with two threads, which ends those who overstay in a second or two."""

    def __init__(self, stack: ExitStack, more: str = "") -> None:
        self.stack = stack
        listener = stack.enter_context(processes.bound("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                SITE.replace("closed = []", f"{more}\nclosed = []"),
                str(listener.fileno()),
            ],
            cwd=settings.BASE_DIR,
            env={"WEB_THREADS": "2", "DJANGO_SETTINGS_MODULE": "tests.settings"},
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
        )
        assert self.process.stdin
        stack.callback(self.process.stdin.close)
        stack.callback(self.process.wait)
        stack.callback(self.process.kill)

    def opens(self, said: bytes = b"", room: int = 0) -> socket.socket:
        """Return a connection on which this was sent, with room for so much of the answer."""
        made = self.stack.enter_context(socket.socket())
        if room:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        made.settimeout(40)
        made.connect(("127.0.0.1", self.port))
        made.sendall(said)
        return made

    def answer(self, said: bytes) -> bytes:
        """Return all that is answered on a connection until it is closed."""
        return b"".join(all_of(self.opens(said)))

    def get(self, path: str = "/", verb: str = "GET", head: str = "Connection: close") -> bytes:
        """Return the answer to a request."""
        return self.answer(f"{verb} {path} HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode())


def all_of(connection: socket.socket) -> Iterator[bytes]:
    """Yield what comes until the connection is closed."""
    while part := connection.recv(2**16):
        yield part


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Give a web process that all these tests ask."""
    with ExitStack() as stack:
        made = Site(stack)
        yield made
        assert made.process.poll() is None


POST = "POST /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
HALF = b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b"x" * 5000
CHUNKS = b"POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf"


@pytest.mark.parametrize("said", [HALF, CHUNKS, b"", b"GET / HT", b"GET / HTTP/1.1\r\nHos"])
def test_fifty_who_stall_hold_nobody_up_and_are_ended(site: Site, said: bytes) -> None:
    stalled = [site.opens(said) for _ in range(50)]
    assert all(site.get().endswith(PAGE) for _ in range(20))
    for connection in stalled:
        assert connection.recv(1) == b""


def test_fifty_who_read_slowly_hold_nobody_up_and_are_ended(site: Site) -> None:
    slow = [site.opens(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n", room=2**12) for _ in range(50)]
    assert all(site.get().endswith(PAGE) for _ in range(20))
    for _ in range(60):
        for connection in slow:
            connection.recv(1)
        time.sleep(0.05)
    for connection in slow:
        with pytest.raises(ConnectionResetError):
            list(all_of(connection))


def test_what_waits_for_all_readers_together_is_bounded() -> None:
    limits = "serving.SECONDS_TO_MOVE, serving.KEPT_TOGETHER = 600, 20 * 2**20"
    with ExitStack() as stack:
        site = Site(stack, limits)
        large = b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        slow = [site.opens(large, room=2**12) for _ in range(6)]
        assert all(site.get().endswith(PAGE) for _ in range(10))
        ended: set[socket.socket] = set()
        patience = time.monotonic() + 40
        while len(ended) < 2:
            ended |= {c for c in slow if c.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)}
            assert time.monotonic() < patience
            time.sleep(0.05)
        read = []
        for connection in set(slow) - ended:
            with suppress(ConnectionResetError):
                read.append(sum(map(len, all_of(connection))))
        assert max(read) > 128 * 2**16


def test_one_who_sends_a_byte_now_and_then_is_ended_too(site: Site) -> None:
    connection = site.opens(HALF)
    with pytest.raises(ConnectionError):
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)


def test_a_slow_body_that_goes_on_is_taken(site: Site) -> None:
    connection = site.opens(f"{POST}Content-Length: 4000000\r\n\r\n".encode())
    for _ in range(100):  # longer than anybody may stall here
        connection.sendall(bytes(40_000))
        time.sleep(0.03)
    assert b"".join(all_of(connection)).endswith(b"4000000")


@pytest.mark.parametrize("size", [serving.LARGEST_BODY + 1, 200 * 2**20])
def test_a_body_that_is_too_large_is_refused_before_it_is_sent(site: Site, size: int) -> None:
    said = site.answer(
        f"POST /es/body HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n".encode()
    )
    assert said.startswith(b"HTTP/1.1 413 ")
    assert b"\r\nConnection: close\r\n" in said
    assert '<html lang="es">' in said.decode()


def test_the_largest_body_that_is_taken_is_taken_whole(site: Site) -> None:
    connection = site.opens()
    size = serving.LARGEST_BODY
    connection.sendall(f"{POST}Content-Length: {size}\r\n\r\n".encode())
    connection.sendall(bytes(size))
    assert b"".join(all_of(connection)).endswith(str(size).encode())


def test_what_can_t_be_read_is_answered_in_words(site: Site) -> None:
    assert site.get("/" + "x" * serving.LARGEST_HEAD).startswith(b"HTTP/1.0 431 ")
    assert site.get(head="Content-Length: none").startswith(b"HTTP/1.1 400 ")
    assert b"waitress" not in site.get(head="Content-Length: none").lower()


ODD = {
    "a verb in small letters": "get / HTTP/1.1",
    "an address that is none": "GET http://[::1 HTTP/1.1",
    "no ASCII": "GET /\xff\xfe/ HTTP/1.1",
    "no request at all": "\x00\x01\x02",
    "a return within a header": "GET / HTTP/1.1\r\nX: a\rb",
    "a NUL within a header": "GET / HTTP/1.1\r\nX: a\0b",
    "a blank before a colon": "GET / HTTP/1.1\r\nHost : x",
    "a length of 5,000 digits": f"POST /body HTTP/1.1\r\nContent-Length: {'9' * 5000}",
    "two lengths": "POST /body HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6",
    "a length beside chunks":
        "POST /body HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
    "chunks in HTTP/1.0":
        "POST /body HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked",
    "chunks in HTTP/1.0 and a length":
        "POST /body HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 5",
}  # fmt: skip


@pytest.mark.parametrize("said", ODD.values(), ids=ODD)
def test_what_is_no_request_or_could_be_two_is_refused_and_nothing_after_it_read(
    site: Site, said: str
) -> None:
    after = "0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"
    found = site.answer(f"{said}\r\n\r\n{after}".encode("latin-1"))
    assert found.split(b" ")[1] == b"400"
    assert b"\r\nConnection: close\r\n" in found
    assert b"<html" in found
    assert found.count(b"HTTP/1.") == 1


@pytest.mark.parametrize("start", ["", "0\r\n"], ids=["size line", "trailer"])
def test_what_stands_around_chunks_is_bounded(site: Site, start: str) -> None:
    """Else each byte would have all before it read again, 36 seconds for 20 MB."""
    said = f"POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{start}"
    assert site.answer(said.encode() + b"0" * 40_000).startswith(b"HTTP/1.1 400 ")


def test_chunks_with_extensions_and_a_trailer_are_taken_and_the_next_request_too(
    site: Site,
) -> None:
    chunks = "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nabcde\r\n1\r\nf\r\n0\r\nX: 1\r\n\r\n"
    said = f"POST /body HTTP/1.1\r\nHost: x\r\n{chunks}".encode()
    found = site.answer(said + b"GET / HTTP/1.1\r\nConnection: TE, close\r\n\r\n")
    assert b"\r\n\r\n6HTTP/1.1 200 OK" in found
    assert found.endswith(PAGE)


def test_a_connection_stays_open_where_the_end_of_an_answer_shows(site: Site) -> None:
    paths = ("/unchanged", "/parts", "/", "/unchanged")
    asked = [f"{verb} {path} HTTP/1.1\r\nHost: x\r\n\r\n" for verb in ("GET", "HEAD")
             for path in paths]  # fmt: skip
    last = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    found = site.answer("".join([*asked, last]).encode())
    assert found.count(b"HTTP/1.1 304 ") == 4
    assert found.count(b"HTTP/1.1 200 ") == 5
    assert found.count(b"64\r\n" + PAGE) == 2
    assert found.count(b"Connection: close") == 1
    assert b"HTTP/1.0 200 " in site.answer(b"GET /parts HTTP/1.0\r\n\r\n")


def test_nobody_is_told_to_go_on_with_a_body_that_is_refused(site: Site) -> None:
    expects = "POST /body HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\n"
    found = site.answer(f"{expects}Content-Length: {10**9}\r\n\r\n".encode())
    assert found.startswith(b"HTTP/1.1 413 ")
    connection = site.opens(f"{expects}Content-Length: 5\r\n\r\n".encode())
    assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sendall(b"abcde")
    assert b"".join(all_of(connection)).endswith(b"\r\n\r\n5")


def test_head_is_answered_by_the_head_of_the_answer_alone(site: Site) -> None:
    for path in ("/", "/large"):
        head, body = site.get(path, verb="HEAD").split(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert body == b""
    assert b"Content-Length: 100" in site.get(verb="HEAD")


def test_a_reader_who_leaves_ends_the_work_for_him(site: Site) -> None:
    site.opens(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n", room=2**12).close()
    assert all(site.get().endswith(PAGE) for _ in range(5))


def test_what_proxies_say_reaches_the_settings(site: Site) -> None:
    said = site.get(
        "/who", head="X-Forwarded-For: 10.0.0.7\r\nX-Forwarded-Proto: https\r\nConnection: close"
    )
    assert said.endswith(b"['10.0.0.7', 'https']")


def test_it_stops_when_told_or_left_alone_and_answers_what_is_under_way() -> None:
    for stop in ("told", "left"):
        with ExitStack() as stack:
            site = Site(stack)
            site.get()
            idle, asking = site.opens(), site.opens(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
            assert asking.recv(2**10)
            if stop == "told":
                site.process.send_signal(signal.SIGTERM)
            else:
                assert site.process.stdin
                site.process.stdin.close()
            assert sum(map(len, all_of(asking))) > 127 * 2**16
            assert idle.recv(1) == b""
            assert site.process.wait(20) == 0


def test_a_process_that_drains_serves_on_and_says_that_it_is_not_ready() -> None:
    with ExitStack() as stack:
        site = Site(stack, "serving.seconds_to_drain = lambda: 3")
        assert site.get("/stops").endswith(b"False")
        told = time.monotonic()
        site.process.send_signal(signal.SIGTERM)
        while not site.get("/stops").endswith(b"True"):
            assert time.monotonic() < told + 3
        assert site.process.wait(20) == 0
        assert time.monotonic() > told + 3


def test_what_is_refused_before_it_is_read_has_a_name_too() -> None:
    with ExitStack() as stack:
        found = Site(stack).get(head="Content-Length: none")
    assert re.search(rb"\r\nX-Request-I[Dd]: [0-9a-f]{16}\r\n", found)


def test_probes_go_before_those_who_wait_for_a_page() -> None:
    queue = connections.Queue()
    for path in ("/", "/entries/", "/health/", "/charts/map.png", "/ready/"):
        queue.add_task(SimpleNamespace(requests=[SimpleNamespace(path=path)]))  # type: ignore[arg-type]
    order = [task.requests[0].path for task in queue.queue]
    assert order == ["/ready/", "/health/", "/", "/entries/", "/charts/map.png"]
