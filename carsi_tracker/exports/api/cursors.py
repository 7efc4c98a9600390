"""Where the next part of an answer begins: a text for one question, which nobody need read."""

import base64
import hashlib
import json

from carsi_tracker.figures.query import Query
from carsi_tracker.reports.page.parameters import BadAddress

ACCEPTED = (
    "the cursor that “next” of an answer gave, in that whole address: it holds for the same list, "
    "filters, order, day and version only"
)


def cursor(question: str, query: Query, key: str) -> str:
    """Return the cursor of what follows a row: its key, with the version and the day of the list.

    `question` is the list's address without a cursor. No secret is in it, as all machines that
    serve the same ledger read the same cursors: a forged one only asks for what anybody may read.
    """
    held = json.dumps([key, str(query.version), query.day.isoformat()], separators=(",", ":"))
    return base64.urlsafe_b64encode(_digest(question, held) + held.encode()).decode().rstrip("=")


def key_of(text: str, question: str, query: Query) -> str:
    """Return the key that a cursor of this question holds. Raises BadAddress for any other."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        held = base64.b64decode(padded, altchars=b"-_", validate=True)[8:].decode()
        key, _version, _day = json.loads(held)
    except (RecursionError, TypeError, ValueError):
        raise BadAddress("cursor", text, ACCEPTED) from None
    if not isinstance(key, str) or cursor(question, query, key) != text:
        raise BadAddress("cursor", text, ACCEPTED)
    return key


def _digest(question: str, held: str) -> bytes:
    return hashlib.sha256(f"{question}\n{held}".encode()).digest()[:8]
