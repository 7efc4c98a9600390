"""A web process: waitress, whose threads work while its loop waits for slow and stalled clients.

A thread gets a request once it is there whole, and is free again once its answer is written,
whoever reads it. What waitress leaves open, its loop ends here: a client that moves too little.
"""

import contextlib
import fcntl
import math
import os
import signal
import socket
import struct
import termios
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from carsi_tracker.monitoring.probes import PROBES, stop_soon
from carsi_tracker.web import serving
from carsi_tracker.web.answers import Answer, Refusal, without_bodies_for_head
from carsi_tracker.web.parsing import Request

SECONDS_BETWEEN_LOOKS = 5
ABORT = struct.pack("ii", 1, 0)
"""SO_LINGER, so that a closed connection doesn't wait for a reader that doesn't read."""


class Connection(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """One client's connection, and how long it has done what it does now."""

    parser_class = Request
    task_class = Answer
    error_task_class = Refusal

    def __init__(self, *args: Any, **options: Any) -> None:
        self.moved = 0  # bytes received from the client, and sent to it
        self.answered = 0
        self.refused = self.let_go = False
        self.refused_at = 0
        self.phase: tuple[str, int] = ("new", 0)
        self.since, self.moved_then = time.monotonic(), 0
        super().__init__(*args, **options)

    def recv(self, buffer_size: int) -> bytes:
        """Receive bytes, and count them."""
        data: bytes = super().recv(buffer_size)
        self.moved += len(data)
        return data

    def send(self, data: bytes, do_close: bool = True) -> int:  # noqa: FBT002 (waitress calls it so)
        """Send bytes, and count them."""
        sent: int = super().send(data, do_close=do_close)
        self.moved += sent
        return sent

    def service(self) -> None:
        """Answer a request, in a thread."""
        super().service()
        self.answered += 1

    def readable(self) -> bool:
        """Say whether the loop should look for what the client sends."""
        return self.let_go or bool(super().readable())

    def handle_read(self) -> None:
        """Read on; what comes after a refusal is thrown away, up to a limit."""
        if not self.let_go:
            super().handle_read()
        elif self.moved < self.refused_at + serving.LARGEST_BODY:
            self.recv(self.adj.recv_bytes)
        else:
            self.handle_close()

    def handle_close(self) -> None:
        """Close; after a refusal, when the client has had time to read it before it is cut off."""
        if self.refused and not self.let_go:
            self.let_go, self.will_close, self.refused_at = True, False, self.moved
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)
                return
        super().handle_close()

    def unread(self) -> int:
        """Return how many bytes of what was sent the client's machine has not taken."""
        try:
            said = fcntl.ioctl(self.socket.fileno(), termios.TIOCOUTQ, bytes(4))
        except (OSError, AttributeError):
            return 0
        return int(struct.unpack("i", said)[0])

    def overstays(self, now: float) -> bool:
        """Say whether the client has moved too little for too long, or asked nothing."""
        unread = self.unread()
        waits = self.request is not None or self.total_outbufs_len or unread or self.let_go
        doing = "moves" if waits else "works" if self.requests else "idles"
        moved = self.moved - unread
        if self.phase != (doing, self.answered):
            self.phase = (doing, self.answered)
        elif doing == "idles":
            return now - self.since >= serving.SECONDS_IDLE
        elif doing == "moves":
            if now - self.since < serving.SECONDS_TO_MOVE:
                return False
            if moved - self.moved_then < serving.LEAST_MOVED:
                return True
        self.since, self.moved_then = now, moved
        return False

    def waits_for_client(self) -> bool:
        """Say whether no thread works for it."""
        return not self.requests

    def end(self) -> None:
        """End the connection at once; a thread that still writes to it stops."""
        if self.unread():
            with contextlib.suppress(OSError):
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
        self.will_close = self.let_go = True
        self.handle_close()


