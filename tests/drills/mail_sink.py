"""A mail server that prints what it is given: `python mail_sink.py PORT`."""

import socketserver
import sys


class Sink(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 sink")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self._say("354 go on")
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    sys.stdout.write(line.decode())
                    sys.stdout.flush()
            self._say("250 ok" if word != b"QUIT" else "221 bye")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


if __name__ == "__main__":
    with socketserver.ThreadingTCPServer(("127.0.0.1", int(sys.argv[1])), Sink) as server:
        server.serve_forever()
