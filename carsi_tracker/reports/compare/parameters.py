"""What is compared, as the parameters of an address name it."""

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from carsi_tracker.figures.comparison import Comparison, last_fiscal_year
from carsi_tracker.figures.query import Query, Version
from carsi_tracker.reports.page.parameters import BadAddress, read_day, read_version

DAY, VERSION = "from", "from_version"
"""The parameters that name what a query is compared with."""


def read_comparison(query: Query, own: Mapping[str, str], head: Version) -> Comparison:
    """Return what an address compares a query with, the earlier first whatever was named first.

    Without a day or version: with the end of the last fiscal year that ended before the latest
    entry. `head` is the newest version. Raises BadAddress.
    """
    day, version = own.get(DAY), own.get(VERSION)
    if day and version:
        accepted = _("either a day or a version to compare with, not both")
        raise BadAddress(VERSION, version, accepted)
    if version:
        of_version = replace(query, version=read_version(VERSION, version, head), pinned=True)
        first, last = sorted((of_version, query), key=lambda asked: asked.version.number)
        return Comparison(first, last, of_versions=True)
    of_day = query.through(read_day(DAY, day or "") or last_fiscal_year(query))
    first, last = sorted((of_day, query), key=lambda asked: asked.day)
    return Comparison(first, last)


def parameters_of(comparison: Comparison) -> tuple[tuple[str, str], ...]:
    """Return what an address says of a comparison beside the later query."""
    if comparison.of_versions:
        return ((VERSION, str(comparison.earlier.version)),)
    return ((DAY, comparison.earlier.day.isoformat()),)
