"""How the number formats of workbooks show numbers: as days, times or shares (18.8.30)."""

import re

_DAYS = (*range(14, 18), 22, *range(27, 32), 34, 35, 36, *range(50, 59))
_TIMES = (*range(18, 22), 32, 33, 45, 47)
BY_NUMBER = {
    **dict.fromkeys(map(str, _DAYS), "day"),
    **dict.fromkeys(map(str, _TIMES), "time"),
    "46": "for",
    "9": "percent",
    "10": "percent",
}
"""Formats that every workbook has without describing them."""

_NOT_SHOWN = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]|AM/PM|A/P|General', re.IGNORECASE
)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)


def shows(number: str, code: str | None) -> str:
    """Return "day", "time", "for" (how long), "percent" or nothing, for a format or its code."""
    if code is None:
        return BY_NUMBER.get(number, "")
    letters = _NOT_SHOWN.sub("", code.partition(";")[0]).casefold()
    if _ELAPSED.search(letters):
        return "for"
    if "%" in letters:
        return "percent"
    if any(letter in letters for letter in "yd"):
        return "day"
    if any(letter in letters for letter in "hs"):
        return "time"
    return "day" if "m" in letters else ""
