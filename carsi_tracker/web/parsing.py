"""Reads requests as waitress does, and refuses what two servers could read in two ways."""

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.receiver import ChunkedReceiver
from waitress.utilities import BadRequest

LONGEST_SIZE_LINE = 1024
"""Bytes of the line before a chunk; each byte that comes has the whole line read again."""
LARGEST_TRAILER = 16 * 2**10


class Request(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """A request as far as it has been received; what is asked is empty until it was read."""

    command = path = query = request_uri = ""
    completed = False

    def received(self, data: bytes) -> int:
        """Receive bytes, and return how many of them are of this request."""
        consumed: int = super().received(data)
        body = self.body_rcv
        if isinstance(body, ChunkedReceiver) and not self.completed:
            line, trailer = len(body.control_line), len(body.trailer)
            if line > LONGEST_SIZE_LINE or trailer > LARGEST_TRAILER:
                self.error = BadRequest("What is around the chunks is too long")
                self.completed = True
        if self.error:
            self.expect_continue = False  # nobody waits for what is refused already
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        """Read the first line and the headers. Raises ParsingError for all that can't be read."""
        try:
            super().parse_header(header_plus)
        except (ValueError, IndexError, AttributeError) as error:
            raise ParsingError("It can't be read") from error
        if "TRANSFER_ENCODING" in self.headers:
            raise ParsingError("Chunks came with HTTP/1.1")
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Its length is told twice")
        options = self.headers.get("CONNECTION", "").lower().split(",")
        if "close" in [option.strip() for option in options]:
            self.connection_close, self.headers["CONNECTION"] = True, "close"