class Lifeline(wasyncore.file_dispatcher):  # type: ignore[misc]  # waitress has no types
    """A pipe whose other end a parent process holds, and closes by ending."""

    def __init__(self, server: "Server", descriptor: int) -> None:
        self.server = server
        super().__init__(descriptor, map=server._map)

    def writable(self) -> bool:
        return False

    def handle_close(self) -> None:
        """Stop with the process that held the pipe."""
        self.close()
        self.server.stop()


class Queue(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress has no types
    """The requests that wait for a thread, in their order; but probes go first.

    A probe asks whether the process answers, not how many readers wait.
    """

    def add_task(self, task: Connection) -> None:
        """Let a connection's request wait for a thread."""
        with self.lock:
            if task.requests and task.requests[0].path in PROBES:
                self.queue.appendleft(task)
            else:
                self.queue.append(task)
            self.queue_cv.notify()


class Server(TcpWSGIServer):  # type: ignore[misc]  # waitress has no types
    """Serves connections until it is told to stop; then only what is under way."""

    channel_class = Connection
    stops_at = math.inf  # of the clock of time.monotonic()
    next_look = 0.0  # of the clock of time.monotonic()

    def maintenance(self, now: float) -> None:
        """Do nothing: waitress asks while it looks at connections; `_turn` ends them after that."""

    def stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Stop, as a signal says: at once, or when load balancers have had time to see it."""
        stop_soon()
        self.stops_at = min(self.stops_at, time.monotonic() + serving.seconds_to_drain())
        self.pull_trigger()

    def serve(self) -> None:
        """Serve until told to stop, and then until what is under way is answered."""
        while time.monotonic() < self.stops_at:
            self._turn()
        self.accepting = False
        wasyncore.dispatcher.close(self)  # the port is free for who serves next
        patience = time.monotonic() + serving.SECONDS_TO_STOP
        while self._is_at_work() and time.monotonic() < patience:
            self._turn()

    def _turn(self) -> None:
        wasyncore.loop(timeout=1.0, use_poll=True, map=self._map, count=1)
        now = time.monotonic()
        if now >= self.next_look:
            self.next_look = now + SECONDS_BETWEEN_LOOKS
            for connection in list(self.active_channels.values()):
                if connection.overstays(now):
                    connection.end()
            self._end_for_whom_most_is_kept()
        if len(self.active_channels) > serving.MOST_CONNECTIONS:
            self._end_who_waits_longest()

    def _end_who_waits_longest(self) -> None:
        waiting = [c for c in self.active_channels.values() if c.waits_for_client()]
        if waiting:
            min(waiting, key=lambda connection: connection.last_activity).end()

    def _end_for_whom_most_is_kept(self) -> None:
        reading = sorted(self.active_channels.values(), key=lambda c: c.total_outbufs_len)
        kept = sum(connection.total_outbufs_len for connection in reading)
        while kept > serving.KEPT_TOGETHER:
            kept -= reading[-1].total_outbufs_len
            reading.pop().end()

    def _is_at_work(self) -> bool:
        return any(c.requests or c.total_outbufs_len for c in self.active_channels.values())


def work(listener: socket.socket, application: Callable[..., Any], lifelines: list[int]) -> None:
    """Serve an application at a listening socket; return when told to stop."""
    adjustments = Adjustments(
        sockets=[listener],
        threads=serving.threads(),
        backlog=1024,
        connection_limit=serving.MOST_CONNECTIONS + 100,
        max_request_header_size=serving.LARGEST_HEAD,
        max_request_body_size=serving.LARGEST_BODY + 1,
        outbuf_high_watermark=serving.KEPT_ANSWERS,
        clear_untrusted_proxy_headers=False,  # the settings say whom they come from
        ident="",
    )
    queue = Queue()
    queue.set_thread_count(adjustments.threads)
    server = Server(
        without_bodies_for_head(application),
        map={},
        dispatcher=queue,
        _sock=listener,
        adj=adjustments,
        sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
        bind_socket=False,
    )
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, server.stop)
    for descriptor in lifelines:
        Lifeline(server, os.dup(descriptor))
    server.serve()
