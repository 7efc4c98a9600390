"""Data gaps as files: what is not known, by appropriation and by country."""

from django.utils.translation import gettext_lazy as _

from carsi_tracker.figures.gaps import KINDS, WHOLE
from carsi_tracker.reports.downloads.fields import Field, Holds
from carsi_tracker.reports.downloads.listings import BOUND, COUNTRY_NAME
from carsi_tracker.reports.downloads.summaries import (
    COUNTRY,
    ENTRIES,
    Rows,
    Summary,
    amounts,
    cells,
)
from carsi_tracker.reports.gaps.table import gap_tables
from carsi_tracker.reports.page.public_page import PublicRequest

TOTAL = "total"
OF_APPROPRIATIONS = ("appropriated", WHOLE, *KINDS)
OF_PLACES = ("committed", "unobligated", "unliquidated")


def _appropriations(public: PublicRequest) -> Rows:
    tables = gap_tables(public)
    for row in (*tables.appropriations, tables.all) if tables.appropriations else ():
        yield (row.code or TOTAL, *cells(row.gap.sums, OF_APPROPRIATIONS))


def _places(public: PublicRequest) -> Rows:
    tables = gap_tables(public)
    for row in (*tables.places, tables.all_places) if tables.places else ():
        unstated = row.unstated.amount if row.unstated.known else None
        mark = row.unstated.limits.mark
        code = row.subject.key or TOTAL
        yield (code, row.subject.name, unstated, mark, *cells(row.sums, OF_PLACES))


GAPS = (
    Summary(
        "gaps",
        _("Data gaps"),
        _("an appropriation a row, largest gap first, then all; the kinds of gap add up"),
        (
            Field(
                "appropriation", Holds.CODE, _("the appropriation, such as 2008-incle; or total")
            ),
            *amounts(OF_APPROPRIATIONS),
            ENTRIES,
        ),
        _appropriations,
        filtered=False,
    ),
    Summary(
        "gaps-by-country",
        _("Data gaps by country"),
        _("a country a row, then all (total); amounts for the region have a row of their own"),
        (
            COUNTRY,
            Field("country_name", Holds.TEXT, COUNTRY_NAME),
            Field("area_not_specified_usd", Holds.SUM, _("committed with no area specified")),
            Field("area_not_specified_bound", Holds.CODE, BOUND),
            *amounts(OF_PLACES),
            ENTRIES,
        ),
        _places,
        filtered=False,
    ),
)
