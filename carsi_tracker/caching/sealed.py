"""Pages that a cache server keeps, sealed: what others wrote there is never unpickled."""

import hmac
import pickle
from typing import Any

from django.utils.crypto import salted_hmac

SEAL = 32  # bytes


class AsWritten:
    """What Django's cache calls a serializer, for values that are bytes already."""

    def dumps(self, value: bytes) -> bytes:
        """Return the bytes."""
        return value

    def loads(self, value: bytes) -> bytes:
        """Return the bytes."""
        return value


def sealed(name: str, page: Any) -> bytes:
    """Return a page as bytes that only who has the SECRET_KEY could have written under a name."""
    pickled = pickle.dumps(page, pickle.HIGHEST_PROTOCOL)
    return _seal(name, pickled) + pickled


def opened(name: str, kept: bytes) -> Any:
    """Return the page; raises UnpicklingError for what was not sealed under this name."""
    seal, pickled = kept[:SEAL], kept[SEAL:]
    if not hmac.compare_digest(seal, _seal(name, pickled)):
        raise pickle.UnpicklingError("it is no page of this tracker")
    return pickle.loads(pickled)  # noqa: S301 (its like wrote it)


def _seal(name: str, pickled: bytes) -> bytes:
    return salted_hmac(f"carsi_tracker.caching {name}", pickled, algorithm="sha256").digest()
