"""A mail server of the tests' own, that keeps what it takes."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Postbox(socketserver.ThreadingTCPServer):
    """Listens on a port of this machine; `refused` has what it answers to an address it refuses."""

    daemon_threads = allow_reuse_address = True

    def __init__(self, port: int = 0) -> None:
        self.taken: list[tuple[list[str], bytes]] = []
        self.refused: dict[str, str] = {}
        super().__init__(("127.0.0.1", port), _Conversation)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Conversation(socketserver.StreamRequestHandler):
    server: Postbox

    def handle(self) -> None:
        people: list[str] = []
        self._say("220 postbox")
        while words := self.rfile.readline().decode().strip():
            verb, answer = words[:4].upper(), "250 good"
            if verb == "RCPT":
                address = words.partition("<")[2].partition(">")[0]
                answer = self.server.refused.get(address, answer)
                people += [address] if answer.startswith("250") else []
            elif verb == "DATA":
                self._say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.taken.append((people, b"".join(lines)))
                people = []
            elif verb == "QUIT":
                self._say("221 goodbye")
                return
            self._say(answer)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def open_postbox(port: int = 0) -> Iterator[Postbox]:
    """Take mails while this lasts."""
    with Postbox(port) as postbox:
        thread: Any = threading.Thread(target=postbox.serve_forever, args=[0.05])
        thread.start()
        try:
            yield postbox
        finally:
            postbox.shutdown()
            thread.join()
