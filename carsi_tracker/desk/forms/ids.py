"""Ids of rows as addresses and forms send them."""

LONGEST = 15


def id_sent(text: str) -> int | None:
    """Return the id that a text is; None where it is none."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST else None
