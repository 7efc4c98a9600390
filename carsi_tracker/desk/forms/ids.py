"""Ids of rows as addresses and forms send them."""

LONGEST = 15


def id_sent(text: str) -> int | None:
    """Return the id that a text is; None where it is none."""
    is_id = text.isascii() and text.isdecimal() and len(text) <= LONGEST
    return int(text) if is_id else None
