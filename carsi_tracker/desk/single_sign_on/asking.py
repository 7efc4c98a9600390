"""How the provider is asked over the network: for a bounded time, and for a bounded answer."""

from time import monotonic_ns
from typing import Any

from requests import RequestException, Response, Session, Timeout
from urllib3.exceptions import HTTPError

SECONDS = 5  # for all that one page asks, but what is under way when they are over
LARGEST = 1_000_000  # bytes of an answer


class Asking(Session):
    """Asks until a time of `monotonic_ns`; is not sent elsewhere, which may take a secret along."""

    def __init__(self, until: int) -> None:
        super().__init__()
        self.until = until

    def request(self, *args: Any, **kwargs: Any) -> Response:
        """Return the answer, read whole. Raises RequestException."""
        left = (self.until - monotonic_ns()) / 10**9  # seconds
        if left <= 0:
            raise Timeout("The provider was asked for too long.")
        asked = {**kwargs, "timeout": left, "stream": True, "allow_redirects": False}
        with super().request(*args, **asked) as response:
            response._content = self._read(response)
        return response

    def _read(self, response: Response) -> bytes:
        body = b""
        try:
            while part := response.raw.read1(decode_content=True):
                body += part
                if monotonic_ns() > self.until:
                    raise Timeout("The provider answers too slowly.")
                if len(body) > LARGEST:
                    raise RequestException("The provider's answer is too large.")
        except HTTPError as error:
            raise RequestException(error) from error
        return body
