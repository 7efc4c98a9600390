"""How the number formats of workbooks show numbers: as days, times, or as they are (18.8.30)."""

import re

OF_DAYS = frozenset(map(str, [*range(14, 18), 22, *range(27, 32), 34, 35, 36, *range(50, 59)]))
OF_TIMES = frozenset(map(str, [*range(18, 22), 32, 33, 45, 47]))
OF_ELAPSED = frozenset({"46"})
"""Formats that every workbook has without describing them."""

_NOT_SHOWN = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]|AM/PM|A/P|General', re.IGNORECASE
)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)


def shows(number: str, code: str | None) -> str:
    """Return "day", "time", "for" (how long), or nothing, for a format by number or by code."""
    if code is None:
        if number in OF_DAYS:
            return "day"
        if number in OF_TIMES:
            return "time"
        return "for" if number in OF_ELAPSED else ""
    letters = _NOT_SHOWN.sub("", code.partition(";")[0]).casefold()
    if _ELAPSED.search(letters):
        return "for"
    if any(letter in letters for letter in "yd"):
        return "day"
    if any(letter in letters for letter in "hs"):
        return "time"
    return "day" if "m" in letters else ""
