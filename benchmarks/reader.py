"""Asks for pages as fast as they come, with little work of its own: the processors are shared."""

import re
import selectors
import socket
import time
from collections.abc import Sequence

CONNECTIONS = 16
SIZE = re.compile(rb"^HTTP/1\.1 200 .*?\r\ncontent-length: (\d+)", re.IGNORECASE | re.DOTALL)


def rate(port: int, addresses: Sequence[str]) -> float:
    """Return pages a second over a few connections that are kept open."""
    waiting = iter(addresses)
    began = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for _ in range(CONNECTIONS):
            connection = socket.create_connection(("127.0.0.1", port))
            selector.register(connection, selectors.EVENT_READ, _Answer(connection, next(waiting)))
        while selector.get_map():
            for key, _ in selector.select(timeout=30):
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
        self.head = b""
        self.missing: int | None = None
        connection.sendall(f"GET {address} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

    def is_whole(self) -> bool:
        """Read what has come; raises RuntimeError for anything but a page."""
        part = self.connection.recv(1 << 20)
        if not part:
            raise RuntimeError(f"{self.address}: the web server closed the connection.")
        if self.missing is None:
            self.head += part
            head, found, body = self.head.partition(b"\r\n\r\n")
            if not found:
                return False
            size = SIZE.match(head)
            if size is None:
                raise RuntimeError(f"{self.address}: {head.decode()}")
            self.missing = int(size[1]) - len(body)
        else:
            self.missing -= len(part)
        return self.missing == 0
