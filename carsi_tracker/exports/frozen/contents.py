"""Which pages a frozen site begins with: all that the version has, on each of its days."""

from collections.abc import Iterator
from datetime import date

from django.utils import translation

from carsi_tracker.exports.frozen.places import LEFT_OUT, Copy, FrozenAddress
from carsi_tracker.figures.query import Query, Version
from carsi_tracker.figures.versions import newest
from carsi_tracker.figures.vocabulary import vocabulary
from carsi_tracker.ledger.days import WASHINGTON, today
from carsi_tracker.ledger.models import Posting
from carsi_tracker.reports.page.address import Address
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.page.render import fiscal_year_ends
from carsi_tracker.reports.site.sitemap import sections


def day_of(version: Version) -> date:
    """Return the day on which a version was posted, in Washington."""
    posted = Posting.objects.values_list("posted_at", flat=True).get(version=version.number)
    return posted.astimezone(WASHINGTON).date()


def days_of(public: PublicRequest) -> tuple[date, ...]:
    """Return the days that are frozen: today, and the ends of fiscal years before."""
    ends = [date(end.year, 9, 30) for end in fiscal_year_ends("", public)]
    return (today(), *(day for day in reversed(ends) if day < today()))


def asked_of(version: Version) -> PublicRequest:
    """Ask about the whole of a version, today."""
    query, (_head, revision) = Query(version, today()), newest()
    words = vocabulary(version.number, version.checksum, revision)
    return PublicRequest(query, Address(query), words, version, revision)


def first_pages(copy: Copy, public: PublicRequest) -> list[FrozenAddress]:
    """Return every page of the version on each day, in both languages."""
    with translation.override("en"):
        paths = sorted(set(_paths(public)))
    return [
        FrozenAddress(path, day, spanish)
        for day in copy.days
        for spanish in (False, True)
        for path in paths
    ]


def _paths(public: PublicRequest) -> Iterator[str]:
    for name, section in sections(public).items():
        for row in section.rows:
            if name != "pages" or row[0] not in LEFT_OUT:
                yield section.location(row)
