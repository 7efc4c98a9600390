"""Asks for pages as fast as they come, with little work of its own: the processors are shared."""

import re
import selectors
import socket
import time
from collections.abc import Sequence
from itertools import cycle, islice

CONNECTIONS = 16
QUICK = getattr(socket, "TCP_QUICKACK", None)
LAST_CHUNK = b"\r\n0\r\n\r\n"
IN_CHUNKS = re.compile(
    rb"^HTTP/1\.1 200 .*?\r\ntransfer-encoding: chunked", re.IGNORECASE | re.DOTALL
)
SIZE = re.compile(rb"^HTTP/1\.1 200 .*?\r\ncontent-length: (\d+)", re.IGNORECASE | re.DOTALL)


def rate(
    ports: int | Sequence[int], addresses: Sequence[str], connections: int = CONNECTIONS
) -> float:
    """Return pages a second over a few connections that are kept open, to one port or several."""
    listening = cycle([ports] if isinstance(ports, int) else ports)
    waiting = iter(addresses)
    began = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for address in islice(waiting, connections):
            connection = socket.create_connection(("127.0.0.1", next(listening)))
            selector.register(connection, selectors.EVENT_READ, _Answer(connection, address))
        while selector.get_map():
            for key, _ in selector.select(timeout=60):
                if not key.data.is_whole():
                    continue
                if address := next(waiting, None):
                    selector.modify(key.fileobj, key.events, _Answer(key.data.connection, address))
                else:
                    selector.unregister(key.fileobj)
                    key.data.connection.close()
    return len(addresses) / (time.perf_counter() - began)


class _Answer:
    """An answer that was asked for and comes in parts, of which only the size is kept."""

    def __init__(self, connection: socket.socket, address: str) -> None:
        self.connection, self.address = connection, address
        self.head = self.tail = b""
        self.missing: int | None = None
        connection.sendall(f"GET {address} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

    def is_whole(self) -> bool:
        """Read what has come; raises RuntimeError for anything but a page."""
        part = self.connection.recv(1 << 20)
        if QUICK is not None:  # else who answers in parts waits 40 ms
            self.connection.setsockopt(socket.IPPROTO_TCP, QUICK, 1)
        if not part:
            raise RuntimeError(f"{self.address}: the web server closed the connection.")
        if self.missing is None:
            self.head += part
            head, found, body = self.head.partition(b"\r\n\r\n")
            if not found:
                return False
            if size := SIZE.match(head):
                self.missing = int(size[1]) - len(body)
            elif IN_CHUNKS.match(head):
                self.missing = -1
            else:
                raise RuntimeError(f"{self.address}: {head.decode()}")
            part = body
        elif self.missing > 0:
            self.missing -= len(part)
        self.tail = (self.tail + part)[-len(LAST_CHUNK) :]
        return self.missing == 0 or (self.missing < 0 and self.tail == LAST_CHUNK)
