"""What stands before a sum that holds limits: ≤ at most, ≥ at least, ≥≤ both."""

import re

from django.utils.html import format_html
from django.utils.safestring import SafeString

from carsi_tracker.figures.bounds import Limits, Mark

SIGNS = re.compile('<span class="limit"[^>]*>([≤≥]+)<')


def marked(text: str, limits: Limits) -> SafeString | str:
    """Return a sum as a page shows it, behind its mark, which is read out in words."""
    mark = limits.mark
    if mark is None:
        return text
    return format_html(
        '<span class="limit" role="img" aria-label="{}">{}</span>\N{NO-BREAK SPACE}{}',
        mark.label,
        mark.sign,
        text,
    )


def marked_plainly(text: str, limits: Limits) -> str:
    """Return a sum behind its mark where there is text alone: titles, pictures, the feed."""
    mark = limits.mark
    return text if mark is None else f"{mark.sign}\N{NO-BREAK SPACE}{text}"


def marks_in(shown: str) -> list[Mark]:
    """Return the marks whose signs stand before sums in what a page shows."""
    signs = "".join(SIGNS.findall(shown))
    return [mark for mark in (Mark.AT_MOST, Mark.AT_LEAST) if mark.sign in signs]
