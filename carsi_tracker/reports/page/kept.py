"""Parts of pages that many days share: rendered once, and the day written into them each time.

A page whose query is `blank` has blanks for its day, in links and in words. Its template marks
the parts to be kept, by `{% kept "name" %}`, and names what they depend on beside the address, the
version, the texts and the language: of the day itself only what is named.
"""

from collections.abc import Hashable

from django.http import HttpRequest
from django.utils.translation import get_language

from carsi_tracker.caching.remembered import Kept
from carsi_tracker.figures.query import BLANK_DAY, BLANK_DAY_IN_WORDS, Query
from carsi_tracker.ledger.days import day_in_words, today
from carsi_tracker.reports.page.address import site_of
from carsi_tracker.reports.page.public_page import PublicRequest

MEGABYTES = 8
"""How much a process keeps of all pages together."""

PARTS: Kept[Hashable, str] = Kept(MEGABYTES * 2**20, lambda part: 2 * len(part) + 500)


def page_key(request: HttpRequest, public: PublicRequest, status: int) -> Hashable | None:
    """Return all that a page depends on but its day; None for a page that has no blanks."""
    if not public.query.blank:
        return None
    return (
        get_language(),
        site_of(request),
        request.path,
        public.address.query_string(),
        public.head,
        public.label_revision,
        today(),
        status,
    )


def write_day(page: str, query: Query) -> str:
    """Fill the blanks of a page with its day."""
    if not query.blank:
        return page
    written = page.replace(BLANK_DAY, query.day.isoformat())
    return written.replace(BLANK_DAY_IN_WORDS, day_in_words(query.day))
